/** A map of the city, as every page has it: where it may look, how near, and its scale. */
import { Map as LibreMap, ScaleControl, setWorkerUrl, type MapOptions, type StyleSpecification } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import type { View } from '@/shell/address'
import { bootstrap } from '@/store/city'
import { fitCity, lookAsWanted, MAX_TILT, useMap } from './camera'
import { surroundings } from './style'

// The bundler moves this file; left alone, the map would look for it beside the bundle and stay empty.
setWorkerUrl(workerUrl)

/** A map without anything on it, in the bounds of the city. Throws where the browser has no WebGL2. */
export function bareMap(container: HTMLElement, style: StyleSpecification, options: Partial<MapOptions> = {}): LibreMap {
  const { city } = bootstrap.value!
  return new LibreMap({
    container,
    style,
    center: city.center,
    zoom: 12,
    minZoom: 9,
    maxZoom: 19,
    maxPitch: MAX_TILT,
    maxBounds: surroundings(city.bbox),
    attributionControl: false,
    canvasContextAttributes: { antialias: true },
    ...options,
  })
}

/** The one map of a page, which keys and controls move: looks at `view`, or at the whole city. */
export function newMap(container: HTMLElement, style: StyleSpecification, view: View | undefined): LibreMap {
  const map = bareMap(container, style, view && { center: view.center, zoom: view.zoom, pitch: view.pitch ?? 0, bearing: view.bearing ?? 0 })
  useMap(map)
  if (!lookAsWanted() && !view) fitCity(false)
  map.addControl(new ScaleControl({ maxWidth: 90 }), 'bottom-right')
  return map
}
