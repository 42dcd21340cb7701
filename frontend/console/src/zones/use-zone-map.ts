/** Keeps the editor's map in step with what is edited, pointed at, chosen and found. */
import type { GeoJSONSource, Map as LibreMap, MapMouseEvent, StyleSpecification } from 'maplibre-gl'
import { computed, ref, shallowRef, watch } from 'vue'
import * as api from '@/api/zones'
import type { Place, Shape } from '@/api/zones'
import { moveTiles } from '@/map/use-basemap'
import { bootstrap } from '@/store/city'
import { preferences, themeName, tokens } from '@/store/preferences'
import { currentFault, faults } from './checking'
import { DRAWING } from './drawing'
import { openZone, tool, work } from './editor'
import { kindColor, kindOf, visibleKinds } from './kinds'
import { CHOSEN, editorStyle, OWN_SOURCES, POINTED, ZONES, zonesAre, type OwnSource } from './layers'
import { conflict, effects, theirsShown } from './saving'
import { geometryOf } from './shape'
import { choose, chosen, chosenKind, merge } from './shaping'
import { named, shownAt } from './listing'

export interface ZoneUnder {
  id: number
  kind: string
  code: string
  name_zh: string
  name_en: string
}

/** Zones to choose from, where a click meant several. */
export const menu = shallowRef<{ x: number; y: number; zones: ZoneUnder[] }>()
/** The shape of an older version that is looked at. */
export const shownVersion = shallowRef<Shape>()
/** Whether zones of the kind that is chosen from are drawn at this zoom. */
export const cellsInView = ref(true)
/** The zone under the pointer, or whose line in a list is pointed at. */
export const pointed = ref<number>()
export const pointedName = shallowRef<{ x: number; y: number; zone: ZoneUnder }>()

export function styleOf(): StyleSpecification {
  return editorStyle(bootstrap.value!, {
    dark: themeName.value === 'dark',
    locale: preferences.locale,
    tokens: tokens.value,
    kinds: visibleKinds.value,
    color: kindColor(work.value?.draft.kind),
    at: shownAt.value === null ? undefined : new Date(shownAt.value).toISOString(),
  })
}

/** What was drawn or set since the style was made stays: own shapes, filters, and the drawing library's layers. */
function keeping(before: StyleSpecification | undefined, next: StyleSpecification): StyleSpecification {
  if (!before) return next
  const drawn = (id: string): boolean => id.startsWith(DRAWING)
  const sources = { ...next.sources }
  for (const [id, source] of Object.entries(before.sources)) {
    if (drawn(id) || OWN_SOURCES.some((own) => own === id)) sources[id] = source
  }
  const filters = new Map(before.layers.flatMap((layer) => ('filter' in layer ? [[layer.id, layer.filter]] : [])))
  const layers = next.layers.map((layer) =>
    layer.id === CHOSEN || layer.id === POINTED ? { ...layer, filter: filters.get(layer.id) } : layer,
  )
  return { ...next, sources, layers: [...layers, ...before.layers.filter(({ id }) => drawn(id))] as StyleSpecification['layers'] }
}

export function useZoneMap(map: LibreMap): void {
  const style = computed(styleOf)
  watch(style, (now) => {
    moveTiles(map, now)
    map.setStyle(now, { diff: true, transformStyle: keeping })
  })
  useShapes(map)
  watch(chosen, (ids) => map.setFilter(CHOSEN, zonesAre(ids)))
  watch(pointed, (id) => map.setFilter(POINTED, zonesAre(id === undefined ? [] : [id])))
  usePointer(map)
  const zoom = ref(map.getZoom())
  map.on('zoomend', () => (zoom.value = map.getZoom()))
  watch([zoom, chosenKind], () => (cellsInView.value = zoom.value >= (kindOf(chosenKind.value)?.min_zoom ?? 0)), { immediate: true })
}

export const setShapes = (map: LibreMap, id: OwnSource, features: GeoJSON.Feature[]): void =>
  void map.getSource<GeoJSONSource>(id)?.setData({ type: 'FeatureCollection', features })

