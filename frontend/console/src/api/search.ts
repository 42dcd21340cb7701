/** One search for all that has a place. Coordinates are WGS-84, longitude first. */
import { get } from './http'
import type { Named } from './models'

export interface Hit extends Named {
  kind: 'case' | 'zone' | 'address' | 'component' | 'device'
  id: string
  code: string
  lon: number
  lat: number
  more_zh: string
  more_en: string
  /** west, south, east, north; null for a point */
  bbox: [number, number, number, number] | null
}

export const search = async (text: string, limit = 6): Promise<Hit[]> =>
  (await get<{ items: Hit[] }>(`/api/search?limit=${limit}&q=${encodeURIComponent(text)}`)).items
