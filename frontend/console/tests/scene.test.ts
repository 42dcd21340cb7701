import { describe, expect, it } from 'vitest'
import type { DayFigures } from '@/api/scenes'
import { compare, signed } from '@/scene/figures'
import { maskOf } from '@/scene/scene-style'

const day = (figures: Partial<DayFigures>): DayFigures => ({
  open: 0,
  overdue: 0,
  opened_today: 0,
  closed_today: 0,
  on_time_rate_today: null,
  ...figures,
})
const one = (figure: keyof DayFigures, now: number | null, before: number | null) =>
  compare(day({ [figure]: now }), day({ [figure]: before })).find((comparison) => comparison.figure === figure)!

describe('figures beside those of a week before', () => {
  it('say how much more or less, with a sign', () => {
    expect(signed(one('open', 12, 9))).toBe('+3')
    expect(signed(one('open', 9, 12))).toBe('−3')
    expect(signed(one('open', 9, 9))).toBe('±0')
  })

  it('are welcome or not by what they count', () => {
    expect(one('overdue', 3, 1).tone).toBe('bad')
    expect(one('closed_today', 3, 1).tone).toBe('good')
    expect(one('opened_today', 3, 1).tone).toBe('')
    expect(one('overdue', 1, 1).tone).toBe('')
  })

  it('compare shares in the whole percent that is shown', () => {
    const rate = one('on_time_rate_today', 0.934, 0.9)
    expect([rate.now, rate.before, signed(rate)]).toEqual([93, 90, '+3'])
  })

  it('compare nothing with the share of nothing', () => {
    const rate = one('on_time_rate_today', 0.9, null)
    expect([rate.direction, rate.tone, signed(rate)]).toEqual([undefined, '', '–'])
  })
})

describe('the mask of a scene', () => {
  const ring = (at: number): GeoJSON.Position[] => [[at, 0], [at + 1, 0], [at + 1, 1], [at, 0]] // prettier-ignore

  it('leaves every part of the zone free and covers its holes', () => {
    const mask = maskOf({ type: 'MultiPolygon', coordinates: [[ring(10), ring(11)], [ring(20)]] })
    const [world, hole] = mask.coordinates
    expect(world!.slice(1)).toEqual([ring(10), ring(20)])
    expect(hole).toEqual([ring(11)])
  })
})
