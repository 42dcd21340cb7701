/** Asks what a place is: with the other button of the mouse, or a long press. */
import type { Map as LibreMap } from 'maplibre-gl'
import { shallowRef } from 'vue'
import { locating } from '@/store/inbox'

/** The place that is asked about, and where it is on the map in pixels. */
export const here = shallowRef<{ lon: number; lat: number; x: number; y: number }>()

/** Dragging with that button turns the map, which is no question. */
const STILL = 4

export function useHere(map: LibreMap): void {
  let pressed: { x: number; y: number } | undefined
  map.on('mousedown', ({ point }) => (pressed = point))
  map.on('contextmenu', ({ point, lngLat }) => {
    const moved = pressed ? Math.hypot(point.x - pressed.x, point.y - pressed.y) : 0
    if (!locating.value && moved <= STILL) here.value = { lon: lngLat.lng, lat: lngLat.lat, x: point.x, y: point.y }
  })
  const close = (): void => void (here.value = undefined)
  map.on('movestart', close)
  map.on('click', close)
}
