/** Keeps the colours of the grid and the heat in step with the cases of the queue. */
import type { GeoJSONSource, Map as LibreMap } from 'maplibre-gl'
import { computed, ref, shallowRef, watch } from 'vue'
import { coalesced } from '@/lib/coalesce'
import { coarseNow } from '@/store/clock'
import { preferences } from '@/store/preferences'
import { queue } from '@/store/queue'
import { SHADE } from './layers/shading'
import { breaksFor, CLASSES, classOf, countByZone, levelAt, type Level } from './shading'
import { zonesOfKind } from './zone-ids'

const PAUSE = 400 // milliseconds: colours need not follow every case at once
const SOURCE = { source: 'zones', sourceLayer: 'zones' }

/** The level that is coloured at this zoom, and the least count of each class; for the legend. */
export const shadeLevel = ref<Level>('street')
export const shadeBreaks = shallowRef<number[]>([])

export function useShading(map: LibreMap): void {
  const measure = (): void => void (shadeLevel.value = levelAt(map.getZoom()))
  map.on('zoom', measure)
  measure()

  const by = computed(() => preferences.layers.shade)
  let shaded = new Set<number>()
  const shade = coalesced(async () => {
    if (by.value === 'none') return
    const counts = countByZone(queue.value, by.value, coarseNow.value)
    const breaks = await breaksOf(shadeLevel.value, counts)
    for (const id of shaded) if (!counts.has(id)) map.removeFeatureState({ ...SOURCE, id }, SHADE)
    for (const [id, count] of counts) map.setFeatureState({ ...SOURCE, id }, { [SHADE]: classOf(count, breaks) })
    shaded = new Set(counts.keys())
    shadeBreaks.value = breaks
  }, PAUSE)

  const heated = computed(() => preferences.layers.heat && !preferences.lowGraphics)
  const heat = coalesced(async () => {
    if (!heated.value) return
    const features = queue.value.map(({ state }) => ({
      type: 'Feature' as const,
      properties: { weight: 0.3 + 0.35 * (state.urgency - 1) },
      geometry: { type: 'Point' as const, coordinates: [state.lon, state.lat] },
    }))
    map.getSource<GeoJSONSource>('heat')?.setData({ type: 'FeatureCollection', features })
  }, PAUSE)

  const again = (): void => {
    shade()
    heat()
  }
  watch([queue, by, heated, shadeLevel], again, { immediate: true })
  map.once('load', again)
}

/** Cells hold few cases: each class is one more. What is larger is cut by the fullest of its kind. */
async function breaksOf(level: Level, counts: Map<number, number>): Promise<number[]> {
  if (level === 'cell') return breaksFor(CLASSES)
  const ids = await zonesOfKind(level)
  let most = 0
  for (const [id, count] of counts) if (ids.has(id)) most = Math.max(most, count)
  return breaksFor(most)
}
