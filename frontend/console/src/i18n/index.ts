import { createI18n } from 'vue-i18n'
import * as past from '@/past/words'
import * as scene from '@/scene/words'
import * as zones from '@/zones/words'
import * as zonesImport from '@/zones-import/words'
import en from './en'
import zh from './zh'

export type Locale = 'zh' | 'en'

/** The texts of the console, and those of its rooms under their names. */
const messages = {
  zh: { ...zh, past: past.zh, zones: zones.zh, scene: scene.zh, zonesImport: zonesImport.zh },
  en: { ...en, past: past.en, zones: zones.en, scene: scene.en, zonesImport: zonesImport.en },
}

export const i18n = createI18n<[typeof messages.zh], Locale, false>({
  legacy: false,
  locale: 'zh',
  fallbackLocale: 'en',
  messages,
})
