/** Asks for what moves under the view, as long as its layers are on, and keeps the ways. */
import type { Map as LibreMap } from 'maplibre-gl'
import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Mover } from '@/live/movers'
import type { MovingType } from '@/live/protocol'
import { covers, type BBox } from '@/live/viewport'
import { followMovers, movement, movers, showing } from '@/store/live'
import { preferences } from '@/store/preferences'
import { Trails, type Trail } from './trails'

/** Farther out the whole city is asked for: its tiles would be many. */
const WHOLE = 12.5

export const moversShown = shallowRef<Mover[]>([])
export const trailsShown = shallowRef<Trail[]>([])

export function useMovers(map: LibreMap): void {
  const trails = new Trails()
  let asked = ''
  let under: BBox | undefined

  function ask(): void {
    const { people, vehicles } = preferences.layers
    const types: MovingType[] = showing.value === 'past' ? [] : [...(people ? ['person' as const] : []), ...(vehicles ? ['vehicle' as const] : [])]
    const view = map.getZoom() < WHOLE ? undefined : viewOf(map)
    const stays = view ? under && covers(under, view) : under === undefined
    if (asked === types.join() && stays) return
    asked = types.join()
    under = view
    followMovers(view ? { types, bbox: view } : { types })
    moved()
  }

  function moved(): void {
    const shown = showing.value === 'past' ? [] : [...movers.all()]
    moversShown.value = shown
    trailsShown.value = preferences.lowGraphics ? [] : trails.take(shown, shown.length)
  }

  map.on('moveend', ask)
  watch([() => preferences.layers.people, () => preferences.layers.vehicles, showing], ask, { immediate: true })
  watch([movement, () => preferences.lowGraphics], moved)
  onScopeDispose(() => followMovers({ types: [] }))
}

function viewOf(map: LibreMap): BBox {
  const bounds = map.getBounds()
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
}
