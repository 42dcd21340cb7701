/** The place that was found, for the pin on the map. */
import { Marker, type Map as LibreMap } from 'maplibre-gl'
import { shallowRef, watch } from 'vue'
import { tokens } from '@/store/preferences'

export const found = shallowRef<{ lon: number; lat: number }>()

export function useFound(map: LibreMap): void {
  let pin: Marker | undefined
  watch(found, (at) => {
    pin?.remove()
    pin = at && new Marker({ color: tokens.value.accentSolid }).setLngLat([at.lon, at.lat]).addTo(map)
  })
}
