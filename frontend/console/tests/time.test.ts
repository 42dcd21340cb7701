import { describe, expect, it } from 'vitest'
import { age, calendarDay, clockTime, duration, moment, pressure } from '@/lib/time'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ZONE = 'Asia/Shanghai'

describe('a length of time', () => {
  it.each([
    [45_000, '45s', '45秒'],
    [12 * MINUTE, '12m', '12分'],
    [HOUR + 5 * MINUTE, '1h 05m', '1时05分'],
    [52 * HOUR, '2d 4h', '2天4时'],
    [-5, '0s', '0秒'],
  ])('of %i ms reads "%s" and "%s"', (ms, en, zh) => {
    expect(duration(ms, 'en')).toBe(en)
    expect(duration(ms, 'zh')).toBe(zh)
  })
})

describe('an age', () => {
  it.each([
    [20_000, 'now', '刚刚'],
    [5 * MINUTE, '5m', '5分钟前'],
    [3 * HOUR, '3h', '3小时前'],
    [49 * HOUR, '2d', '2天前'],
  ])('of %i ms reads "%s" and "%s"', (ms, en, zh) => {
    expect(age(0, ms, 'en')).toBe(en)
    expect(age(0, ms, 'zh')).toBe(zh)
  })
})

describe('a deadline', () => {
  it('is calm, soon within the last hour, and over from the very instant', () => {
    const due = 10 * HOUR
    expect(pressure(0, due, 8 * HOUR)).toBe('calm')
    expect(pressure(0, due, due - 59 * MINUTE)).toBe('soon')
    expect(pressure(0, due, due)).toBe('over')
  })

  it('is soon only in the last fifth of a short limit', () => {
    expect(pressure(0, HOUR, 40 * MINUTE)).toBe('calm')
    expect(pressure(0, HOUR, 49 * MINUTE)).toBe('soon')
  })
})

describe('times of the city', () => {
  const at = Date.parse('2026-11-23T16:05:09Z')

  it('stand in the time zone of the city, not of this computer', () => {
    expect(clockTime(at, ZONE, 'en')).toBe('00:05:09')
    expect(calendarDay(at, ZONE, 'en')).toBe('Tue 24 Nov')
  })

  it('have their date on other days only', () => {
    expect(moment(at, at + HOUR, ZONE, 'en')).toBe('00:05')
    expect(moment(at, at + 24 * HOUR, ZONE, 'en')).toBe('24 Nov 00:05')
  })
})
