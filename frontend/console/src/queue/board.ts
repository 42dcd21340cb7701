/**
 * All cases that are held, what of them the queue shows, and their figures: kept up with one change at a time, as a
 * city of 100,000 open cases has ten a second. Time is a change too: what comes due is looked at again when it does.
 */
import type { CaseFeature } from '@/live/protocol'
import { Ordered } from './ordered'
import { HOUR, type Compare } from './select'
import { Tally, type Figures } from './tally'
import { Wakes } from './wakes'

/** What the queue shows, and in which order. */
export interface View {
  takes(feature: CaseFeature, now: number): boolean
  compare: Compare
}

export class Board {
  /** Milliseconds since 1970. It goes forward only; for a moment before it, load anew. */
  now = 0
  private all = new Map<string, CaseFeature>()
  private view: View = { takes: () => true, compare: (a, b) => Number(a.id) - Number(b.id) }
  private ordered = new Ordered(this.view.compare)
  private tally = new Tally()
  private wakes = new Wakes()

  load(features: Iterable<CaseFeature>, now: number): void {
    this.now = now
    this.all = new Map()
    this.tally = new Tally()
    this.wakes.clear()
    for (const feature of features) this.know(feature.id, feature)
    this.show(this.view)
  }

  show(view: View): void {
    this.view = view
    this.ordered = new Ordered(view.compare, [...this.all.values()].filter((feature) => view.takes(feature, this.now)))
  }

  /** These cases have changed, have come, have gone, or are to be looked at again. */
  touch(ids: Iterable<string>, find: (id: string) => CaseFeature | undefined): void {
    const changes = new Map<string, CaseFeature | undefined>()
    for (const id of ids) {
      const feature = find(id)
      this.know(id, feature)
      changes.set(id, feature && this.view.takes(feature, this.now) ? feature : undefined)
    }
    this.ordered.put(changes)
  }

  advance(now: number): void {
    this.now = now
    this.touch(this.wakes.due(now), (id) => this.all.get(id))
  }

  private know(id: string, feature: CaseFeature | undefined): void {
    const was = this.all.get(id)
    if (feature) this.all.set(id, feature)
    else this.all.delete(id)
    this.tally.set(id, feature, this.now)
    if (!feature || feature === was) return
    const { due_at, opened_at } = feature.state
    for (const at of [due_at === null ? NaN : Date.parse(due_at), Date.parse(opened_at) + HOUR]) {
      if (at > this.now) this.wakes.add(at, id)
    }
  }

  rows = (): CaseFeature[] => this.ordered.list()
  figures = (): Figures => this.tally.figures()
}
