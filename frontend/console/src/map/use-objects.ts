/** Keeps cases and devices on the console's map in step with the live city. */
import type { Map as LibreMap } from 'maplibre-gl'
import { shallowRef, watch } from 'vue'
import { locating } from '@/store/inbox'
import { caseById, cases, devices } from '@/store/live'
import { preferences } from '@/store/preferences'
import { queue } from '@/store/queue'
import { selectCase, selectedFeature } from '@/store/selection'
import { openCluster, useObjectOverlay, type Pointed } from './use-object-overlay'

/** What lies under the pointer; for the tooltip. */
export const pointed = shallowRef<Pointed>()

export function useObjects(map: LibreMap): void {
  useObjectOverlay(map, {
    // The map shows the cases of the queue: a filter holds for both.
    cases: () => queue.value,
    devices: () => (preferences.layers.devices ? devices.value : []),
    selected: () => selectedFeature.value,
    hover: (at) => (pointed.value = locating.value ? undefined : at),
    click: (at) => clicked(map, at),
    cursor: () => (locating.value ? 'crosshair' : pointed.value ? 'pointer' : 'grab'),
  })
  watch(cases, () => {
    const at = pointed.value
    if (at?.kind === 'case' && !caseById(at.feature.id)) pointed.value = undefined
  })
}

function clicked(map: LibreMap, at: Pointed): void {
  if (locating.value) return
  if (at.kind === 'case') selectCase(at.feature.id)
  if (at.kind === 'cluster') openCluster(map, at.cluster)
}
