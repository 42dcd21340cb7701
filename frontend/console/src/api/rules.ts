/** Rule sets, the fields that conditions may ask about, and the trying out of a report. */
import { get, post, put } from './http'
import type { Decision, Named } from './models'

export interface Condition {
  field: string
  op: string
  value: unknown
}
export type DepartmentOf = string | { from: string; role?: string; kind?: string; else?: string }

export interface Rule extends Named {
  order: number
  when: Condition[]
  department: DepartmentOf
  urgency?: number | null
  joint?: string[]
  limit?: { value: number; unit: string } | null
  notify?: string[]
}

export interface RuleSetLine {
  version: string
  holds_from: string
  in_force: boolean
  rules: number
}

export interface FieldOf extends Named {
  code: string
  operators: string[]
  choices: string
}

export interface Fields {
  fields: FieldOf[]
  roles: string[]
  same: string[]
  sources: (Named & { code: string })[]
  flags: (Named & { code: string })[]
}

export interface Fault {
  rule: number | null
  condition: number | null
  text_zh: string
  text_en: string
}

export interface ReportToTry {
  case?: string
  category?: string
  lon?: number
  lat?: number
  channel?: string
  urgency?: number
  text?: string
}

export interface Tried {
  department: string
  urgency: number
  joint: string[]
  limit: { value: number; unit: string } | null
  decision: Decision
  zones: (Named & { kind: string; code: string })[]
}

export const ruleSets = () => get<{ items: RuleSetLine[] }>('/api/rules')
export const ruleSet = (version: string) => get<{ version: string; holds_from: string; rules: Rule[] }>(`/api/rules/sets/${encodeURIComponent(version)}`)
export const fields = () => get<Fields>('/api/rules/fields')
export const check = (rules: Rule[]) => post<{ faults: Fault[] }>('/api/rules/check', { rules })
export const tryOut = (report: ReportToTry, rules: Rule[]) => post<Tried>('/api/rules/try', { ...report, rules })
export const save = (version: string, base: string, holds_from: string | null, rules: Rule[]) => put<{ version: string }>('/api/rules', { version, base, holds_from, rules })
