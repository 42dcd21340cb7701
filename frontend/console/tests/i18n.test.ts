import { describe, expect, it } from 'vitest'
import en from '@/i18n/en'
import zh from '@/i18n/zh'
import * as calendars from '@/calendars/words'
import * as catalogue from '@/catalogue/words'
import * as ladders from '@/ladders/words'
import * as loop from '@/loop/words'
import * as register from '@/register/words'
import * as rules from '@/rules/words'
import * as past from '@/past/words'
import * as scene from '@/scene/words'
import * as tasks from '@/tasks/words'
import * as workflow from '@/workflow/words'
import * as zones from '@/zones/words'
import * as zonesImport from '@/zones-import/words'

type Messages = { [key: string]: string | Messages }

function entries(messages: Messages, path = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : entries(value, `${path}${key}.`),
  )
}
/** The gaps of a text; of its plural, if it has one. */
const holes = (text: string): string[] => (text.split(' | ').at(-1)?.match(/\{\w+\}/g) ?? []).sort()

describe('the two languages', () => {
  it.each([
    ['the console', zh, en],
    ['the past', past.zh, past.en],
    ['zones', zones.zh, zones.en],
    ['scenes', scene.zh, scene.en],
    ['the work on a case', loop.zh, loop.en],
    ['the inbox', tasks.zh, tasks.en],
    ['calendars', calendars.zh, calendars.en],
    ['ladders', ladders.zh, ladders.en],
    ['the catalogue', catalogue.zh, catalogue.en],
    ['the hotline agent’s desk', register.zh, register.en],
    ['rules', rules.zh, rules.en],
    ['the workflow', workflow.zh, workflow.en],
    ['the import of zones', zonesImport.zh, zonesImport.en],
  ])('say the same things with the same gaps to fill: %s', (_, chinese, others) => {
    const english = new Map(entries(others))
    expect([...english.keys()].sort()).toEqual(entries(chinese).map(([key]) => key).sort())
    for (const [key, text] of entries(chinese)) expect([key, holes(english.get(key)!)]).toEqual([key, holes(text)])
  })
})
