import { createI18n } from 'vue-i18n'
import * as layers from '@/map/words'
import * as loop from '@/loop/words'
import * as rules from '@/rules/words'
import * as past from '@/past/words'
import * as scene from '@/scene/words'
import * as tasks from '@/tasks/words'
import * as wall from '@/wall/words'
import * as workflow from '@/workflow/words'
import * as zones from '@/zones/words'
import * as zonesImport from '@/zones-import/words'
import en from './en'
import zh from './zh'

export type Locale = 'zh' | 'en'

/** The texts of the console, and those of its rooms under their names. */
const messages = {
  zh: { ...zh, layers: layers.zh, wall: wall.zh, zones: zones.zh, scene: scene.zh, zonesImport: zonesImport.zh, past: past.zh, loop: loop.zh, rules: rules.zh, tasks: tasks.zh, workflow: workflow.zh },
  en: { ...en, layers: layers.en, wall: wall.en, zones: zones.en, scene: scene.en, zonesImport: zonesImport.en, past: past.en, loop: loop.en, rules: rules.en, tasks: tasks.en, workflow: workflow.en },
}

export const i18n = createI18n<[typeof messages.zh], Locale, false>({
  legacy: false,
  locale: 'zh',
  fallbackLocale: 'en',
  messages,
})
