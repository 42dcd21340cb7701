/** What of a department is edited in one go: without the city, so that its rules can be tested. */
import type { CalendarDay, Department, DepartmentChange } from '@/api/departments'

export interface ShiftDraft {
  user: number | null
  /** Milliseconds since 1970. */
  starts: number
  ends: number
}
/** Hours that are the department's own; kept in a calendar of its own. */
export interface OwnHours {
  weekdays: number[]
  hours: [string, string][]
  /** Holidays and make-up days, from the calendar that was in force. */
  days: CalendarDay[]
  first_day: string
  last_day: string
  /** Of the calendars, when this was begun. */
  revision: number
}
export interface Draft {
  name_zh: string
  name_en: string
  phone: string
  /** Code; '' for that of the department above. */
  calendar: string
  own: OwnHours | null
  roster: ShiftDraft[]
}
export type Field = 'name_zh' | 'name_en' | 'phone' | 'calendar' | 'roster'

const HOUR = 3_600_000
const WEEK = 7 * 24 * HOUR

export const draftOf = (of: Department): Draft => ({
  name_zh: of.name_zh,
  name_en: of.name_en,
  phone: of.phone,
  calendar: of.calendar,
  own: null,
  roster: of.roster.map((shift) => ({ user: shift.user.id, starts: Date.parse(shift.starts), ends: Date.parse(shift.ends) })),
})

export function differences(was: Draft, is: Draft): Field[] {
  const fields = (['name_zh', 'name_en', 'phone', 'calendar'] as Field[]).filter((field) => was[field] !== is[field])
  if (is.own && !fields.includes('calendar')) fields.push('calendar')
  if (JSON.stringify(was.roster) !== JSON.stringify(is.roster)) fields.push('roster')
  return fields
}

/** My changes, from `was` to `mine`, upon what somebody else has made of it. */
export function rebase(was: Draft, mine: Draft, theirs: Draft): Draft {
  const kept = differences(was, mine)
  const next = { ...theirs, own: kept.includes('calendar') ? mine.own : null }
  return { ...next, ...Object.fromEntries(kept.map((field) => [field, mine[field]])) }
}

/** What is sent: no more than has changed. Shifts that are over meanwhile are the city's to keep. */
export function changeOf(was: Draft, is: Draft, version: number, now: number): DepartmentChange {
  const change: DepartmentChange = { version }
  for (const field of differences(was, is)) {
    if (field === 'roster') {
      const left = is.roster.filter(({ ends }) => ends > now)
      change.roster = left.map(({ user, starts, ends }) => ({ user: user!, starts: new Date(starts).toISOString(), ends: new Date(ends).toISOString() }))
    } else change[field] = is[field]
  }
  return change
}

export const shiftFault = (shift: ShiftDraft, now: number): boolean => shift.user === null || shift.ends <= shift.starts || shift.ends <= now

/** The shift that would come next: where the last one ends, as long as that, by whoever had the turn before it. */
export function nextShift(roster: ShiftDraft[], now: number): ShiftDraft {
  const last = roster.at(-1)
  if (!last) return { user: null, starts: Math.ceil(now / HOUR) * HOUR, ends: Math.ceil(now / HOUR) * HOUR + 12 * HOUR }
  return { user: roster.at(-2)?.user ?? last.user, starts: last.ends, ends: last.ends + (last.ends - last.starts) }
}

/** The last week of a roster once more, a week later. */
export function weekMore(roster: ShiftDraft[]): ShiftDraft[] {
  const end = Math.max(...roster.map(({ ends }) => ends))
  return roster.filter(({ starts }) => starts >= end - WEEK).map((shift) => ({ ...shift, starts: shift.starts + WEEK, ends: shift.ends + WEEK }))
}

/** The spans between two moments in which nobody is on duty. */
export function gaps(roster: ShiftDraft[], from: number, to: number): [number, number][] {
  const found: [number, number][] = []
  let covered = from
  for (const { starts, ends } of [...roster].sort((a, b) => a.starts - b.starts)) {
    if (starts >= to) break
    if (starts > covered) found.push([covered, starts])
    covered = Math.max(covered, ends)
  }
  if (covered < to) found.push([covered, to])
  return found
}

/** The code of a department's own calendar: codes of calendars are small letters without dots. */
export const ownCode = (department: string): string => department.toLowerCase().replace(/[^a-z0-9_-]/g, '-')
