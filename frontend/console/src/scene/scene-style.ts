/** The map of a scene: the city's style, everything outside the zone dimmed, and the zone's edge. */
import type { GeoJSONSourceSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'

type Ring = GeoJSON.Position[]

// Web Mercator ends near 85 degrees; a ring that goes further is cut off there anyway.
const WORLD: Ring = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]] // prettier-ignore

/** The world with the zone as its holes; the zone's own holes are no part of it and covered again. */
export function maskOf(zone: GeoJSON.MultiPolygon): GeoJSON.MultiPolygon {
  const outer = zone.coordinates.map(([ring]) => ring!)
  const holes = zone.coordinates.flatMap(([, ...inner]) => inner)
  return { type: 'MultiPolygon', coordinates: [[WORLD, ...outer], ...holes.map((hole) => [hole])] }
}

interface Look {
  color: string
  /** What lies over the rest of the city. */
  cover: string
  strength: number
  magnify: number
}

export function withZone(style: StyleSpecification, zone: GeoJSON.MultiPolygon, look: Look): StyleSpecification {
  return {
    ...style,
    sources: { ...style.sources, 'scene-mask': source(maskOf(zone)), 'scene-zone': source(zone) },
    layers: [...style.layers, ...zoneLayers(look)],
  }
}

const source = (data: GeoJSON.MultiPolygon): GeoJSONSourceSpecification => ({ type: 'geojson', data })

function zoneLayers({ color, cover, strength, magnify }: Look): LayerSpecification[] {
  const edge = { type: 'line', source: 'scene-zone', layout: { 'line-join': 'round' } } as const
  return [
    { id: 'scene-mask', type: 'fill', source: 'scene-mask', paint: { 'fill-color': cover, 'fill-opacity': strength, 'fill-antialias': false } },
    { id: 'scene-glow', ...edge, paint: { 'line-color': color, 'line-width': 12 * magnify, 'line-opacity': 0.22, 'line-blur': 6 * magnify } },
    { id: 'scene-edge', ...edge, paint: { 'line-color': color, 'line-width': 2.4 * magnify } },
  ]
}
