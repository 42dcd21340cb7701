/**
 * The rows of the queue in their order. A change is put in its place by halving: among 100,000 rows it costs some
 * twenty comparisons, where sorting anew would cost two million.
 */
import type { CaseFeature } from '@/live/protocol'
import type { Compare } from './select'

/** From so many changes on, one pass over all rows is cheaper than a place for each. */
const BURST = 64

export class Ordered {
  private rows: CaseFeature[] = []
  private held = new Map<string, CaseFeature>()
  private shown: readonly CaseFeature[] | undefined

  constructor(private readonly compare: Compare, features: CaseFeature[] = []) {
    this.rows = features.sort(compare)
    for (const feature of features) this.held.set(feature.id, feature)
  }

  /** Sets what is shown of these cases; `undefined`: it is not shown (any more). */
  put(changes: Map<string, CaseFeature | undefined>): void {
    const wanted = [...changes].filter(([id, feature]) => feature !== this.held.get(id))
    if (wanted.length === 0) return
    this.shown = undefined
    if (wanted.length < BURST) wanted.forEach(([id, feature]) => this.place(id, feature))
    else this.merge(new Map(wanted))
  }

  private place(id: string, feature: CaseFeature | undefined): void {
    const was = this.held.get(id)
    if (was) this.rows.splice(this.positionOf(was), 1)
    if (feature) {
      this.rows.splice(this.positionOf(feature), 0, feature)
      this.held.set(id, feature)
    } else this.held.delete(id)
  }

  private merge(changes: Map<string, CaseFeature | undefined>): void {
    const kept = this.rows.filter(({ id }) => !changes.has(id))
    const added = [...changes.values()].filter((feature) => feature !== undefined)
    // Two runs, each in order: the engine's sort finds them and merges.
    this.rows = kept.concat(added.sort(this.compare)).sort(this.compare)
    for (const [id, feature] of changes) {
      if (feature) this.held.set(id, feature)
      else this.held.delete(id)
    }
  }

  /** Where a row stands, or would stand: no two rows are equal, as the order ends with their ids. */
  private positionOf(feature: CaseFeature): number {
    let low = 0
    let high = this.rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.compare(this.rows[middle]!, feature) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** A list of its own, and the same one as long as nothing has changed: whoever shows it sees by that what to do. */
  list(): CaseFeature[] {
    this.shown ??= this.rows.slice()
    return this.shown as CaseFeature[]
  }
}
