/** Which part of the city the devices are asked for, and when the view has left it. */
import type { SubscriptionEntry } from './protocol'

export type BBox = [number, number, number, number]

/** Devices are drawn, and asked for, from this zoom on. */
export const DEVICE_ZOOM = 13
const TILE_ZOOM = 14
const TILES = 2 ** TILE_ZOOM

/** Tile column and row of a place, Web Mercator at zoom 14; rows grow to the south. */
export function tileOf(lon: number, lat: number): [number, number] {
  const phi = (lat * Math.PI) / 180
  const y = (1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2
  return [Math.floor(((lon + 180) / 360) * TILES), Math.floor(y * TILES)]
}

/** True while the view lies in the tiles of the bbox asked for and the one ring that the server adds. */
export function covers(asked: BBox, view: BBox): boolean {
  const [west, north] = tileOf(asked[0], asked[3])
  const [east, south] = tileOf(asked[2], asked[1])
  const [left, top] = tileOf(view[0], view[3])
  const [right, bottom] = tileOf(view[2], view[1])
  return left >= west - 1 && right <= east + 1 && top >= north - 1 && bottom <= south + 1
}

const BESIDES = ['zone', 'zone_import', 'zone_kind', 'scene', 'flag', 'department', 'roster']

/**
 * All cases that the person may see, or those wanted; devices of the bbox, or none from far out. Zones are asked for
 * because a change of theirs gives their tiles a new address; an import says so once for all that it brings, so does a
 * kind, and a scene when its layers are chosen anew; of a department and its duty roster the same.
 */
export function subscriptionFor(devices: BBox | undefined, wanted?: SubscriptionEntry[]): SubscriptionEntry[] {
  const everywhere = wanted ? [...wanted, { types: BESIDES }] : [{ types: ['case', ...BESIDES] }]
  return devices ? [...everywhere, { types: ['device'], bbox: devices }] : everywhere
}
