/** Keeps cases and devices on the map in step with the live city. */
import { MapLibreOverlay } from '@deck.gl/maplibre'
import type { PickingInfo } from '@deck.gl/core'
import type { Map as LibreMap } from 'maplibre-gl'
import { computed, ref, shallowRef, watch, watchEffect } from 'vue'
import type { CaseFeature, DeviceFeature } from '@/live/protocol'
import { locating } from '@/store/inbox'
import { caseById, cases, devices } from '@/store/live'
import { preferences, tokens } from '@/store/preferences'
import { queue } from '@/store/queue'
import { selectCase, selectedFeature } from '@/store/selection'
import { drawAtlas, type Atlas } from './atlas'
import { CaseClusters, SINGLE_ZOOM, type Cluster } from './clusters'
import { CASES, CLUSTERS, DEVICES, objectLayers } from './object-layers'

export type Pointed =
  | { kind: 'case'; x: number; y: number; feature: CaseFeature }
  | { kind: 'device'; x: number; y: number; feature: DeviceFeature }
  | { kind: 'cluster'; x: number; y: number; cluster: Cluster }

const PICKING_RADIUS = 4

/** What lies under the pointer; for the tooltip. */
export const pointed = shallowRef<Pointed>()

export function useObjects(map: LibreMap): void {
  const overlay = new MapLibreOverlay({
    interleaved: true,
    layers: [],
    pickingRadius: PICKING_RADIUS,
    onHover: (info) => (pointed.value = locating.value ? undefined : pointedOf(info)),
    getCursor: ({ isDragging }) =>
      isDragging ? 'grabbing' : locating.value ? 'crosshair' : pointed.value ? 'pointer' : 'grab',
  })
  map.addControl(overlay)
  // The overlay's own click gives up when a slow machine takes too long between press and release; the map's does not.
  map.on('click', ({ point }) => clicked(map, overlay.pickObject({ x: point.x, y: point.y, radius: PICKING_RADIUS })))

  const atlas = shallowRef<Atlas>()
  watchEffect(async () => (atlas.value = await drawAtlas(tokens.value)))

  const zoom = ref(map.getZoom())
  map.on('zoom', () => (zoom.value = Math.round(map.getZoom() * 4) / 4))

  const clusters = new CaseClusters()
  const level = computed(() => Math.min(SINGLE_ZOOM, Math.floor(zoom.value)))
  // The map shows the cases of the queue: a filter holds for both.
  const placed = computed(() => {
    clusters.load(queue.value)
    return clusters.at(level.value)
  })
  watch(cases, () => {
    const at = pointed.value
    if (at?.kind === 'case' && !caseById(at.feature.id)) pointed.value = undefined
  })

  watchEffect(() => {
    if (!atlas.value) return
    const objects = {
      placed: placed.value,
      devices: preferences.layers.devices ? devices.value : [],
      selected: selectedFeature.value,
      zoom: zoom.value,
    }
    overlay.setProps({ layers: objectLayers(objects, atlas.value, tokens.value) })
  })
}

function pointedOf({ layer, object, x, y }: PickingInfo): Pointed | undefined {
  if (!object) return undefined
  if (layer?.id === CASES) return { kind: 'case', x, y, feature: object }
  if (layer?.id === DEVICES) return { kind: 'device', x, y, feature: object }
  if (layer?.id === CLUSTERS) return { kind: 'cluster', x, y, cluster: object }
  return undefined
}

function clicked(map: LibreMap, info: PickingInfo | null): void {
  if (!info || locating.value) return
  const hit = pointedOf(info)
  if (hit?.kind === 'case') selectCase(hit.feature.id)
  if (hit?.kind === 'cluster') {
    const { position, opensAt } = hit.cluster
    map.easeTo({ center: position, zoom: opensAt + 0.3, duration: preferences.lowGraphics ? 0 : 450 })
  }
}
