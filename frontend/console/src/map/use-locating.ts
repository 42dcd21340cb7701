/** Placing a report: a click puts a pin, which can be dragged until the person is content. */
import { Marker, type Map as LibreMap } from 'maplibre-gl'
import { watch } from 'vue'
import { locating, locatingAt } from '@/store/inbox'
import { tokens } from '@/store/preferences'

export function useLocating(map: LibreMap): void {
  let pin: Marker | undefined
  map.on('click', (event) => {
    if (locating.value) locatingAt.value = [event.lngLat.lng, event.lngLat.lat]
  })
  watch(locatingAt, (at) => {
    if (!at) {
      pin?.remove()
      pin = undefined
    } else if (pin) pin.setLngLat(at)
    else pin = newPin(at).addTo(map)
  })
}

function newPin(at: [number, number]): Marker {
  const pin = new Marker({ color: tokens.value.accentSolid, draggable: true }).setLngLat(at)
  pin.on('dragend', () => (locatingAt.value = pin.getLngLat().toArray()))
  return pin
}
