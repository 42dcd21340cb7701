import { describe, expect, it } from 'vitest'
import type { Calendar, Span } from '@/api/calendars'
import { daysBetween, differingDays, faultOf, lengthOf, monthOf, plusDays, sortOf, weekdayOf } from '@/calendars/year'
import { compare, fits } from '@/catalogue/compare'
import type { Category } from '@/api/catalogue'

const WEEK = [1, 2, 3, 4, 5]
const day = (name: string, working: boolean, hours: Span[] = []) => ({ day: name, working, hours, name_zh: '', name_en: '' })

describe('a year', () => {
  it('knows months, leap days and weekdays', () => {
    expect(monthOf(2028, 2)).toMatchObject({ blank: 1, days: { length: 29 } })
    expect(weekdayOf('2026-10-04')).toBe(7)
    expect(plusDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(daysBetween('2026-10-03', '2026-10-01')).toEqual(['2026-10-01', '2026-10-02', '2026-10-03'])
  })
  it.each([
    ['2026-10-05', undefined, 'work'],
    ['2026-10-04', undefined, 'rest'],
    ['2026-10-05', day('2026-10-05', false), 'holiday'],
    ['2026-10-10', day('2026-10-10', true), 'makeup'],
    ['2026-10-05', day('2026-10-05', true, [['08:00', '12:00']]), 'own'],
  ])('tells what %s is', (name, exception, sort) => expect(sortOf(name, WEEK, exception)).toBe(sort))
  it('finds the days on which two states differ', () => {
    const calendar = (...days: ReturnType<typeof day>[]) => ({ days }) as unknown as Calendar
    expect(differingDays(calendar(day('a', true), day('b', true)), calendar(day('b', false), day('c', true)))).toEqual(['a', 'b', 'c'])
  })
})

describe('hours', () => {
  it.each([
    [[], 'none'],
    [[['8', '12:00']], 'time'],
    [[['12:00', '12:00']], 'empty'],
    [[['24:00', '12:00']], 'empty'],
    [[['08:00', '12:00'], ['11:00', '18:00']], 'overlap'],
    [[['22:00', '09:00'], ['08:00', '12:00']], 'overlap'],
  ] as [Span[], string][])('refuses %j', (hours, what) => expect(faultOf(hours)?.what).toBe(what))
  it('takes a night shift and a whole day', () => {
    expect(faultOf([['22:00', '06:00'], ['08:00', '12:00']])).toBeUndefined()
    expect(lengthOf([['22:00', '06:00'], ['08:00', '12:00']])).toBe(12)
    expect([faultOf([['00:00', '24:00']]), lengthOf([['00:00', '24:00']])]).toEqual([undefined, 24])
  })
})

describe('two editions', () => {
  const one = (code: string, name_zh = code): Category => ({ code, name_zh, name_en: name_zh, conditions: [] }) as unknown as Category
  const mapped = (code: string, previous_code: string) => ({ code, previous: '', previous_id: 1, previous_code })
  it('say what each category continues', () => {
    const pairs = compare([one('A'), one('B', 'new'), one('C'), one('D')], [one('A'), one('B'), one('X'), one('Y')], [mapped('A', 'A'), mapped('B', 'B'), mapped('C', 'X')])
    expect(pairs.map(({ change }) => change)).toEqual(['same', 'renamed', 'recoded', 'added', 'dropped'])
    expect(pairs.at(-1)?.before?.code).toBe('Y')
  })
  it('are searched by all words', () => expect([fits(one('C-01-02', '井盖'), 'c-01 井'), fits(one('C-01-02', '井盖'), 'c-02')]).toEqual([true, false]))
})
