/**
 * What the city's HTTP API says, in one place. Times are ISO 8601 in UTC; coordinates are WGS-84, longitude first.
 */

import type { WorkOfCase } from './work'

/** Anything that carries its name in both languages. */
export interface Named {
  name_zh: string
  name_en: string
}

export interface Me {
  username: string
  name: string
  roles: string[]
  departments: string[]
}

export interface DemoLogin {
  username: string
  password: string
  role: string
  role_zh: string
  role_en: string
}

export interface City extends Named {
  /** west, south, east, north */
  bbox: [number, number, number, number]
  center: [number, number]
  synthetic: boolean
  timezone: string
}

export type CategoryKind = 'component' | 'event'

export interface MajorClass extends Named {
  code: string
  kind: CategoryKind
}

export interface Category extends Named {
  code: string
}

export interface Department extends Named {
  code: string
  parent: string | null
}

export interface ZoneKind extends Named {
  code: string
  /** #rrggbb */
  color: string
  rank: number
}

export interface CaseStatus extends Named {
  code: string
  open: boolean
}

export type Urgency = 1 | 2 | 3

export interface UrgencyName extends Named {
  code: Urgency
}

export interface Channel extends Named {
  code: string
}

export interface Bootstrap {
  city: City
  now: string
  tiles: { basemap: string; zones: string }
  catalogue: { standard: string; version: string; majors: MajorClass[]; categories: Category[] }
  departments: Department[]
  zone_kinds: ZoneKind[]
  statuses: CaseStatus[]
  urgencies: UrgencyName[]
  channels: Channel[]
}

export interface Figures {
  open: number
  overdue: number
  critical: number
  to_be_located?: number
  dead_letters?: number
}

export interface ZoneOfCase extends Named {
  id: number
  kind: string
  code: string
  precedence: number
}

export interface RuleTried extends Named {
  order: number
  matched: boolean
  failed_zh: string
  failed_en: string
}

export interface Decision {
  sentence_zh: string
  sentence_en: string
  rule_set: string
  catalogue: string
  zones_version: number
  tried: RuleTried[]
}

export interface CaseReport {
  id: number
  channel: string
  source?: string
  message_id: string
  received_at: string
  occurred_at: string | null
  description: string
  /** As the source declared it: the pair is in `crs`, not necessarily in degrees of WGS-84. */
  location: { crs: string; x: number; y: number } | null
  address: string
}

export interface Moment {
  seq: number
  at: string
  kind: string
  actor: string
  text_zh: string
  text_en: string
}

export interface FilingCondition {
  no: number
  text_zh: string
  text_en: string
  limit_value: number
  limit_unit: string
}

/** A case that another one is tied to. */
export interface RelatedCase {
  id: number
  number: string
  status: string
  category: string
  department: string
}

export interface CaseDetail extends WorkOfCase {
  id: number
  number: string
  version: number
  category: string
  condition: FilingCondition
  status: string
  urgency: Urgency
  channel: string
  lon: number
  lat: number
  place: string
  place_en?: string
  department: string
  opened_at: string
  /** null before it is dispatched, and while it is suspended */
  due_at: string | null
  closed_at?: string | null
  exercise: string | boolean
  zones: ZoneOfCase[]
  decision: Decision
  reports: CaseReport[]
  timeline: Moment[]
  /** Absent for a moment of the past. */
  related?: { merged_into: RelatedCase | null; merged: RelatedCase[]; split_from: RelatedCase | null; parts: RelatedCase[] }
}

export interface DeadLetter {
  id: number
  received_at: string
  channel: string
  source: string
  topic: string
  reason_code: string
  reason_zh: string
  reason_en: string
  size: number
  preview: string
  state: string
}

export interface DeadLetterDetail extends DeadLetter {
  raw_text?: string
  raw_hex?: string
}

export interface Page<T> {
  items: T[]
  next?: number | string | null
  total?: number
}

export interface SentAgain {
  outcome: string
  case?: { id: number; number: string }
  reason_zh?: string
  reason_en?: string
}

export interface ParkedReport {
  id: number
  received_at: string
  channel: string
  category: string
  description: string
  address: string
}

export interface Located {
  case?: { id: number; number: string }
}
