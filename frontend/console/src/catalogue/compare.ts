/** An edition beside the one before it. Pure. */
import type { Category, Mapped } from '@/api/catalogue'

export type Change = 'same' | 'renamed' | 'recoded' | 'added' | 'dropped'
export interface Pair {
  change: Change
  now?: Category
  before?: Category
}

/** Every category of the two, with what it continues; dropped ones last. */
export function compare(now: Category[], before: Category[], mapped: Mapped[]): Pair[] {
  const old = new Map(before.map((one) => [one.code, one]))
  const continues = new Map(mapped.map(({ code, previous_code }) => [code, previous_code]))
  const taken = new Set(continues.values())
  const pairs = now.map((one): Pair => {
    const held = old.get(continues.get(one.code) ?? '')
    if (!held) return { change: 'added', now: one }
    return { change: held.code !== one.code ? 'recoded' : held.name_zh !== one.name_zh ? 'renamed' : 'same', now: one, before: held }
  })
  return [...pairs, ...before.filter(({ code }) => !taken.has(code)).map((one): Pair => ({ change: 'dropped', before: one }))]
}

/** Whether a category has all words of a search, in its code, names or conditions. */
export function fits(one: Category, search: string): boolean {
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const text = [one.code, one.name_zh, one.name_en, ...one.conditions.flatMap((c) => [c.text_zh, c.text_en, c.closing_zh, c.closing_en])].join('\n').toLowerCase()
  return words.every((word) => text.includes(word))
}
