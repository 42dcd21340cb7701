/** Zones out of files and into files. Places are WGS-84, longitude first; areas are square metres. */
import { download, postForm } from './http'

/** What a file has, before anything is asked of it. */
export interface FileColumns {
  format: string
  layer: string
  features: number
  /** Of a Shapefile's table; empty where the format knows but one. */
  encoding: string
  /** The file's own coordinate system; null if it says none. */
  crs: string | null
  columns: { name: string; samples: string[] }[]
  /** Which column is likely what, by its name. */
  fields: Partial<Record<ZoneField, string>>
  exported: boolean
}

export const ZONE_FIELDS = ['code', 'name_zh', 'name_en', 'department', 'precedence'] as const
export type ZoneField = (typeof ZONE_FIELDS)[number]

export interface ImportFault {
  reason: string
  zh: string
  en: string
  /** From 1, in the order of the file; null for what is wrong with the whole. */
  row: number | null
  code: string
  place: [number, number] | null
}

export interface PlannedZone {
  row: number
  code: string
  name_zh: string
  name_en: string
  number: number
  /** What differs: names, geometry, department, precedence, attributes. */
  parts: string[]
}

export interface RetiredZone {
  code: string
  name_zh: string
  name_en: string
  number: number
}

export type PlannedShapes = GeoJSON.FeatureCollection<GeoJSON.MultiPolygon, { what: 'created' | 'changed'; row: number; code: string; name_zh: string }>

export interface ImportPlan {
  applied: boolean
  /** Token of the plan: applying says it, so that nothing else is done than what was looked at. */
  plan: string
  kind: string
  holds_from: string
  file: { name: string; format: string; layer: string; features: number; encoding: string; crs: string }
  columns: { fields: Partial<Record<ZoneField, string>>; attributes: string[]; ignored: string[] }
  notes: { zh: string; en: string }[]
  counts: Record<'created' | 'changed' | 'unchanged' | 'retired' | 'faults', number>
  created: PlannedZone[]
  changed: PlannedZone[]
  retired: RetiredZone[]
  faults: ImportFault[]
  /** What does not stop the import: zones of a kind that tiles the city which would overlap. */
  warnings: ImportFault[]
  mended: (ImportFault & { area: number })[]
  shapes?: PlannedShapes
}

export const columnsOf = (form: FormData) => postForm<FileColumns>('/api/zones/import/columns', form)
export const importZones = (form: FormData) => postForm<ImportPlan>('/api/zones/import', form)

export interface ExportWishes {
  kind: string
  format: string
  crs: string
  encoding: string
}

export function exportZones(wishes: ExportWishes): Promise<{ name: string; content: Blob }> {
  return download(`/api/zones/export?${new URLSearchParams({ ...wishes })}`)
}
