/** Makes a map with what every map of the console needs; the console's own and the lean ones of other pages use it. */
import { Map as LibreMap, setWorkerUrl, type MapOptions, type StyleSpecification } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import type { Bootstrap } from '@/api/models'
import { showToTests } from './for-tests'
import { surroundings } from './style'

// The bundler moves this file; left alone, the map would look for it beside the bundle and stay empty.
setWorkerUrl(workerUrl)

/** Throws where the browser has no WebGL2. */
export function newMap(
  container: HTMLElement,
  city: Bootstrap,
  style: StyleSpecification,
  options: Partial<MapOptions> = {},
): LibreMap {
  const map = new LibreMap({
    container,
    style,
    center: city.city.center,
    zoom: 12,
    minZoom: 9,
    maxZoom: 19,
    maxBounds: surroundings(city.city.bbox),
    attributionControl: false,
    canvasContextAttributes: { antialias: true },
    ...options,
  })
  showToTests(map)
  return map
}
