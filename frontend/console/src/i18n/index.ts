import { createI18n } from 'vue-i18n'
import * as scene from '@/scene/words'
import * as zonesImport from '@/zones-import/words'
import en from './en'
import zh from './zh'

export type Locale = 'zh' | 'en'

// The words of a room lie in the room.
const chinese = { ...zh, scene: scene.zh, zonesImport: zonesImport.zh }
const english: typeof chinese = { ...en, scene: scene.en, zonesImport: zonesImport.en }
export const messages = { zh: chinese, en: english }

export const i18n = createI18n<[typeof chinese], Locale, false>({
  legacy: false,
  locale: 'zh',
  fallbackLocale: 'en',
  messages,
})
