import { createI18n } from 'vue-i18n'
import * as calendars from '@/calendars/words'
import * as catalogue from '@/catalogue/words'
import * as departments from '@/departments/words'
import * as figuresOfMoment from '@/figures/words'
import * as ladders from '@/ladders/words'
import * as leave from '@/leave/words'
import * as loop from '@/loop/words'
import * as layers from '@/map/words'
import * as past from '@/past/words'
import * as queueWords from '@/queue/words'
import * as register from '@/register/words'
import * as rules from '@/rules/words'
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
  zh: {
    ...zh,
    calendars: calendars.zh,
    catalogue: catalogue.zh,
    departments: departments.zh,
    moment: figuresOfMoment.zh,
    ladders: ladders.zh,
    leave: leave.zh,
    loop: loop.zh,
    layers: layers.zh,
    past: past.zh,
    q: queueWords.zh,
    register: register.zh,
    rules: rules.zh,
    scene: scene.zh,
    tasks: tasks.zh,
    wall: wall.zh,
    workflow: workflow.zh,
    zones: zones.zh,
    zonesImport: zonesImport.zh,
  },
  en: {
    ...en,
    calendars: calendars.en,
    catalogue: catalogue.en,
    departments: departments.en,
    moment: figuresOfMoment.en,
    ladders: ladders.en,
    leave: leave.en,
    loop: loop.en,
    layers: layers.en,
    past: past.en,
    q: queueWords.en,
    register: register.en,
    rules: rules.en,
    scene: scene.en,
    tasks: tasks.en,
    wall: wall.en,
    workflow: workflow.en,
    zones: zones.en,
    zonesImport: zonesImport.en,
  },
}

export const i18n = createI18n<[typeof messages.zh], Locale, false>({
  legacy: false,
  locale: 'zh',
  fallbackLocale: 'en',
  messages,
})
