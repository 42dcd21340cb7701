/** A map of the city, as every page has it: where it may look, how near, and its scale. */
import { Map as LibreMap, ScaleControl, setWorkerUrl, type StyleSpecification } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import type { View } from '@/shell/address'
import { bootstrap } from '@/store/city'
import { fitCity, MAX_TILT, useMap } from './camera'
import { surroundings } from './style'

// The bundler moves this file; left alone, the map would look for it beside the bundle and stay empty.
setWorkerUrl(workerUrl)

/** Looks at `view`, or at the whole city. Throws where the browser has no WebGL2. */
export function newMap(container: HTMLElement, style: StyleSpecification, view: View | undefined): LibreMap {
  const { city } = bootstrap.value!
  const map = new LibreMap({
    container,
    style,
    center: view?.center ?? city.center,
    zoom: view?.zoom ?? 12,
    minZoom: 9,
    maxZoom: 19,
    maxPitch: MAX_TILT,
    maxBounds: surroundings(city.bbox),
    attributionControl: false,
    canvasContextAttributes: { antialias: true },
  })
  useMap(map)
  if (!view) fitCity(false)
  map.addControl(new ScaleControl({ maxWidth: 90 }), 'bottom-right')
  return map
}
