/** Which cases the queue shows and in which order. Pure, so that it can be tested and replayed. */
import type { CategoryKind } from '@/api/models'
import type { CaseFeature } from '@/live/protocol'

export const ORDERS = ['newest', 'urgent', 'due'] as const
export type SortOrder = (typeof ORDERS)[number]

export interface QueueFilter {
  text: string
  urgencies: number[]
  kinds: CategoryKind[]
  statuses: string[]
  channels: string[]
  /** A department stands for those under it: "UMB" for "UMB.SAN". */
  departments: string[]
  marks: Mark[]
  overdue: boolean
  lastHour: boolean
}

/** What a person has not looked at yet, and what has changed since they did. */
export type Mark = 'unread' | 'changed'

export const noFilter = (): QueueFilter => ({
  text: '',
  urgencies: [],
  kinds: [],
  statuses: [],
  channels: [],
  departments: [],
  marks: [],
  overdue: false,
  lastHour: false,
})

export const isFiltering = (f: QueueFilter): boolean => Boolean(f.text.trim()) || activeFilters(f) > 0

/** How many filters besides the text are set. */
export const activeFilters = (f: QueueFilter): number =>
  [f.urgencies, f.kinds, f.statuses, f.channels, f.departments, f.marks].reduce((sum, list) => sum + list.length, 0) +
  Number(f.overdue) +
  Number(f.lastHour)

/** What the filter needs to know of a case that is not in it. */
export interface Words {
  kindOf(category: string): CategoryKind
  /** Everything that a search may find, in lower case. */
  searchText(feature: CaseFeature): string
  markOf?(feature: CaseFeature): Mark | undefined
}

export const HOUR = 3_600_000
export const isOver = (due: string | null, now: number): boolean => due !== null && Date.parse(due) <= now
export const isRecent = (opened: string, now: number): boolean => Date.parse(opened) > now - HOUR
const takes = <T>(wanted: T[], value: T): boolean => wanted.length === 0 || wanted.includes(value)
const under = (code: string, of: string[]): boolean =>
  of.length === 0 || of.some((one) => code === one || code.startsWith(`${one}.`))

export function matches(feature: CaseFeature, f: QueueFilter, words: Words, now: number): boolean {
  const state = feature.state
  return (
    takes(f.urgencies, state.urgency) &&
    takes(f.statuses, state.status) &&
    takes(f.channels, state.channel) &&
    under(state.department, f.departments) &&
    (f.kinds.length === 0 || f.kinds.includes(words.kindOf(state.category))) &&
    (f.marks.length === 0 || f.marks.includes(words.markOf?.(feature) as Mark)) &&
    (!f.overdue || isOver(state.due_at, now)) &&
    (!f.lastHour || isRecent(state.opened_at, now)) &&
    hasAll(f.text, () => words.searchText(feature))
  )
}

/** Every word of the search must be found somewhere. */
function hasAll(text: string, inText: () => string): boolean {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return true
  const found = inText()
  return wanted.every((word) => found.includes(word))
}

export type Compare = (a: CaseFeature, b: CaseFeature) => number
// The city writes all times in one form, so that they sort as text.
const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const newest: Compare = (a, b) => text(b.state.opened_at, a.state.opened_at) || Number(b.id) - Number(a.id)
// What has no deadline comes after what has one.
const due: Compare = (a, b) => text(a.state.due_at ?? '~', b.state.due_at ?? '~') || newest(a, b)
const urgent: Compare = (a, b) => b.state.urgency - a.state.urgency || due(a, b)
export const COMPARE: Record<SortOrder, Compare> = { newest, due, urgent }

export function select(all: CaseFeature[], f: QueueFilter, order: SortOrder, words: Words, now: number): CaseFeature[] {
  return all.filter((feature) => matches(feature, f, words, now)).sort(COMPARE[order])
}
