/** Where the map looks. The map itself is in a chunk of its own, so that only its type is known here. */
import type { CameraOptions, Map as LibreMap } from 'maplibre-gl'
import { bootstrap } from '@/store/city'
import { preferences } from '@/store/preferences'

let map: LibreMap | undefined
/** From where to look once there is a map: it comes after the page. */
let wanted: CameraOptions | undefined

export const MAX_TILT = 60
const CLOSE = 14.6

export function useMap(created: LibreMap): void {
  map = created
}

/** The map goes with its page; that of the next page may be there already. */
export function dropMap(gone: LibreMap | undefined): void {
  if (map === gone) map = undefined
  gone?.remove()
}

/** Pixels of the stage that docks and tools cover at each side. */
export function covered(): { left: number; right: number; top: number } {
  const box = (selector: string): DOMRect | undefined => document.querySelector(selector)?.getBoundingClientRect()
  return {
    // The figures stand beside the queue, or in its place.
    left: (box('.stage > .left:not([style*="display: none"])')?.width ?? 0) + (box('.stage > .beside')?.width ?? 0),
    right: box('.stage > .right')?.width ?? 0,
    top: box('.stage > .tools')?.height ?? 0,
  }
}

const pace = (milliseconds: number): number => (preferences.lowGraphics ? 0 : milliseconds)

type Box = [number, number, number, number]

export function fitCity(animate = true): void {
  const box = bootstrap.value?.city.bbox
  if (box) fitBox(box, { animate })
}

/** Shows a box (west, south, east, north) in what is not covered. A point is a box, too: `closest` is how near it may get. */
export function fitBox(box: Box, { animate = true, closest = 17.5 } = {}): void {
  if (!map) return
  const { left, right, top } = covered()
  map.fitBounds(box, {
    padding: { top: top + 28, bottom: 44, left: left + 28, right: right + 28 },
    maxZoom: closest,
    pitch: 0,
    bearing: 0,
    duration: animate ? pace(700) : 0,
  })
}

/** Brings a place to the middle of what is not covered, close enough to see its street. */
export function centreOn(lon: number, lat: number): void {
  if (!map) return
  const { left, right } = covered()
  map.easeTo({
    center: [lon, lat],
    zoom: Math.max(map.getZoom(), CLOSE),
    offset: [(left - right) / 2, 0],
    duration: pace(550),
  })
}

/** Looks from where somebody looked before: at once, or as soon as there is a map. */
export function lookFrom({ center, zoom, pitch = 0, bearing = 0 }: { center: [number, number]; zoom: number; pitch?: number; bearing?: number }): void {
  const view = { center, zoom, pitch, bearing }
  if (map) map.easeTo({ ...view, duration: pace(550) })
  else wanted = view
}

/** Looks from where a link asks to, if one has asked before the map was there. */
export function lookAsWanted(): boolean {
  const asked = wanted
  wanted = undefined
  if (asked) map?.jumpTo(asked)
  return asked !== undefined
}

export const zoomBy = (step: number): void => void map?.easeTo({ zoom: map.getZoom() + step, duration: pace(220) })
export const northUp = (): void => void map?.easeTo({ bearing: 0, duration: pace(350) })
/** Goes to what was found: its extent, or close enough to see the house. */
export function showPlace(lon: number, lat: number, box?: Box): void {
  if (box && box[2] > box[0]) fitBox(box)
  else fitBox([lon, lat, lon, lat], { closest: 17 })
}

export const tilt = (on: boolean): void => void map?.easeTo({ pitch: on ? MAX_TILT - 8 : 0, duration: pace(450) })
