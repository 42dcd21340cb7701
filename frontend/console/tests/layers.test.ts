import { describe, expect, it } from 'vitest'
import type { Change } from '@/live/protocol'
import { layersCode, layersOf } from '@/map/layer-code'
import { area, length, type Place } from '@/map/measure/measuring'
import { breaksFor, classOf, levelAt, rangeOf } from '@/map/shading'
import { withChanges } from '@/wall/alarms'
import { planOf } from '@/wall/scenes'

describe('the colours of the grid', () => {
  it('cut what there is into classes of whole cases', () => {
    expect(breaksFor(41)).toEqual([1, 10, 19, 28, 37])
    expect(breaksFor(3)).toEqual([1, 2, 3])
    expect([0, 1, 9, 10, 41].map((n) => classOf(n, breaksFor(41)))).toEqual([0, 1, 1, 2, 5])
    expect(breaksFor(41).map((_, i, all) => rangeOf(i, all))).toEqual(['1–9', '10–18', '19–27', '28–36', '37+'])
    expect([11, 13, 16].map(levelAt)).toEqual(['street', 'community', 'cell'])
  })
})

describe('the layers in the address', () => {
  it('come back as they were, and what is unknown is left out', () => {
    const layers = layersOf('heat.water.shade-overdue.z-street.z-park')
    expect(layers).toMatchObject({ heat: true, water: true, devices: false, shade: 'overdue', zones: ['street', 'park'] })
    expect(layersOf(layersCode(layers))).toEqual(layers)
    expect(layersCode(layersOf('nonsense'))).toBe('')
  })
})

describe('measuring', () => {
  const east = 0.001 / Math.cos((31.57 * Math.PI) / 180)
  const square: Place[] = [[120.3, 31.57], [120.3 + east, 31.57], [120.3 + east, 31.571], [120.3, 31.571]]
  it('gives metres and square metres on the ground', () => {
    expect(length(square.slice(0, 2))).toBeCloseTo(111.19, 1)
    expect(Math.abs(area(square) / 111.195 ** 2 - 1)).toBeLessThan(0.001)
    expect(area(square.slice(0, 2))).toBe(0)
  })
})

describe('the wall', () => {
  const opened = (id: string, urgency: number): Change => ({ seq: 1, at: '', kind: 'case.opened', type: 'case', id, version: 1, state: { urgency } }) as unknown as Change
  it('brings critical cases to the front, in wartime urgent ones too, and lets them go', () => {
    const changes = [opened('1', 1), opened('2', 2), opened('3', 3)]
    expect(withChanges([], changes, false, 0).map(({ id }) => id)).toEqual(['3'])
    const both = withChanges([], changes, true, 0)
    expect(both.map(({ id }) => id)).toEqual(['3', '2'])
    expect(withChanges(both, [], true, 60_000)).toEqual([])
  })

  it('reads its scenes and their pace, within reason', () => {
    expect(planOf(new URLSearchParams('scenes=city,park:PK001,nonsense&seconds=0.1'))).toEqual({ scenes: ['city', 'park:PK001'], seconds: 3 })
    expect(planOf(new URLSearchParams('seconds=x'))).toEqual({ scenes: [], seconds: 20 })
  })
})
