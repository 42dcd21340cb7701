/** From far out, near cases are drawn as one circle with their number. Critical cases never hide in one. */
import Supercluster from 'supercluster'
import type { CaseFeature } from '@/live/protocol'

/** Each case stands for itself from this zoom on. */
export const SINGLE_ZOOM = 14
const RADIUS = 38
const FEWEST = 3
const WORLD: [number, number, number, number] = [-180, -85, 180, 85]

export interface Cluster {
  key: number
  count: number
  urgent: number
  position: [number, number]
  /** The zoom at which it falls apart. */
  opensAt: number
}

export interface Placed {
  clusters: Cluster[]
  singles: CaseFeature[]
}

/** Places as columns, so that they can be handed to a worker: WGS-84 degrees, and 1 for what is urgent. */
export interface Points {
  lon: Float64Array<ArrayBuffer>
  lat: Float64Array<ArrayBuffer>
  urgent: Uint8Array<ArrayBuffer>
}

/** `singles` are positions in the columns. */
export interface Gathered {
  clusters: Cluster[]
  singles: number[]
}

interface Inside {
  at: number
  urgent: number
}

/** Cases by how they are drawn: ordinary ones may be gathered; what is more urgent is later, so that it lies on top. */
export class Split {
  readonly ordinary: CaseFeature[]
  readonly critical: CaseFeature[]

  constructor(cases: CaseFeature[]) {
    const by = (test: (urgency: number) => boolean): CaseFeature[] => cases.filter(({ state }) => test(state.urgency))
    this.ordinary = [...by((urgency) => urgency < 2), ...by((urgency) => urgency === 2)]
    this.critical = by((urgency) => urgency > 2)
  }

  points(): Points {
    const { ordinary } = this
    const size = ordinary.length
    const points = { lon: new Float64Array(size), lat: new Float64Array(size), urgent: new Uint8Array(size) }
    for (let i = 0; i < size; i++) {
      const { lon, lat, urgency } = ordinary[i]!.state
      points.lon[i] = lon
      points.lat[i] = lat
      points.urgent[i] = Number(urgency === 2)
    }
    return points
  }

  each = (): Placed => ({ clusters: [], singles: [...this.ordinary, ...this.critical] })
  placed({ clusters, singles }: Gathered): Placed {
    return { clusters, singles: [...singles.map((at) => this.ordinary[at]!), ...this.critical] }
  }
}

export class PointClusters {
  private readonly index: Supercluster<Inside, { urgent: number }>

  constructor(points: Points) {
    this.index = build(points)
  }

  at(zoom: number): Gathered {
    const { index } = this
    const clusters: Cluster[] = []
    const singles: number[] = []
    for (const { properties, geometry } of index.getClusters(WORLD, Math.floor(zoom))) {
      const position = geometry.coordinates as [number, number]
      if ('cluster_id' in properties) {
        const { cluster_id: key, point_count: count, urgent } = properties
        clusters.push({ key, count, urgent, position, opensAt: index.getClusterExpansionZoom(key) })
      } else singles.push(properties.at)
    }
    return { clusters, singles }
  }
}

function build({ lon, lat, urgent }: Points): Supercluster<Inside, { urgent: number }> {
  const index = new Supercluster<Inside, { urgent: number }>({
    radius: RADIUS,
    extent: 256,
    maxZoom: SINGLE_ZOOM - 1,
    minPoints: FEWEST,
    map: ({ urgent }) => ({ urgent }),
    reduce: (sum, one) => void (sum.urgent += one.urgent),
  })
  const point = (x: number, at: number): GeoJSON.Feature<GeoJSON.Point, Inside> => ({
    type: 'Feature',
    properties: { at, urgent: urgent[at]! },
    geometry: { type: 'Point', coordinates: [x, lat[at]!] },
  })
  return index.load(Array.from(lon, point))
}
