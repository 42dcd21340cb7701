/** Each click is a corner, while somebody measures. */
import type { GeoJSONSource, Map as LibreMap } from 'maplibre-gl'
import { watch } from 'vue'
import { corners, measuring, type Place } from './measuring'

export function useMeasure(map: LibreMap): void {
  map.on('click', ({ lngLat }) => {
    if (measuring.value) corners.value = [...corners.value, [lngLat.lng, lngLat.lat]]
  })
  const draw = (): void => void map.getSource<GeoJSONSource>('measure')?.setData(shapes(corners.value))
  watch(corners, draw)
  watch(measuring, (on) => (on ? map.doubleClickZoom.disable() : map.doubleClickZoom.enable()))
}

function shapes(places: Place[]) {
  const one = (geometry: GeoJSON.Geometry): GeoJSON.Feature => ({ type: 'Feature', properties: {}, geometry })
  const features = places.map((place) => one({ type: 'Point', coordinates: place }))
  if (places.length > 1) features.push(one({ type: 'LineString', coordinates: places }))
  if (places.length > 2) features.push(one({ type: 'Polygon', coordinates: [[...places, places[0]!]] }))
  return { type: 'FeatureCollection' as const, features }
}
