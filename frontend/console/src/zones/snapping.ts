/**
 * Draws the pointer onto corners and edges of zones nearby. Tiles tell which zones are near; their exact shapes are
 * asked for, because the corners in a tile are rounded and would leave gaps between neighbours.
 */
import type { Map as LibreMap, PointLike } from 'maplibre-gl'
import type { Place, Shape } from '@/api/zones'
import { ZONES } from './layers'

const NEAR = 11 // pixels within which the pointer is drawn
const AHEAD = 60 // pixels around the pointer whose zones are asked for
const MOST_KEPT = 400

interface At {
  x: number
  y: number
}
interface Candidate {
  place: Place
  distance: number
}

export class Snapping {
  /** Undefined while it is asked for. */
  private shapes = new Map<number, Shape | undefined>()

  constructor(
    private readonly map: LibreMap,
    private readonly ask: (id: number) => Promise<Shape>,
  ) {}

  /** The corner or, failing that, the place on an edge that a pointer means. `own`: the zone that is being drawn. */
  at(pointer: At, own: number | null): Place | undefined {
    const shapes = this.near(pointer, own)
    const corner = nearest(shapes.flatMap((shape) => this.corners(shape, pointer)))
    return (corner ?? nearest(shapes.flatMap((shape) => this.edges(shape, pointer))))?.place
  }

  /** Shapes may have changed. */
  forget(): void {
    this.shapes.clear()
  }

  private near({ x, y }: At, own: number | null): Shape[] {
    const box: [PointLike, PointLike] = [
      [x - AHEAD, y - AHEAD],
      [x + AHEAD, y + AHEAD],
    ]
    if (!this.map.getLayer(ZONES)) return []
    const ids = new Set(this.map.queryRenderedFeatures(box, { layers: [ZONES] }).map(({ properties }) => Number(properties.id)))
    ids.delete(own ?? -1)
    return [...ids].map((id) => this.known(id)).filter((shape) => shape !== undefined)
  }

  private known(id: number): Shape | undefined {
    if (this.shapes.has(id)) return this.shapes.get(id)
    if (this.shapes.size >= MOST_KEPT) this.shapes.clear()
    this.shapes.set(id, undefined)
    this.ask(id).then(
      (shape) => this.shapes.set(id, shape),
      () => this.shapes.delete(id),
    )
    return undefined
  }

  private corners(shape: Shape, pointer: At): Candidate[] {
    return shape.flat(2).map((place) => ({ place, distance: distance(this.map.project(place), pointer) }))
  }

  private edges(shape: Shape, pointer: At): Candidate[] {
    return shape.flat().flatMap((ring) => ring.slice(1).map((end, i) => this.onEdge(ring[i]!, end, pointer)))
  }

  private onEdge(from: Place, to: Place, pointer: At): Candidate {
    const [a, b] = [this.map.project(from), this.map.project(to)]
    const [dx, dy] = [b.x - a.x, b.y - a.y]
    const along = ((pointer.x - a.x) * dx + (pointer.y - a.y) * dy) / (dx * dx + dy * dy || 1)
    const share = Math.min(1, Math.max(0, along))
    const place: Place = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]
    return { place, distance: distance({ x: a.x + share * dx, y: a.y + share * dy }, pointer) }
  }
}

const distance = (a: At, b: At): number => Math.hypot(a.x - b.x, a.y - b.y)

function nearest(candidates: Candidate[]): Candidate | undefined {
  let best: Candidate | undefined
  for (const candidate of candidates) if (candidate.distance < (best?.distance ?? NEAR)) best = candidate
  return best
}
