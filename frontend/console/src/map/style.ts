/**
 * The map's style: ground, roads, buildings, zones and names. It has no glyph address: the names are drawn with the
 * fonts of the computer, which is what makes it work without any other server.
 */
import type { ExpressionSpecification, GeoJSONSourceSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Bootstrap, ZoneKind } from '@/api/models'
import { labelLayers } from './layers/labels'
import { roadLayers } from './layers/roads'
import { areaLayers, heatLayers, shadeLayers } from './layers/shading'
import { pointedZoneLayers, zoneLayers } from './layers/zones'
import { measureLayers } from './layers/measure'
import { darkMap, lightMap, type Palette } from './palette'
import type { ShadeBy } from './shading'

export interface StyleWishes {
  dark: boolean
  locale: 'zh' | 'en'
  /** Buildings are raised when the map is tilted. */
  relief: boolean
  labels: boolean
  /** Codes of the zone kinds whose outlines are drawn. */
  zones: string[]
  /** The zones of a moment of the past, milliseconds since 1970; else those that hold now. */
  at?: number
  /** Names are written this many times as large: 1 on a desk, more on a wall. */
  magnify?: number
  /** Only the names of the great places. */
  fewLabels?: boolean
  /** What the grid is coloured by. */
  shade?: ShadeBy
  /** Codes of departments whose areas are coloured, in the order of their colours. */
  areas?: string[]
  heat?: boolean
  /** A tool to measure with is on the map. */
  measure?: boolean
}

const EMPTY: GeoJSONSourceSpecification = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } }

/** Tiles of the city's server exist up to this zoom; closer views enlarge them. */
const DEEPEST_TILE = 16

export function mapStyle(city: Bootstrap, wishes: StyleWishes): StyleSpecification {
  const palette = wishes.dark ? darkMap : lightMap
  return {
    version: 8,
    sources: {
      basemap: source(city.tiles.basemap, surroundings(city.city.bbox)),
      zones: {
        ...source(city.tiles.zones + (wishes.at === undefined ? '' : `?at=${new Date(wishes.at).toISOString()}`), city.city.bbox),
        promoteId: 'id',
      },
      ...(wishes.heat ? { heat: EMPTY } : {}),
      ...(wishes.measure ? { measure: EMPTY } : {}),
    },
    light: { anchor: 'viewport', intensity: 0.2 },
    layers: [
      { id: 'outside', type: 'background', paint: { 'background-color': palette.outside } },
      ...groundLayers(palette),
      ...shadeLayers(wishes.shade, wishes.dark),
      ...areaLayers(wishes.areas, wishes.dark),
      // Boundaries run along the middle of roads and rivers: under these they show as a quiet band at both sides.
      ...zoneLayers(city.zone_kinds.filter((kind: ZoneKind) => wishes.zones.includes(kind.code)), palette),
      ...waterLayers(palette),
      ...roadLayers(palette),
      ...buildingLayers(palette, wishes.relief),
      ...heatLayers(wishes.heat),
      ...pointedZoneLayers(),
      ...(wishes.labels ? labelLayers(palette, wishes.locale, wishes.magnify, wishes.fewLabels) : []),
      ...(wishes.measure ? measureLayers(palette) : []),
    ],
  }
}

type Box = [number, number, number, number]

/** The city and as much again around it: where the map may be moved to, and where its great roads still run. */
export function surroundings([west, south, east, north]: Box): Box {
  const margin = Math.max(east - west, north - south)
  return [west - margin, south - margin, east + margin, north + margin]
}

function source(path: string, bounds: Box) {
  // The worker that fetches tiles has no page to resolve a path against.
  return { type: 'vector' as const, tiles: [location.origin + path], bounds, minzoom: 8, maxzoom: DEEPEST_TILE }
}

function groundLayers(p: Palette): LayerSpecification[] {
  const isPark: ExpressionSpecification = ['match', ['get', 'kind'], ['park', 'garden', 'scenic_area'], true, false]
  return [
    { id: 'land', type: 'fill', source: 'basemap', 'source-layer': 'land', paint: { 'fill-color': p.land } },
    {
      id: 'green',
      type: 'fill',
      source: 'basemap',
      'source-layer': 'green',
      paint: { 'fill-color': ['case', isPark, p.park, p.green] },
    },
  ]
}

function waterLayers(p: Palette): LayerSpecification[] {
  return [
    {
      id: 'water',
      type: 'fill',
      source: 'basemap',
      'source-layer': 'water',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': p.water },
    },
    {
      id: 'shore',
      type: 'line',
      source: 'basemap',
      'source-layer': 'water',
      paint: { 'line-color': p.shore, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.4, 16, 1.4] },
    },
  ]
}

function buildingLayers(p: Palette, relief: boolean): LayerSpecification[] {
  const common = { source: 'basemap', 'source-layer': 'buildings', minzoom: 14 } as const
  const appear: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 14, 0, 14.6, 1]
  const flat: LayerSpecification = {
    id: 'buildings',
    type: 'fill',
    ...common,
    paint: { 'fill-color': p.building, 'fill-outline-color': p.buildingEdge, 'fill-opacity': appear },
  }
  const raised: LayerSpecification = {
    id: 'buildings-raised',
    type: 'fill-extrusion',
    ...common,
    minzoom: 14.5,
    paint: {
      'fill-extrusion-color': p.relief,
      'fill-extrusion-height': ['interpolate', ['linear'], ['zoom'], 14.5, 0, 15.2, ['coalesce', ['get', 'height'], 8]],
      'fill-extrusion-opacity': 0.72,
    },
  }
  return relief ? [flat, raised] : [flat]
}
