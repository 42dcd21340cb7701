/** The past: the city at a moment, what followed, and named moments. Times are ISO 8601 in UTC. */
import type { Change, Feature, SubscriptionEntry } from '@/live/protocol'
import { get, post, remove } from './http'
import type { CaseDetail } from './models'

export interface Moment {
  seq: number
  at: string
}

export interface Snapshot extends Moment {
  epoch: string
  features: Feature[]
}

/** A page of changes, from row `from` to row `seq`; `whole` when that is the end of the journal. */
export interface Frames extends Moment {
  epoch: string
  from: number
  whole: boolean
  changes: Change[]
}

export interface Range {
  epoch: string
  first: Moment
  last: Moment
  now: string
  /** Seconds of each step of `density`; both null where it cannot be counted for this person. */
  step: number | null
  density: { at: string; kinds: Record<string, number> }[] | null
}

export interface Bookmark extends Moment {
  id: string
  title: string
  view: { zoom?: number; center?: [number, number]; pitch?: number; bearing?: number; layers?: string; case?: string }
  made_by: string
  created_at: string
  mine: boolean
}

/** A time (milliseconds since 1970) or a sequence. */
export type When = { at: number } | { seq: number }

export const whenQuery = (when: When): string =>
  'at' in when ? `at=${encodeURIComponent(new Date(when.at).toISOString())}` : `seq=${when.seq}`
const wanted = (entries: SubscriptionEntry[]): string => `subscribe=${encodeURIComponent(JSON.stringify(entries))}`

export const snapshot = (when: When, entries: SubscriptionEntry[]) =>
  get<Snapshot>(`/api/history/snapshot?${whenQuery(when)}&${wanted(entries)}`)
export const frames = (from: number, limit: number, entries: SubscriptionEntry[]) =>
  get<Frames>(`/api/history/frames?from=${from}&limit=${limit}&${wanted(entries)}`)
export const range = (from: number | undefined, until: number | undefined, steps: number) => {
  const bound = (name: string, at: number | undefined): string =>
    at === undefined ? '' : `&${name}=${encodeURIComponent(new Date(at).toISOString())}`
  return get<Range>(`/api/history/range?steps=${steps}${bound('from', from)}${bound('until', until)}`)
}
export const caseThen = (id: string, seq: number) => get<CaseDetail>(`/api/history/cases/${encodeURIComponent(id)}?seq=${seq}`)

export const bookmarks = () => get<Bookmark[]>('/api/history/bookmarks')
export const bookmark = (id: string) => get<Bookmark>(`/api/history/bookmarks/${encodeURIComponent(id)}`)
export const makeBookmark = (title: string, seq: number, view: Bookmark['view']) =>
  post<Bookmark>('/api/history/bookmarks', { title, seq, view })
export const removeBookmark = (id: string) => remove(`/api/history/bookmarks/${encodeURIComponent(id)}`)

export const exportAddress = (seq: number, language: string): string => `/api/history/export?seq=${seq}&language=${language}`
