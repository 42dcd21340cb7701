/** What follows from where the map looks: the devices that are asked for, and the address of the page. */
import type { Map as LibreMap } from 'maplibre-gl'
import { watch } from 'vue'
import { DEVICE_ZOOM } from '@/live/viewport'
import { writeAddress, type View } from '@/shell/address'
import { connection, lookAt } from '@/store/live'
import { preferences } from '@/store/preferences'
import { centreRequests, detail, selectedFeature, selectedId } from '@/store/selection'
import { centreOn } from './camera'
import { layersCode } from './layer-code'

const REST = 250 // milliseconds without movement before the city is asked for other devices

/** `placed`: the address says where to look; otherwise the map goes to the case that it names, if any. */
export function useView(map: LibreMap, placed: boolean): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const moved = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      lookAt(devicesIn(map))
      writeAddress(viewOf(map), selectedNumber())
    }, REST)
  }
  map.on('moveend', moved)
  moved()

  const selectedNumber = (): string | undefined => selectedFeature.value?.state.number ?? detail.value?.number
  watch([selectedId, selectedNumber], () => writeAddress(viewOf(map), selectedNumber()))
  watch(preferences.layers, moved)
  watch([() => preferences.layers.devices, () => connection.value.phase === 'live'], moved)
  const centre = (): void => {
    const at = selectedFeature.value?.state ?? detail.value
    if (at) centreOn(at.lon, at.lat)
  }
  watch(centreRequests, centre)
  const named = new URLSearchParams(location.search).has('case')
  if (named && !placed) watch(detail, centre, { once: true, immediate: detail.value !== undefined })
}

function devicesIn(map: LibreMap): [number, number, number, number] | undefined {
  if (!preferences.layers.devices || map.getZoom() < DEVICE_ZOOM) return undefined
  const bounds = map.getBounds()
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
}

function viewOf(map: LibreMap): View {
  const { lng, lat } = map.getCenter()
  return { zoom: map.getZoom(), center: [lng, lat], pitch: map.getPitch(), bearing: map.getBearing(), layers: layersCode(preferences.layers) }
}
