import { describe, expect, it } from 'vitest'
import { fromWallTime, wallTime } from '@/lib/wall-time'
import { stretchFor, ticks } from '@/past/span'

describe('times on the wall of the city', () => {
  it('are those of its zone, whatever the zone of the computer', () => {
    const at = Date.parse('2026-11-23T06:05:09Z')
    expect(wallTime(at, 'Asia/Shanghai')).toBe('2026-11-23T14:05:09')
    expect(fromWallTime('2026-11-23T14:05:09', 'Asia/Shanghai')).toBe(at)
    expect(fromWallTime('2026-11-23T14:05', 'Asia/Shanghai')).toBe(at - 9_000)
    expect(fromWallTime('', 'Asia/Shanghai')).toBeUndefined()
  })

  it('hold across a change of the clocks', () => {
    for (const at of ['2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z'].map(Date.parse)) {
      expect(fromWallTime(wallTime(at, 'Europe/Berlin'), 'Europe/Berlin')).toBe(at)
    }
  })
})

describe('the stretch of the time bar', () => {
  const now = Date.parse('2026-11-23T06:00:00Z')
  const first = now - 30 * 86_400_000
  it('ends now while the moment is near', () => {
    expect(stretchFor('hour', now, first, now)).toEqual({ from: now - 3_600_000, until: now })
  })
  it('stays where it is while the moment is in it, and goes to it otherwise', () => {
    const shown = stretchFor('hour', now - 10 * 3_600_000, first, now)
    expect(stretchFor('hour', shown.from, first, now, shown)).toBe(shown)
    const other = stretchFor('hour', shown.from - 1, first, now, shown)
    expect(other.from).toBeLessThan(shown.from)
    expect(other.until - other.from).toBe(3_600_000)
  })
  it('has labels at whole local hours', () => {
    const found = ticks({ from: now - 6 * 3_600_000 + 1, until: now }, 9, 5.5 * 3_600_000)
    expect(found.map((at) => new Date(at + 5.5 * 3_600_000).getUTCMinutes())).toEqual(found.map(() => 0))
  })
})
