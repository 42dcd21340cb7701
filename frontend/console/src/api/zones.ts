/** Zones and their kinds, as the city's HTTP API has them. Coordinates are WGS-84, longitude first. */
import { del, get, post, put } from './http'
import type { Named } from './models'

/** Longitude, latitude. */
export type Place = [number, number]
/** Closed: the last place is the first. */
export type Ring = Place[]
/** Parts, each an outer ring and its holes: the coordinates of a MultiPolygon. */
export type Shape = Ring[][]
export interface MultiPolygon {
  type: 'MultiPolygon'
  coordinates: Shape
}
export type AnyPolygon = MultiPolygon | { type: 'Polygon'; coordinates: Ring[] }

export interface ResponsiblePerson {
  name: string
  role_zh: string
  role_en: string
  phone: string
}

export interface ZoneLine extends Named {
  id: number
  kind: string
  code: string
  /** Of the newest version. */
  number: number
  precedence: number
  department: string
  holds_from: string
  holds_to: string | null
  /** west, south, east, north */
  bbox: [number, number, number, number]
}

export interface ZoneVersion {
  number: number
  holds_from: string
  holds_to: string | null
  changed_by?: string
  changed_at?: string
}

export interface Zone extends ZoneLine {
  geometry: AnyPolygon
  attributes: Record<string, unknown>
  people?: ResponsiblePerson[]
  versions: ZoneVersion[]
}

/** One attribute of a kind: a flat property of JSON Schema, its Chinese name beside the English one. */
export interface AttributeSchema {
  type: 'string' | 'number' | 'integer' | 'boolean'
  title?: string
  'x-title-zh'?: string
  format?: 'date'
  enum?: (string | number)[]
  minimum?: number
  maximum?: number
}

export interface KindSchema {
  type?: 'object'
  properties?: Record<string, AttributeSchema>
  required?: string[]
}

export interface Kind extends Named {
  code: string
  /** Zones of this kind tile the city. */
  exclusive: boolean
  precedence: number
  /** #rrggbb */
  color: string
  icon: string
  min_zoom: number
  /** A zone of this kind lies inside one of that kind. */
  parent: string | null
  /** Made of whole cells. */
  of_cells: boolean
  schema: KindSchema
  zones: number
}

export interface SaveChange extends Named {
  op: 'save'
  kind: string
  code: string
  geometry: AnyPolygon
  precedence: number | null
  department: string
  people: ResponsiblePerson[]
  attributes: Record<string, unknown>
  holds_to: string | null
  base: number | null
}

export interface RetireChange {
  op: 'retire'
  zone: number
  base: number
}

export type Change = SaveChange | RetireChange

export interface ChangeSet {
  changes: Change[]
  at: string | null
  reroute: boolean
}

export interface MovedCase {
  id: number
  number: string
  category: string
  place: string
  place_en: string
  lon: number
  lat: number
  department: string
  /** The department that the rules would choose now; null: it stays. */
  to: string | null
  gained: string[]
  lost: string[]
}

export interface MovedDevice {
  id: string
  code: string
  lon: number
  lat: number
  gained: string[]
  lost: string[]
}

export interface Effects {
  cases: { checked: number; moved: number; rerouted: number; items: MovedCase[] }
  devices: { moved: number; items: MovedDevice[] }
  reports: { since: string; checked: number; moved: number; rerouted: number }
  departments: { from: string; to: string; cases: number; reports: number }[]
}

export type ShapeOp = 'union' | 'difference' | 'intersection' | 'split' | 'snap'

export interface ShapeRequest {
  op: ShapeOp
  zones?: number[]
  geometries?: AnyPolygon[]
  line?: { type: 'LineString'; coordinates: Place[] }
  kind?: string
  tolerance_m?: number
}

export interface Mend extends Named {
  code: string
  zone: number | null
}

export interface Fault {
  id: string
  fault: 'gap' | 'overlap' | 'sliver' | 'invalid' | 'outside_parent' | 'not_of_cells'
  zones: { id: number; kind: string; code: string; name_zh: string }[]
  area_m2: number
  place: Place
  geometry: { type: string; coordinates: unknown } | null
  sentence_zh: string
  sentence_en: string
  mends: Mend[]
}

export interface Check {
  kind: string
  checked: number
  /** All that there are; the first thousand are listed. */
  total?: number
  faults: Fault[]
}

function query(fields: Record<string, string | number | undefined>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')
  return given.map(([key, value]) => `${key}=${encodeURIComponent(value!)}`).join('&')
}

export const listZones = (fields: { kind?: string; q?: string; at?: string; limit?: number }) =>
  get<{ items: ZoneLine[]; total: number }>(`/api/zones?${query(fields)}`)
export const oneZone = (id: number, number?: number) => get<Zone>(`/api/zones/${id}?${query({ number })}`)
export const kinds = () => get<{ items: Kind[]; icons: string[] }>('/api/zone-kinds')
export const saveKind = (kind: Omit<Kind, 'zones'>) => put<Kind>(`/api/zone-kinds/${encodeURIComponent(kind.code)}`, kind)

export const saveChanges = (set: ChangeSet) => post<{ zones: Zone[] }>('/api/zones/changes', set)
export const previewChanges = (set: ChangeSet) => post<Effects>('/api/zones/preview', set)
export const retireZone = (id: number) => del<Zone>(`/api/zones/${id}`)

/** Works out shapes without saving anything. */
export const workOut = (wanted: ShapeRequest) =>
  post<{ geometries: MultiPolygon[]; area_m2: number[] }>('/api/zones/shapes', wanted)

export const checkTopology = (kind: string, within: number | undefined, at?: string) =>
  get<Check>(`/api/zones/topology?${query({ kind, within, at })}`)
export const mend = (wanted: { kind: string; within: number | null; fault: string; mend: string; zone: number | null }) =>
  post<{ changes: Change[] }>('/api/zones/topology/mend', wanted)
