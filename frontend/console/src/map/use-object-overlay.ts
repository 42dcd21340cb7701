/** Draws cases and devices upon a map and says what a person points at; whose they are, the page says. */
import { MapLibreOverlay } from '@deck.gl/maplibre'
import type { PickingInfo } from '@deck.gl/core'
import type { Map as LibreMap } from 'maplibre-gl'
import { ref, shallowRef, watchEffect } from 'vue'
import type { Mover } from '@/live/movers'
import type { CaseFeature, DeviceFeature } from '@/live/protocol'
import { preferences, tokens } from '@/store/preferences'
import { drawAtlas, type Atlas } from './atlas'
import type { Cluster } from './clusters'
import { moverLayers, MOVERS, waterLayer } from './mover-layers'
import type { Trail } from './trails'
import { CASES, CLUSTERS, DEVICES, objectLayers } from './object-layers'
import { useClusters } from './use-clusters'

export type Pointed =
  | { kind: 'case'; x: number; y: number; feature: CaseFeature }
  | { kind: 'device'; x: number; y: number; feature: DeviceFeature }
  | { kind: 'mover'; x: number; y: number; mover: Mover }
  | { kind: 'cluster'; x: number; y: number; cluster: Cluster }

/** What is drawn, read reactively, and what happens when a person points. */
export interface ObjectsOnMap {
  cases(): CaseFeature[]
  devices(): DeviceFeature[]
  selected(): CaseFeature | undefined
  /** What moves, with its ways; gauges under water. */
  moving?(): { movers: Mover[]; trails: Trail[] }
  water?(): DeviceFeature[]
  /** Signs are drawn this many times as large: 1 on a desk, more on a wall. */
  magnify?(): number
  hover(at: Pointed | undefined): void
  click(at: Pointed): void
  cursor(): string
}

const PICKING_RADIUS = 4

export function useObjectOverlay(map: LibreMap, on: ObjectsOnMap): void {
  const overlay = new MapLibreOverlay({
    interleaved: true,
    layers: [],
    pickingRadius: PICKING_RADIUS,
    onHover: (info) => on.hover(pointedOf(info)),
    getCursor: ({ isDragging }) => (isDragging ? 'grabbing' : on.cursor()),
  })
  map.addControl(overlay)
  // The overlay's own click gives up when a slow machine takes too long between press and release; the map's does not.
  map.on('click', ({ point }) => {
    const info = overlay.pickObject({ x: point.x, y: point.y, radius: PICKING_RADIUS })
    const hit = info && pointedOf(info)
    if (hit) on.click(hit)
  })

  const atlas = shallowRef<Atlas>()
  watchEffect(async () => (atlas.value = await drawAtlas(tokens.value)))

  const zoom = ref(map.getZoom())
  map.on('zoom', () => (zoom.value = Math.round(map.getZoom() * 4) / 4))

  const placed = useClusters(on.cases, () => Math.floor(zoom.value))

  watchEffect(() => {
    if (!atlas.value) return
    const magnify = on.magnify?.() ?? 1
    const objects = { placed: placed.value, devices: on.devices(), selected: on.selected(), zoom: zoom.value, magnify }
    const moving = on.moving?.() ?? { movers: [], trails: [] }
    overlay.setProps({
      layers: [
        waterLayer(on.water?.() ?? [], tokens.value),
        ...moverLayers(moving.movers, moving.trails, atlas.value, tokens.value, zoom.value),
        ...objectLayers(objects, atlas.value, tokens.value),
      ],
    })
  })
}

/** Goes close enough to a cluster for it to fall apart. */
export function openCluster(map: LibreMap, { position, opensAt }: Cluster): void {
  map.easeTo({ center: position, zoom: opensAt + 0.3, duration: preferences.lowGraphics ? 0 : 450 })
}

function pointedOf({ layer, object, x, y }: PickingInfo): Pointed | undefined {
  if (!object) return undefined
  if (layer?.id === CASES) return { kind: 'case', x, y, feature: object }
  if (layer?.id === DEVICES) return { kind: 'device', x, y, feature: object }
  if (layer?.id === MOVERS) return { kind: 'mover', x, y, mover: object }
  if (layer?.id === CLUSTERS) return { kind: 'cluster', x, y, cluster: object }
  return undefined
}
