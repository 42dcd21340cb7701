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

interface Inside {
  at: number
  urgent: number
}

export class CaseClusters {
  private index: Supercluster<Inside, { urgent: number }> | undefined
  private ordinary: CaseFeature[] = []
  private critical: CaseFeature[] = []

  load(cases: CaseFeature[]): void {
    // What is more urgent is drawn later, so that it lies on top.
    const sorted = cases.toSorted((a, b) => a.state.urgency - b.state.urgency)
    this.critical = sorted.filter((feature) => feature.state.urgency === 3)
    this.ordinary = sorted.filter((feature) => feature.state.urgency !== 3)
    this.index = undefined
  }

  at(zoom: number): Placed {
    if (zoom >= SINGLE_ZOOM) return { clusters: [], singles: [...this.ordinary, ...this.critical] }
    const index = (this.index ??= this.build())
    const clusters: Cluster[] = []
    const singles: CaseFeature[] = []
    for (const { properties, geometry } of index.getClusters(WORLD, Math.floor(zoom))) {
      const position = geometry.coordinates as [number, number]
      if ('cluster_id' in properties) {
        const { cluster_id: key, point_count: count, urgent } = properties
        clusters.push({ key, count, urgent, position, opensAt: index.getClusterExpansionZoom(key) })
      } else singles.push(this.ordinary[properties.at]!)
    }
    return { clusters, singles: [...singles, ...this.critical] }
  }

  private build(): Supercluster<Inside, { urgent: number }> {
    const index = new Supercluster<Inside, { urgent: number }>({
      radius: RADIUS,
      extent: 256,
      maxZoom: SINGLE_ZOOM - 1,
      minPoints: FEWEST,
      map: ({ urgent }) => ({ urgent }),
      reduce: (sum, one) => void (sum.urgent += one.urgent),
    })
    index.load(
      this.ordinary.map(({ state }, at) => ({
        type: 'Feature',
        properties: { at, urgent: Number(state.urgency === 2) },
        geometry: { type: 'Point', coordinates: [state.lon, state.lat] },
      })),
    )
    return index
  }
}
