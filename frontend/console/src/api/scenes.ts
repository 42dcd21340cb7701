/** Scenes: the page of one zone. Places are WGS-84, longitude first; times ISO 8601 in UTC. */
import { get, put } from './http'
import type { Page } from './models'
import { listZones, type MultiPolygon, type Zone, type ZoneLine } from './zones'

export type { ResponsiblePerson, ZoneLine } from './zones'

export type ZoneDetail = Zone & { geometry: MultiPolygon }

export interface DayFigures {
  open: number
  overdue: number
  opened_today: number
  closed_today: number
  /** 0 to 1; null if nothing was closed. */
  on_time_rate_today: number | null
}

export interface HourFigures {
  hour: string
  opened: number
  closed: number
  opened_week_before: number
}

export interface Count {
  code: string
  count: number
}

export interface SceneLayers {
  cases: boolean
  devices: boolean
  labels: boolean
  buildings: boolean
  /** Codes of the zone kinds whose outlines are drawn. */
  zones: string[]
}

export interface Scene {
  zone: ZoneLine
  now: string
  figures: DayFigures & { week_before: DayFigures }
  by_category: Count[]
  by_department: Count[]
  by_hour: HourFigures[]
  /** The responsible one; its phone may not be known. */
  department?: { code: string; phone: string }
  devices: { online: number; alarm: number; offline: number }
  layers: Partial<SceneLayers>
}

const MOST_LISTED = 500

export const zones = (kind: string, q: string, limit: number): Promise<Page<ZoneLine>> => listZones({ kind, q, limit })

/** The zone with this kind and code that holds now. */
export async function zoneByCode(kind: string, code: string): Promise<ZoneLine | undefined> {
  return (await zones(kind, code, MOST_LISTED)).items.find((zone) => zone.code === code)
}

/** The zones that hold at a place, in the order in which they count. */
export const zonesUnder = (lon: number, lat: number) => get<{ items: ZoneLine[] }>(`/api/zones/under?lon=${lon}&lat=${lat}`)

/** The zone as a version of it has it: the newest may hold later only. */
export const zone = (id: number, number: number) => get<ZoneDetail>(`/api/zones/${id}?number=${number}`)
export const scene = (id: number) => get<Scene>(`/api/zones/${id}/scene`)
export const saveLayers = (id: number, layers: SceneLayers) => put<Scene>(`/api/zones/${id}/scene`, { layers })