export const feature = (geometry: unknown, properties: Record<string, unknown> = {}): GeoJSON.Feature => ({
  type: 'Feature',
  geometry: geometry as GeoJSON.Geometry,
  properties,
})
const point = (lon: number, lat: number) => ({ type: 'Point', coordinates: [lon, lat] })

const middleOf = ([west, south, east, north]: number[]) => point((west! + east!) / 2, (south! + north!) / 2)

function useShapes(map: LibreMap): void {
  const draw = (id: OwnSource, features: () => GeoJSON.Feature[]): void => {
    watch(features, (now) => setShapes(map, id, now), { immediate: true })
  }
  draw('names', () => named.value.map((zone) => feature(middleOf(zone.bbox), { kind: zone.kind, name_zh: zone.name_zh, name_en: zone.name_en })))
  draw('work', () => (work.value?.draft.shape.length ? [feature(geometryOf(work.value.draft.shape))] : []))
  draw('also', () =>
    (work.value?.also ?? []).flatMap((other) => (other.op === 'save' ? [feature(geometryOf(other.draft.shape))] : [])),
  )
  draw('theirs', () => {
    if (conflict.value && theirsShown.value) return [feature(conflict.value.theirs.geometry)]
    return shownVersion.value ? [feature(geometryOf(shownVersion.value))] : []
  })
  draw('faults', () =>
    faults.value.flatMap((fault) => {
      const current = fault.id === currentFault.value?.id
      const at = feature(point(...fault.place), { current })
      return current && fault.geometry ? [feature(fault.geometry, { current }), at] : [at]
    }),
  )
  draw('effects', () => [
    ...(effects.value?.devices.items ?? []).map(({ lon, lat }) => feature(point(lon, lat), { sort: 'device' })),
    ...(effects.value?.cases.items ?? []).map(({ lon, lat, to }) => feature(point(lon, lat), { sort: to ? 'rerouted' : 'moved' })),
  ])
}

function under(map: LibreMap, event: MapMouseEvent): ZoneUnder[] {
  const found = map.queryRenderedFeatures(event.point, { layers: [ZONES] })
  const zones = found.map(({ properties }) => properties as ZoneUnder)
  return [...new Map(zones.map((zone) => [zone.id, zone])).values()]
}

function usePointer(map: LibreMap): void {
  map.boxZoom.disable() // Shift paints cells
  map.on('mousemove', (event) => {
    const zones = pointable(under(map, event))
    if (tool.value === 'cells' && event.originalEvent.shiftKey && zones[0]) choose(zones[0].id, true)
    pointed.value = zones[0]?.id
    pointedName.value = zones[0] && { x: event.point.x, y: event.point.y, zone: zones[0] }
    if (['look', 'cells', 'merge'].includes(tool.value)) map.getCanvas().style.cursor = zones[0] ? 'pointer' : ''
  })
  map.on('mouseout', () => (pointed.value = pointedName.value = undefined))
  map.on('movestart', () => (menu.value = undefined))
  map.on('click', (event) => {
    menu.value = undefined
    void clicked(pointable(under(map, event)), event)
  })
}

/** The zones that a click can mean with the tool in hand. */
function pointable(zones: ZoneUnder[]): ZoneUnder[] {
  const own = work.value?.draft
  if (tool.value === 'look') return zones
  if (tool.value === 'cells') return zones.filter(({ kind }) => kind === chosenKind.value)
  if (tool.value === 'merge') return zones.filter(({ kind, id }) => kind === own?.kind && id !== own.id)
  return []
}

async function clicked(zones: ZoneUnder[], { point }: MapMouseEvent): Promise<void> {
  const [first] = zones
  if (!first) return
  if (tool.value === 'cells') choose(first.id)
  else if (tool.value === 'merge') await merge(await api.oneZone(first.id))
  else if (zones.length === 1) await openZone(first.id)
  else menu.value = { x: point.x, y: point.y, zones }
}

export const placeOf = (event: MapMouseEvent): Place => [event.lngLat.lng, event.lngLat.lat]
