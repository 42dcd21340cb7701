/** Saved filters, one step for many cases, and the figures of a day. */
import { get, post, put, remove } from './http'
import type { Page, Urgency } from './models'
import type { HourFigures } from './scenes'
import type { ActInputs, Verb } from './work'

export interface SavedFilter {
  id: number
  name: string
  content: Record<string, unknown>
}
export const savedFilters = () => get<SavedFilter[]>('/api/filters')
export const saveFilter = (name: string, content: object) => post<SavedFilter>('/api/filters', { name, content })
export const changeFilter = (id: number, name: string, content: object) => put<SavedFilter>(`/api/filters/${id}`, { name, content })
export const removeFilter = (id: number) => remove(`/api/filters/${id}`)

/** The verbs that are possible for all of these cases. */
export const verbsForAll = (cases: number[]) => post<{ items: Verb[]; cases: number }>('/api/bulk/verbs', { cases })

export interface Outcome {
  id: number
  done: boolean
  /** of the case, when it was done */
  version?: number
  problem?: { status: number; detail: string; detail_zh?: string }
}
export const actOnAll = (verb: string, cases: { id: number; version: number }[], inputs: ActInputs) =>
  post<{ items: Outcome[]; done: number }>('/api/bulk', { verb, cases, inputs })

export interface FiguresOfDay {
  open: number
  overdue: number
  opened_today: number
  closed_today: number
  late_today: number
  on_time_rate_today: number | null
}
export interface Day {
  at: string
  /** Where the local day begins. */
  day: string
  figures: FiguresOfDay
  week_before: FiguresOfDay
  by_hour: HourFigures[]
}
export const figuresOfDay = (at?: number) => get<Day>(`/api/figures/day${at === undefined ? '' : `?at=${new Date(at).toISOString()}`}`)

export interface CaseLine {
  id: number
  number: string
  category: string
  urgency: Urgency
  status: string
  place_zh: string
  place_en: string
  opened_at: string
  due_at: string | null
  closed_at: string | null
}
/** `asked` is a query of `GET /api/cases`; the newest 200 are listed. */
export const casesOf = (asked: Record<string, string>) => get<Page<CaseLine>>(`/api/cases?${new URLSearchParams({ ...asked, limit: '200' })}`)
