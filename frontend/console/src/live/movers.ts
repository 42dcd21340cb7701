/**
 * What moves: the newest place of each thing, from the raw typed columns of docs/protocol.md. No socket and no drawing
 * in here; `version` grows with each change, for whoever draws once a frame.
 */
import { MOVING, type Introduction, type MovingType } from './protocol'

const HEADER = 16
const VERSION = 1
const LEFT = 255

/** A section of a message, laid over its bytes: nothing is copied. */
export interface Section {
  type: MovingType
  count: number
  /** Degrees, WGS-84, to which the offsets are added. */
  base: [lon: number, lat: number]
  /** Milliseconds since 1970. */
  at: Float64Array
  number: Uint32Array
  lon: Float32Array
  lat: Float32Array
  /** Degrees clockwise from north; NaN is unknown. */
  heading: Float32Array
  /** Metres a second; NaN is unknown. */
  speed: Float32Array
  status: Uint8Array
}

export interface Mover extends Introduction {
  at: number
  lon: number
  lat: number
  heading: number
  speed: number
  status: number
}

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8

/** The sections of a binary message. Typed arrays are of this machine's byte order, which is little-endian everywhere. */
export function* sections(data: ArrayBuffer): Generator<Section> {
  const view = new DataView(data)
  for (let place = 0; place < data.byteLength; ) {
    const type = MOVING[view.getUint8(place + 1)]
    if (view.getUint8(place) !== VERSION || !type) throw new Error('positions of a form that this page does not know')
    const count = view.getUint32(place + 4, true)
    const base: [number, number] = [view.getFloat32(place + 8, true), view.getFloat32(place + 12, true)]
    place += HEADER
    const next = (bytes: number): number => {
      const start = place
      place += padded(bytes * count)
      return start
    }
    yield {
      type,
      count,
      base,
      at: new Float64Array(data, next(8), count),
      number: new Uint32Array(data, next(4), count),
      lon: new Float32Array(data, next(4), count),
      lat: new Float32Array(data, next(4), count),
      heading: new Float32Array(data, next(4), count),
      speed: new Float32Array(data, next(4), count),
      status: new Uint8Array(data, next(1), count),
    }
  }
}

export class Movers {
  version = 0
  private readonly known = new Map<number, Introduction>()
  private readonly held = new Map<number, Mover>()

  /** Who is behind numbers; with `reset`, in place of all that was held. */
  introduce(movers: Introduction[], reset: boolean): void {
    if (reset) this.clear()
    movers.forEach((mover) => this.known.set(mover.number, mover))
  }

  take(data: ArrayBuffer): void {
    for (const section of sections(data)) this.lay(section)
    this.version++
  }

  all(): IterableIterator<Mover> {
    return this.held.values()
  }

  get size(): number {
    return this.held.size
  }

  clear(): void {
    this.known.clear()
    this.held.clear()
    this.version++
  }

  private lay(section: Section): void {
    const [west, south] = section.base
    for (let i = 0; i < section.count; i++) {
      const number = section.number[i]!
      const who = this.known.get(number)
      if (section.status[i] === LEFT || !who) {
        this.held.delete(number)
        continue
      }
      this.held.set(number, {
        ...who,
        at: section.at[i]!,
        lon: west + section.lon[i]!,
        lat: south + section.lat[i]!,
        heading: section.heading[i]!,
        speed: section.speed[i]!,
        status: section.status[i]!,
      })
    }
  }
}
