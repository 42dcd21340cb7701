/** The last stretch of way of each thing that moves. A ring of places for each; no drawing in here. */
import type { Mover } from '@/live/movers'

const LONGEST = 40 // places
const LASTS = 180_000 // milliseconds of way
/** Of more than this many, ways are not kept: they would hide the city, and fill the memory. */
export const MOST = 3_000

interface Point {
  at: number
  place: [number, number]
}
export interface Trail {
  mover: Mover
  path: [number, number][]
}

export class Trails {
  private readonly ways = new Map<number, Point[]>()

  take(movers: Iterable<Mover>, count: number): Trail[] {
    if (count > MOST) {
      this.ways.clear()
      return []
    }
    const seen = new Set<number>()
    const trails: Trail[] = []
    for (const mover of movers) {
      seen.add(mover.number)
      const way = this.ways.get(mover.number) ?? []
      if (way.at(-1)?.at !== mover.at) way.push({ at: mover.at, place: [mover.lon, mover.lat] })
      while (way.length > LONGEST || way[0]!.at < mover.at - LASTS) way.shift()
      this.ways.set(mover.number, way)
      if (way.length > 1) trails.push({ mover, path: way.map(({ place }) => place) })
    }
    for (const number of this.ways.keys()) if (!seen.has(number)) this.ways.delete(number)
    return trails
  }
}
