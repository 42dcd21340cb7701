/** Keeps cases and devices on the console's map in step with the live city. */
import type { Map as LibreMap } from 'maplibre-gl'
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { locating } from '@/store/inbox'
import { caseById, cases, devices, seeAlso } from '@/store/live'
import { preferences } from '@/store/preferences'
import { queue } from '@/store/queue'
import { selectCase, selectedFeature } from '@/store/selection'
import { measuring } from './measure/measuring'
import { moversShown, trailsShown } from './use-movers'
import { openCluster, useObjectOverlay, type Pointed } from './use-object-overlay'

/** What lies under the pointer; for the tooltip. */
export const pointed = shallowRef<Pointed>()

/** Gauges of the water level that have passed their threshold. */
const GAUGE = 'water_level'
export const waterlogged = computed(() => devices.value.filter(({ state }) => state.kind === GAUGE && state.status === 'alarm'))

export function useObjects(map: LibreMap): void {
  // Water is shown from far out too, where no other devices are asked for.
  const ask = (on: boolean): void => seeAlso(on ? [{ types: ['device'], where: { kind: [GAUGE], status: ['alarm'] } }] : [])
  watch(() => preferences.layers.water, ask, { immediate: true })
  onScopeDispose(() => ask(false))
  useObjectOverlay(map, {
    // The map shows the cases of the queue: a filter holds for both.
    cases: () => queue.value,
    devices: () => (preferences.layers.devices ? devices.value : []),
    selected: () => selectedFeature.value,
    moving: () => ({ movers: moversShown.value, trails: trailsShown.value }),
    water: () => (preferences.layers.water ? waterlogged.value : []),
    hover: (at) => (pointed.value = locating.value || measuring.value ? undefined : at),
    click: (at) => clicked(map, at),
    cursor: () => (locating.value || measuring.value ? 'crosshair' : pointed.value ? 'pointer' : 'grab'),
  })
  watch(cases, () => {
    const at = pointed.value
    if (at?.kind === 'case' && !caseById(at.feature.id)) pointed.value = undefined
  })
}

function clicked(map: LibreMap, at: Pointed): void {
  if (locating.value || measuring.value) return
  if (at.kind === 'case') selectCase(at.feature.id)
  if (at.kind === 'cluster') openCluster(map, at.cluster)
}
