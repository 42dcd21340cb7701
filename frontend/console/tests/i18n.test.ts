import { describe, expect, it } from 'vitest'
import { messages } from '@/i18n'

type Messages = { [key: string]: string | Messages }

function entries(messages: Messages, path = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : entries(value, `${path}${key}.`),
  )
}
/** The gaps of a text; of its plural, if it has one. */
const holes = (text: string): string[] => (text.split(' | ').at(-1)?.match(/\{\w+\}/g) ?? []).sort()

describe('the two languages', () => {
  it('say the same things with the same gaps to fill', () => {
    const english = new Map(entries(messages.en))
    expect([...english.keys()].sort()).toEqual(entries(messages.zh).map(([key]) => key).sort())
    for (const [key, text] of entries(messages.zh)) expect([key, holes(english.get(key)!)]).toEqual([key, holes(text)])
  })
})
