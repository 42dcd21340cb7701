import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl'
import type { Palette, RoadClass } from '../palette'

/** From the smallest to the greatest: the greater road is drawn over the smaller. */
const CLASSES: RoadClass[] = ['residential', 'secondary', 'arterial', 'expressway']
const FROM: Record<RoadClass, number> = { residential: 13, secondary: 11.5, arterial: 9, expressway: 8 }

/** Width in pixels at zoom 10, 13, 16 and 19. */
const WIDTH: Record<RoadClass, [number, number, number, number]> = {
  residential: [0, 0.8, 5, 26],
  secondary: [0.4, 1.7, 8, 36],
  arterial: [0.9, 2.8, 12, 50],
  expressway: [1.3, 3.6, 15, 60],
}
const CASING = 1.1

function width(road: RoadClass, more = 0): ExpressionSpecification {
  const [a, b, c, d] = WIDTH[road].map((pixels) => pixels + more)
  return ['interpolate', ['exponential', 1.5], ['zoom'], 10, a!, 13, b!, 16, c!, 19, d!]
}

const ofClass = (road: string): FilterSpecification => ['==', ['get', 'class'], road]

export function roadLayers(p: Palette): LayerSpecification[] {
  const common = { type: 'line', source: 'basemap', 'source-layer': 'roads' } as const
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const
  const paths: LayerSpecification = {
    id: 'road-path',
    ...common,
    minzoom: 15,
    filter: ofClass('path'),
    paint: { 'line-color': p.path, 'line-width': 1.1, 'line-dasharray': [2.5, 2] },
  }
  const casings = CLASSES.map(
    (road): LayerSpecification => ({
      id: `road-${road}-casing`,
      ...common,
      layout,
      minzoom: Math.max(FROM[road], 11.5),
      filter: ofClass(road),
      paint: { 'line-color': p.road[road].casing, 'line-width': width(road, 2 * CASING) },
    }),
  )
  const fills = CLASSES.map(
    (road): LayerSpecification => ({
      id: `road-${road}`,
      ...common,
      layout,
      minzoom: FROM[road],
      filter: ofClass(road),
      paint: { 'line-color': p.road[road].fill, 'line-width': width(road) },
    }),
  )
  return [paths, ...casings, ...fills]
}
