/** Editions of the catalogue: read, compared with the one before, and taken in from a table. */
import { get, postForm } from './http'
import type { CategoryKind, Named } from './models'

export interface EditionLine extends Named {
  id: number
  standard: string
  version: string
  holds_from: string
  in_force: boolean
}

export interface Limit {
  value: number
  unit: string
}

export interface Condition {
  number: number
  text_zh: string
  text_en: string
  closing_zh: string
  closing_en: string
  urgency: number
  limit: Limit
  /** Another limit in a class of area, a season (two days `MM-DD`), or both. */
  variants: { area_class: string; season: string[]; limit: Limit }[]
}

export interface Category extends Named {
  code: string
  kind: CategoryKind
  major: string
  major_zh: string
  major_en: string
  city_extension: boolean
  conditions: Condition[]
}

export interface Edition {
  id: number
  standard: string
  version: string
  categories: Category[]
}

export interface Mapped {
  code: string
  previous: string
  previous_id: number
  previous_code: string
}

export interface TableColumns {
  rows: number
  columns: { name: string; samples: string[] }[]
  fields: { code: string; needed: boolean }[]
  /** Of ours, which of the file's it is likely. */
  found: Record<string, string>
}

export interface TableFault {
  line: number | null
  column: string
  text: string
  zh: string
}

export interface TablePlan {
  plan: string
  applied: boolean
  edition?: number
  rows: number
  categories: number
  added: string[]
  changed: string[]
  removed: string[]
  unchanged: number
  mapped: Record<string, string>
  /** Of each category of the table, both names. */
  names: Record<string, [string, string]>
  unknown_columns: string[]
  /** Sentences about rules that would never match with it. */
  rules: string[]
  faults: TableFault[]
}

export const editions = () => get<{ items: EditionLine[] }>('/api/catalogues')
export const edition = (id: number) => get<Edition>(`/api/catalogues/${id}`)
export const mapping = (id: number) => get<{ items: Mapped[] }>(`/api/catalogues/${id}/mapping`)
export const tableColumns = (form: FormData) => postForm<TableColumns>('/api/catalogues/import/columns', form)
export const importTable = (form: FormData) => postForm<TablePlan>('/api/catalogues/import', form)
