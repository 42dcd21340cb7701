/**
 * Keeps what is drawn of the cases in step with them. Few are gathered at once. Many are gathered by a worker, and at
 * most so often: a city of 100,000 open cases changes at every moment, and its circles by one in a thousand.
 */
import { PointClusters, SINGLE_ZOOM, Split, type Gathered, type Placed, type Points } from './clusters'
import type { CaseFeature } from '@/live/protocol'

/** Up to so many cost less than a frame of the screen. */
export const FEW = 2_000
/** Milliseconds from the beginning of one gathering of many to that of the next. */
export const PAUSE = 500
/** Close up each of many is drawn by itself, which the page must prepare itself: less often still. */
export const LONG_PAUSE = 1_500

/** Gathers places, or those of the last question if there are none in this one. */
export type Gather = (points: Points | undefined, zoom: number) => Promise<Gathered>

export class ClusterFeed {
  private wanted: { cases: CaseFeature[]; zoom: number } = { cases: [], zoom: SINGLE_ZOOM }
  private held = new Split([])
  private from: CaseFeature[] | undefined
  private drawnAt: number | undefined
  /** Of which split the places are that the worker holds. */
  private told: Split | undefined
  private next = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private busy = false
  /** Whether what is held is drawn. */
  private current = false

  constructor(private readonly show: (placed: Placed) => void, private readonly gather: Gather) {}

  want(cases: CaseFeature[], zoom: number): void {
    this.wanted = { cases, zoom: Math.min(SINGLE_ZOOM, zoom) }
    this.turn()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.busy = true
  }

  private turn(): void {
    if (this.busy) return
    const { cases, zoom } = this.wanted
    const wait = cases.length > FEW && this.from ? this.next - performance.now() : 0
    if (cases !== this.from && wait > 0) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined
        this.turn()
      }, wait)
    } else if (cases !== this.from) this.take(cases, zoom)
    // While other cases must wait, another zoom need not.
    if (zoom !== this.drawnAt || !this.current) void this.draw(zoom)
  }

  private take(cases: CaseFeature[], zoom: number): void {
    this.held = new Split(cases)
    this.from = cases
    this.current = false
    this.next = performance.now() + (zoom < SINGLE_ZOOM ? PAUSE : LONG_PAUSE)
  }

  private async draw(zoom: number): Promise<void> {
    const { held } = this
    this.drawnAt = zoom
    this.current = true
    if (zoom >= SINGLE_ZOOM) return this.show(held.each())
    if (held.ordinary.length <= FEW) return this.show(held.placed(new PointClusters(held.points()).at(zoom)))
    this.busy = true
    const points = this.told === held ? undefined : held.points()
    this.told = held
    const gathered = await this.gather(points, zoom)
    this.busy = false
    this.show(held.placed(gathered))
    this.turn()
  }
}
