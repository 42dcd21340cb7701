import { describe, expect, it } from 'vitest'
import { CaseClusters, SINGLE_ZOOM } from '@/map/clusters'
import { aCase } from './make'

describe('clusters of cases', () => {
  const near = [1, 2, 3, 4].map((n) => aCase(String(n), { lon: 120.3 + n * 1e-5, urgency: n === 1 ? 2 : 1 }))
  const critical = aCase('5', { urgency: 3 })
  const clusters = new CaseClusters()
  clusters.load([...near, critical])

  it('gather what is near from far out, and say how many of it are urgent', () => {
    const { clusters: found } = clusters.at(11)
    expect(found).toMatchObject([{ count: 4, urgent: 1 }])
  })

  it('never hide a critical case', () => {
    expect(clusters.at(11).singles).toEqual([critical])
  })

  it('leave each case by itself from close up', () => {
    const placed = clusters.at(SINGLE_ZOOM)
    expect(placed.clusters).toEqual([])
    expect(placed.singles).toHaveLength(5)
  })
})
