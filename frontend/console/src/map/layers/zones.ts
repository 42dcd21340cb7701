import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { ZoneKind } from '@/api/models'
import type { Palette } from '../palette'

export const POINTED_ZONE = 'zone-pointed'
export const POINTED_ZONE_EDGE = 'zone-pointed-edge'

interface Line {
  from: number
  width: ExpressionSpecification
  /** Share of the palette's opacity. */
  strength: number
}

const grows = (a: number, b: number): ExpressionSpecification => ['interpolate', ['linear'], ['zoom'], 11, a, 16, b]

/** The frame of the city has lines of its own; places within it (parks, schools, sites) share one. */
const LINES: Record<string, Line> = {
  district: { from: 8, width: grows(3, 18), strength: 1 },
  street: { from: 9, width: grows(2.6, 20), strength: 0.62 },
  community: { from: 12.8, width: grows(1.2, 13), strength: 0.45 },
  cell: { from: 15.2, width: grows(0.5, 1), strength: 0.8 },
}
const PLACE: Line = { from: 12.5, width: grows(0.8, 1.6), strength: 2 }

export function zoneLayers(kinds: ZoneKind[], p: Palette): LayerSpecification[] {
  return kinds.toReversed().map((kind): LayerSpecification => {
    const line = LINES[kind.code] ?? PLACE
    return {
      id: `zone-${kind.code}`,
      type: 'line',
      source: 'zones',
      'source-layer': 'zones',
      minzoom: line.from,
      filter: ['==', ['get', 'kind'], kind.code],
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': ['coalesce', ['get', 'color'], kind.color],
        'line-width': line.width,
        // Neighbours share a line, so that it is drawn twice.
        'line-opacity': p.zoneOpacity * line.strength,
      },
    }
  })
}

/** The one zone whose name a person points at. Its id is set while they do. */
export function pointedZoneLayers(): LayerSpecification[] {
  const common = { source: 'zones', 'source-layer': 'zones', filter: zoneIs(undefined) } as const
  const color: ExpressionSpecification = ['coalesce', ['get', 'color'], '#7aa7ff']
  return [
    { id: POINTED_ZONE, type: 'fill', ...common, paint: { 'fill-color': color, 'fill-opacity': 0.16 } },
    { id: POINTED_ZONE_EDGE, type: 'line', ...common, paint: { 'line-color': color, 'line-width': 2.4 } },
  ]
}

export const zoneIs = (id: number | undefined): ExpressionSpecification => ['==', ['get', 'id'], id ?? -1]
