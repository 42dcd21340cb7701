/** Registering by hand, what may be the same matter, and calls back. */
import { get, post } from './http'
import type { CaseDetail, FilingCondition, Named, Urgency } from './models'
import type { Attachment } from './work'

export interface CategoryWithConditions extends Named {
  code: string
  conditions: (FilingCondition & { closing_zh: string; closing_en: string; urgency: Urgency })[]
}

/** Only what is `exact` says where something happened; of the others the map shows where they lie. */
export interface FoundPlace extends Named {
  kind: string
  lon: number
  lat: number
  bbox: [number, number, number, number]
  exact: boolean
}

export interface NearComponent {
  code: string
  category: string
  lon: number
  lat: number
  distance_m: number
  manager: string
}

export interface LikePart {
  name: 'distance' | 'time' | 'category' | 'text'
  score: number
  zh: string
  en: string
}

/** A case that may be the same matter; `score` from 0 to 1. */
export interface SimilarCase {
  id: number
  number: string
  version: number
  status: string
  open: boolean
  category: string
  urgency: Urgency
  department: string
  place_zh: string
  place_en: string
  lon: number
  lat: number
  opened_at: string
  closed_at: string | null
  distance_m: number
  description: string
  score: number
  parts: LikePart[]
}

/** What a form sends; `client_id` makes sure that it is registered once. */
export interface ByHand {
  client_id: string
  mode: 'file' | 'report'
  join: number | null
  channel: string
  category: string
  condition: number | null
  urgency: number | null
  description: string
  address: string
  lon: number | null
  lat: number | null
  component: string
  reporter: { name: string; phone: string; confidential: boolean; wants_call_back: boolean } | null
  attachments: string[]
}

export interface Registered {
  report: { id: number }
  became: 'filed' | 'reported' | 'joined' | 'to_be_located'
  case: { id: number; number: string; status: string; department: string } | null
  again: boolean
}

export interface ReporterLine {
  report: number
  case: { id: number; number: string }
  channel: string
  received_at: string
  confidential: boolean
  tried: number
  reached: boolean
  last_at: string | null
  done: boolean
  description?: string
}

export interface WaitingCase {
  id: number
  number: string
  version: number
  status: string
  category: string
  department: string
  place_zh: string
  place_en: string
  opened_at: string
  closed_at: string
  redos: number
  /** What was last said when its department was done, or somebody ended it. */
  done: string
  photos: Attachment[]
  reporters: ReporterLine[]
}

const query = (values: Record<string, string | number | undefined>): string =>
  new URLSearchParams(Object.entries(values).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, String(value)]]))).toString()

export const category = (code: string) => get<CategoryWithConditions>(`/api/categories/${encodeURIComponent(code)}`)
export const places = (q: string) => get<{ items: FoundPlace[] }>(`/api/places?${query({ q })}`)
export const componentsNear = (lon: number, lat: number, of: string) =>
  get<{ items: NearComponent[] }>(`/api/components/near?${query({ lon, lat, category: of })}`)
export const zonesUnder = (lon: number, lat: number) =>
  get<{ items: (Named & { kind: string; code: string })[] }>(`/api/zones/under?${query({ lon, lat })}`)
export const similar = (asked: { lon: number; lat: number; category?: string; text?: string }) =>
  get<{ items: SimilarCase[]; within_m: number; hours: number }>(`/api/matters/similar?${query(asked)}`)
export const register = (body: ByHand) => post<Registered>('/api/reports', body)

export const similarTo = (id: number) => get<{ items: SimilarCase[]; may_merge: boolean }>(`/api/cases/${id}/similar`)
export const merge = (id: number, body: { into: number; version: number; into_version: number; note: string }) => post<CaseDetail>(`/api/cases/${id}/merge`, body)
export const unmerge = (id: number, version: number) => post<CaseDetail>(`/api/cases/${id}/unmerge`, { version })

export const callBacksOf = (id: number) => get<{ tries: number; waiting: ReporterLine[]; done: ReporterLine[] }>(`/api/cases/${id}/call-backs`)
export const waitingForCalls = (after?: number) =>
  get<{ items: WaitingCase[]; next: number | null; total: number; reporters: number; tries: number }>(`/api/call-backs?${query({ after, limit: 50 })}`)
export interface Reporter {
  name: string
  phone: string
  confidential: boolean
}
/** Personal data: each look leaves an audit row. */
export const reporterOf = (report: number) => get<{ reporter: Reporter | null }>(`/api/reports/${report}/reporter`)
