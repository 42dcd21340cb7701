/** A case that has just been opened sends out one ring. Rings are page elements: the map need not be drawn for them. */
import { Marker, type Map as LibreMap } from 'maplibre-gl'
import { onUnmounted } from 'vue'
import type { CaseState } from '@/live/protocol'
import { onChanges } from '@/store/live'
import { preferences } from '@/store/preferences'

const MOST_AT_ONCE = 12
let running = 0

/** `takes` says which cases are on this map. */
export function usePulses(map: LibreMap, takes: (state: CaseState) => boolean = () => true): void {
  const stop = onChanges((changes) => {
    if (preferences.lowGraphics || document.hidden) return
    for (const { type, kind, state } of changes) {
      if (type !== 'case' || kind !== 'case.opened' || !state || running >= MOST_AT_ONCE) continue
      if (takes(state)) pulse(map, state)
    }
  })
  onUnmounted(stop)
}

function pulse(map: LibreMap, at: { lon: number; lat: number; urgency?: number }): void {
  const element = document.createElement('div')
  element.className = `pulse u${at.urgency ?? 1}`
  element.append(document.createElement('i'))
  const marker = new Marker({ element }).setLngLat([at.lon, at.lat]).addTo(map)
  running++
  const end = (): void => {
    running--
    marker.remove()
  }
  element.addEventListener('animationend', end, { once: true })
}
