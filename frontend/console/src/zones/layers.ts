/** How the editor draws zones: crisp outlines that can be told apart, and above them what is being worked on. */
import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Bootstrap } from '@/api/models'
import type { Kind } from '@/api/zones'
import { font, labelLayers, nameIn } from '@/map/layers/labels'
import { darkMap, lightMap } from '@/map/palette'
import { mapStyle } from '@/map/style'
import type { Tokens } from '@/theme/tokens'

export const ZONES = 'zones-fill'
export const POINTED = 'zones-pointed'
export const CHOSEN = 'zones-chosen'
/** Sources whose shapes the editor sets. */
export const OWN_SOURCES = ['names', 'work', 'also', 'theirs', 'faults', 'effects'] as const
export type OwnSource = (typeof OWN_SOURCES)[number]

export interface EditorWishes {
  dark: boolean
  locale: 'zh' | 'en'
  tokens: Tokens
  kinds: Kind[]
  /** Colour of the kind of the open zone. */
  color: string
  /** The time whose zones are shown, ISO 8601; undefined: now. */
  at: string | undefined
}

export function editorStyle(city: Bootstrap, wishes: EditorWishes): StyleSpecification {
  const palette = wishes.dark ? darkMap : lightMap
  const asOf = wishes.at ? `${city.tiles.zones}?at=${encodeURIComponent(wishes.at)}` : city.tiles.zones
  const tiles = { ...city.tiles, zones: asOf }
  const ground = mapStyle({ ...city, tiles }, { dark: wishes.dark, locale: wishes.locale, relief: false, labels: false, zones: [] })
  const own = OWN_SOURCES.map((id) => [id, { type: 'geojson' as const, data: nothing(), tolerance: 0 }])
  return {
    ...ground,
    sources: { ...ground.sources, ...Object.fromEntries(own) },
    layers: [
      ...ground.layers,
      ...zoneLayers(wishes),
      // Parks are zones here and have their names as such.
      ...labelLayers(palette, wishes.locale).filter(({ id }) => id !== 'label-park'),
      nameLayer(wishes, palette.halo),
      ...workLayers(wishes),
    ],
  }
}

export const nothing = () => ({ type: 'FeatureCollection' as const, features: [] })
export const zonesAre = (ids: Iterable<number>): ExpressionSpecification => ['in', ['get', 'id'], ['literal', [...ids]]]

const TILES = { source: 'zones', 'source-layer': 'zones' } as const
const ofKinds = (kinds: Kind[]): FilterSpecification => ['in', ['get', 'kind'], ['literal', kinds.map(({ code }) => code)]]
const colour = (fallback: string): ExpressionSpecification => ['coalesce', ['get', 'color'], fallback]

function zoneLayers({ kinds, tokens }: EditorWishes): LayerSpecification[] {
  const places = kinds.filter(({ exclusive }) => !exclusive).map(({ code }) => code)
  const isPlace: ExpressionSpecification = ['in', ['get', 'kind'], ['literal', places]]
  return [
    {
      id: ZONES,
      type: 'fill',
      ...TILES,
      filter: ofKinds(kinds),
      // Nearly nothing, so that what is under the pointer is known everywhere.
      paint: { 'fill-color': colour(tokens.text3), 'fill-opacity': ['case', isPlace, 0.12, 0.001] },
    },
    ...kinds.map((kind) => outline(kind, rankOf(kind, kinds))),
    {
      id: CHOSEN,
      type: 'fill',
      ...TILES,
      filter: zonesAre([]),
      paint: { 'fill-color': tokens.accentSolid, 'fill-opacity': 0.42 },
    },
    {
      id: POINTED,
      type: 'line',
      ...TILES,
      filter: zonesAre([]),
      layout: { 'line-join': 'round' },
      paint: { 'line-color': colour(tokens.accent), 'line-width': 3, 'line-opacity': 0.95 },
    },
  ]
}

/** 0 for the smallest of the kinds that tile the city, and so on up; places within it have none. */
function rankOf(kind: Kind, kinds: Kind[]): number | undefined {
  const tiling = kinds.filter(({ exclusive }) => exclusive).toReversed()
  const at = tiling.indexOf(kind)
  return at < 0 ? undefined : at
}

/** Kinds that tile the city share their edges: the greater is drawn wider and first, so that it shows at both sides. */
function outline(kind: Kind, rank: number | undefined): LayerSpecification {
  const width = rank === undefined ? 1.5 : 0.9 + rank * 1.1
  return {
    id: `zones-line-${kind.code}`,
    type: 'line',
    ...TILES,
    filter: ['==', ['get', 'kind'], kind.code],
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': colour(kind.color),
      'line-width': ['interpolate', ['linear'], ['zoom'], 11, width * 0.55, 15, width, 18, width * 1.4],
      'line-opacity': rank === undefined ? 0.9 : 0.62,
    },
  }
}

/** Names of places, one each: tiles would say a name in every tile. Streets and communities have theirs on the basemap. */
function nameLayer({ kinds, locale, tokens }: EditorWishes, halo: string): LayerSpecification {
  return {
    id: 'zones-name',
    type: 'symbol',
    source: 'names',
    minzoom: 13.4,
    filter: ofKinds(kinds.filter(({ exclusive }) => !exclusive)),
    layout: {
      'text-field': nameIn(locale),
      'text-font': font('Medium'),
      'text-size': 11.5,
      'text-max-width': 8,
      'text-padding': 4,
    },
    paint: { 'text-color': tokens.text2, 'text-halo-color': halo, 'text-halo-width': 1.4 },
  }
}

function workLayers({ tokens, color }: EditorWishes): LayerSpecification[] {
  const area = (id: OwnSource, fill: string, opacity: number): LayerSpecification => ({
    id: `${id}-area`,
    type: 'fill',
    source: id,
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': fill, 'fill-opacity': opacity },
  })
  const edge = (id: OwnSource, line: string, width: number, dashes?: number[]): LayerSpecification => ({
    id: `${id}-edge`,
    type: 'line',
    source: id,
    layout: { 'line-join': 'round' },
    paint: { 'line-color': line, 'line-width': width, ...(dashes && { 'line-dasharray': dashes }) },
  })
  return [
    area('also', tokens.accentSolid, 0.12),
    edge('also', tokens.accent, 2, [2, 1.4]),
    area('work', color, 0.2),
    edge('work', color, 2.6),
    edge('theirs', tokens.critical, 2.4, [1.6, 1.2]),
    area('faults', tokens.critical, 0.45),
    edge('faults', tokens.critical, 2.2),
    dots('faults', ['case', ['get', 'current'], tokens.critical, tokens.urgent], ['case', ['get', 'current'], 9, 5], tokens),
    dots('effects', ['match', ['get', 'sort'], 'rerouted', tokens.critical, 'device', tokens.good, tokens.urgent], 5.5, tokens),
  ]
}

function dots(
  id: OwnSource,
  fill: ExpressionSpecification,
  radius: number | ExpressionSpecification,
  tokens: Tokens,
): LayerSpecification {
  return {
    id: `${id}-dots`,
    type: 'circle',
    source: id,
    filter: ['==', ['geometry-type'], 'Point'],
    paint: {
      'circle-radius': radius,
      'circle-color': fill,
      'circle-stroke-width': 1.5,
      'circle-stroke-color': tokens.surface,
    },
  }
}
