import type { LayerSpecification } from 'maplibre-gl'
import type { Palette } from '../palette'

/** The way that is measured, the ground that it closes, and its corners. */
export function measureLayers(p: Palette): LayerSpecification[] {
  const color = p.labelStrong
  return [
    { id: 'measure-fill', type: 'fill', source: 'measure', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': color, 'fill-opacity': 0.14 } },
    { id: 'measure-casing', type: 'line', source: 'measure', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': p.halo, 'line-width': 5 } },
    { id: 'measure-line', type: 'line', source: 'measure', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': color, 'line-width': 2.2, 'line-dasharray': [2, 1.2] } },
    { id: 'measure-corners', type: 'circle', source: 'measure', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 4.5, 'circle-color': p.halo, 'circle-stroke-color': color, 'circle-stroke-width': 2 } },
  ]
}
