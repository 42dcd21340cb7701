/** What can be known of shapes without the city: rings, boxes, areas. Degrees of WGS-84, longitude first. */
import type { AnyPolygon, MultiPolygon, Place, Ring, Shape } from '@/api/zones'

/** Where a ring is in its shape: its part, and 0 for the outer ring or more for a hole. */
export interface RingAt {
  part: number
  ring: number
}

const RADIUS = 6_371_008.8 // metres, mean
const DIGITS = 9 // of a degree that the drawing library keeps: a tenth of a millimetre

export const shapeOf = (geometry: AnyPolygon): Shape =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
export const geometryOf = (shape: Shape): MultiPolygon => ({ type: 'MultiPolygon', coordinates: shape })

/** Whether two shapes cover the same, wherever their rings begin and whichever way they run. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true
  const [one, other] = [a.flat(2), b.flat(2)]
  return one.length === other.length && normal(a) === normal(b)
}

function normal(shape: Shape): string {
  const rings = (part: Ring[]): string => part.map(normalRing).sort().join(';')
  return shape.map(rings).sort().join('|')
}

function normalRing(ring: Ring): string {
  const keys = ring.slice(1).map(key)
  const first = keys.indexOf(keys.toSorted()[0]!)
  const forth = [...keys.slice(first), ...keys.slice(0, first)]
  const back = [forth[0], ...forth.slice(1).toReversed()]
  return [forth.join(' '), back.join(' ')].sort()[0]!
}

export function ringsOf(shape: Shape): (RingAt & { places: Ring })[] {
  return shape.flatMap((rings, part) => rings.map((places, ring) => ({ part, ring, places })))
}

export function withRing(shape: Shape, at: RingAt, places: Ring): Shape {
  return shape.map((rings, part) => (part === at.part ? rings.with(at.ring, places) : rings))
}

/** Without its outer ring a part is gone; without a hole the hole is filled. */
export function withoutRing(shape: Shape, at: RingAt): Shape {
  if (at.ring === 0) return shape.filter((_, part) => part !== at.part)
  return shape.map((rings, part) => (part === at.part ? rings.filter((_, ring) => ring !== at.ring) : rings))
}

export function boxOf(shape: Shape): [number, number, number, number] | undefined {
  const places = shape.flat(2)
  if (places.length === 0) return undefined
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lon, lat] of places) {
    box[0] = Math.min(box[0], lon)
    box[1] = Math.min(box[1], lat)
    box[2] = Math.max(box[2], lon)
    box[3] = Math.max(box[3], lat)
  }
  return box
}

/** Square metres on the sphere; within half a percent of the ellipsoid, which is enough to be read. */
export function areaOf(shape: Shape): number {
  const of = (rings: Ring[]): number => rings.reduce((sum, ring, i) => sum + (i === 0 ? 1 : -1) * ringArea(ring), 0)
  return shape.reduce((sum, rings) => sum + of(rings), 0)
}

function ringArea(ring: Ring): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  let sum = 0
  for (let i = 0; i + 1 < ring.length; i++) {
    const [lon, lat] = ring[i]!
    const [nextLon, nextLat] = ring[i + 1]!
    sum += radians(nextLon - lon) * (2 + Math.sin(radians(lat)) + Math.sin(radians(nextLat)))
  }
  return Math.abs((sum * RADIUS * RADIUS) / 2)
}

export function ringContains(ring: Ring, [lon, lat]: Place): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1, y1] = ring[i]!
    const [x2, y2] = ring[j]!
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside
  }
  return inside
}

/** The ring that a person means who points at a place: the smallest that contains it. */
export function ringUnder(shape: Shape, place: Place): RingAt | undefined {
  const found = ringsOf(shape).filter(({ places }) => ringContains(places, place))
  return found.sort((a, b) => ringArea(a.places) - ringArea(b.places))[0]
}

export const largestRing = (shape: Shape): RingAt | undefined =>
  ringsOf(shape)
    .filter(({ ring }) => ring === 0)
    .sort((a, b) => ringArea(b.places) - ringArea(a.places))[0]

const round = (degrees: number): number => Number(degrees.toFixed(DIGITS))
const key = ([lon, lat]: Place): string => `${round(lon)},${round(lat)}`

/**
 * The drawing library rounds. Where neighbours share an edge their corners must stay the same to the last bit, or the
 * grid gets gaps: a place that came from the city goes back exactly as it came.
 */
export class ExactPlaces {
  private known = new Map<string, Place>()

  /** A ring as the drawing library takes it. */
  rounded(ring: Ring): Ring {
    return ring.map((place) => {
      this.known.set(key(place), place)
      return [round(place[0]), round(place[1])]
    })
  }

  restored(ring: Ring): Ring {
    return ring.map((place) => this.known.get(key(place)) ?? place)
  }
}
