import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ClusterFeed, FEW, PAUSE, type Gather } from '@/map/cluster-feed'
import { PointClusters, SINGLE_ZOOM, type Placed } from '@/map/clusters'
import { aCase } from './make'

const FAR = 11

/** A feed, what it has shown, and how often places were handed to the worker. */
function aFeed() {
  const shown: Placed[] = []
  const work = { loads: 0, asks: 0 }
  let index: PointClusters | undefined
  const gather: Gather = async (points, zoom) => {
    work.asks++
    if (points) {
      work.loads++
      index = new PointClusters(points)
    }
    return index!.at(zoom)
  }
  return { feed: new ClusterFeed((placed) => shown.push(placed), gather), shown, work }
}

const total = ({ clusters, singles }: Placed): number => clusters.reduce((sum, { count }) => sum + count, 0) + singles.length

describe('clusters of cases', () => {
  const near = [1, 2, 3, 4].map((n) => aCase(String(n), { lon: 120.3 + n * 1e-5, urgency: n === 1 ? 2 : 1 }))
  const critical = aCase('5', { urgency: 3 })
  const { feed, shown } = aFeed()
  feed.want([critical, ...near], FAR)

  it('gather what is near from far out, and say how many of it are urgent', () => {
    expect(shown.at(-1)!.clusters).toMatchObject([{ count: 4, urgent: 1 }])
  })

  it('never hide a critical case', () => {
    expect(shown.at(-1)!.singles).toEqual([critical])
  })

  it('leave each case by itself from close up, the most urgent on top', () => {
    feed.want([critical, ...near], SINGLE_ZOOM)
    expect(shown.at(-1)!.clusters).toEqual([])
    expect(shown.at(-1)!.singles.map(({ state }) => state.urgency)).toEqual([1, 1, 1, 2, 3])
  })
})

describe('clusters of very many cases', () => {
  const many = Array.from({ length: FEW * 2 }, (_, n) => aCase(String(n), { lon: 120 + (n % 97) / 1000, lat: 31 + (n % 89) / 1000, urgency: 1 }))
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('are gathered anew a few times a second however many changes pour in, and end with the last', async () => {
    const { feed, shown, work } = aFeed()
    let cases = many
    for (let i = 1; i <= 100; i++) {
      cases = [...cases, aCase(`new${i}`, { urgency: 1 })]
      feed.want(cases, FAR)
      await vi.advanceTimersByTimeAsync(PAUSE / 10)
    }
    expect(work.loads).toBeLessThanOrEqual(11)
    expect(work.loads).toBeGreaterThan(8)
    await vi.advanceTimersByTimeAsync(PAUSE)
    expect(total(shown.at(-1)!)).toBe(many.length + 100)
  })

  it('answer to another zoom at once, with what they have', async () => {
    const { feed, shown, work } = aFeed()
    feed.want(many, FAR)
    await vi.advanceTimersByTimeAsync(1)
    feed.want([...many, aCase('new', { urgency: 1 })], FAR - 2)
    await vi.advanceTimersByTimeAsync(1)
    expect(shown).toHaveLength(2)
    expect(work.loads).toBe(1)
    await vi.advanceTimersByTimeAsync(PAUSE)
    expect(work.loads).toBe(2)
    expect(total(shown.at(-1)!)).toBe(many.length + 1)
  })
})
