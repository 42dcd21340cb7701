import { describe, expect, it } from 'vitest'
import { changeOf, gaps, nextShift, rebase, weekMore, type Draft, type ShiftDraft } from '@/departments/draft'

const HOUR = 3_600_000
const shift = (user: number, from: number, to: number): ShiftDraft => ({ user, starts: from * HOUR, ends: to * HOUR })
const draft = (more: Partial<Draft> = {}): Draft => ({ name_zh: '环卫', name_en: 'Sanitation', phone: '1', calendar: '', own: null, roster: [], ...more })

describe('what is edited of a department', () => {
  it('sends no more than was changed, and no shift that is over meanwhile', () => {
    const sent = changeOf(draft(), draft({ roster: [shift(1, 0, 8), shift(2, 8, 16)] }), 3, 9 * HOUR)
    expect(sent).toEqual({ version: 3, roster: [{ user: 2, starts: '1970-01-01T08:00:00.000Z', ends: '1970-01-01T16:00:00.000Z' }] })
  })
  it('keeps my changes and takes theirs for the rest', () => {
    const kept = rebase(draft(), draft({ phone: '2' }), draft({ phone: '3', name_en: 'Cleaning' }))
    expect([kept.phone, kept.name_en]).toEqual(['2', 'Cleaning'])
  })
  it('finds when nobody is on duty', () => {
    expect(gaps([shift(2, 10, 14), shift(1, 2, 8), shift(1, 6, 9)], 0, 20 * HOUR)).toEqual([[0, 2 * HOUR], [9 * HOUR, 10 * HOUR], [14 * HOUR, 20 * HOUR]])
  })
  it('goes on as it went so far', () => {
    const turns = [shift(1, 0, 12), shift(2, 12, 24)]
    expect(nextShift(turns, 0)).toEqual(shift(1, 24, 36))
    expect(weekMore(turns)).toEqual([shift(1, 168, 180), shift(2, 180, 192)])
  })
})
