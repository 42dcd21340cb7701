/** Distances and areas on the ground, from corners in WGS-84 degrees, longitude first. */
import { ref, shallowRef } from 'vue'

export type Place = [lon: number, lat: number]
export const measuring = ref(false)
export const corners = shallowRef<Place[]>([])

const RADIUS = 6_371_008.8 // metres: the mean radius of the earth
const rad = (degrees: number): number => (degrees * Math.PI) / 180

/** Metres along the great circle. */
export function distance([lon1, lat1]: Place, [lon2, lat2]: Place): number {
  const a = Math.sin(rad(lat2 - lat1) / 2) ** 2 + Math.cos(rad(lat1)) * Math.cos(rad(lat2)) * Math.sin(rad(lon2 - lon1) / 2) ** 2
  return 2 * RADIUS * Math.asin(Math.sqrt(a))
}

export const length = (places: Place[]): number => places.slice(1).reduce((sum, place, i) => sum + distance(places[i]!, place), 0)

/** Square metres of the polygon, on a plane at its middle: true to a thousandth within a city. */
export function area(places: Place[]): number {
  if (places.length < 3) return 0
  const lat0 = rad(places.reduce((sum, [, lat]) => sum + lat, 0) / places.length)
  const [lon0, base] = places[0]!
  const flat = places.map(([lon, lat]) => [rad(lon - lon0) * Math.cos(lat0) * RADIUS, rad(lat - base) * RADIUS] as const)
  const twice = flat.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = flat[(i + 1) % flat.length]!
    return sum + x * nextY - nextX * y
  }, 0)
  return Math.abs(twice) / 2
}

export const sayLength = (metres: number): string => (metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(2)} km`)
export const sayArea = (m2: number): string => (m2 < 100_000 ? `${Math.round(m2).toLocaleString('en')} m²` : `${(m2 / 1_000_000).toFixed(2)} km²`)

export function startMeasuring(on: boolean): void {
  measuring.value = on
  corners.value = []
}
