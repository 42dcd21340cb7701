/** Which cases the queue shows and in which order. Pure, so that it can be tested and replayed. */
import type { CategoryKind } from '@/api/models'
import type { CaseFeature } from '@/live/protocol'

export type SortOrder = 'newest' | 'urgent' | 'due'

export interface QueueFilter {
  text: string
  urgencies: number[]
  kinds: CategoryKind[]
  statuses: string[]
  overdue: boolean
  lastHour: boolean
}

export const noFilter = (): QueueFilter => ({
  text: '',
  urgencies: [],
  kinds: [],
  statuses: [],
  overdue: false,
  lastHour: false,
})

export const isFiltering = (f: QueueFilter): boolean => Boolean(f.text.trim()) || activeFilters(f) > 0

/** How many filters besides the text are set. */
export const activeFilters = (f: QueueFilter): number =>
  f.urgencies.length + f.kinds.length + f.statuses.length + Number(f.overdue) + Number(f.lastHour)

/** What the filter needs to know of a case that is not in it. */
export interface Words {
  kindOf(category: string): CategoryKind
  /** Everything that a search may find, in lower case. */
  searchText(feature: CaseFeature): string
}

const HOUR = 3_600_000
export const isOver = (due: string | null, now: number): boolean => due !== null && Date.parse(due) <= now
const takes = <T>(wanted: T[], value: T): boolean => wanted.length === 0 || wanted.includes(value)

export function matches(feature: CaseFeature, f: QueueFilter, words: Words, now: number): boolean {
  const state = feature.state
  return (
    takes(f.urgencies, state.urgency) &&
    takes(f.statuses, state.status) &&
    takes(f.kinds, words.kindOf(state.category)) &&
    (!f.overdue || isOver(state.due_at, now)) &&
    (!f.lastHour || Date.parse(state.opened_at) > now - HOUR) &&
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

type Compare = (a: CaseFeature, b: CaseFeature) => number
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
