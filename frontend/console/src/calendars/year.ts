/** A year as a calendar shows it, and what its hours say. Pure; days are `YYYY-MM-DD`, times `HH:MM` or `24:00`. */
import type { Calendar, DayOf, Span } from '@/api/calendars'

const DAY_MS = 86_400_000
const utc = (day: string): number => Date.parse(`${day}T00:00:00Z`)
export const plusDays = (day: string, n: number): string => new Date(utc(day) + n * DAY_MS).toISOString().slice(0, 10)
/** 1 Monday to 7 Sunday. */
export const weekdayOf = (day: string): number => new Date(utc(day)).getUTCDay() || 7

/** Free by the week, worked by the week; free or worked otherwise than the week says; at hours of its own. */
export type Sort = 'rest' | 'work' | 'holiday' | 'makeup' | 'own'

export function sortOf(day: string, weekdays: number[], exception: DayOf | undefined): Sort {
  const usual = weekdays.includes(weekdayOf(day))
  if (!exception) return usual ? 'work' : 'rest'
  if (!exception.working) return 'holiday'
  if (exception.hours.length > 0) return 'own'
  return usual ? 'work' : 'makeup'
}

/** The days of a month, and how many cells of the first week come before them. */
export function monthOf(year: number, month: number): { blank: number; days: string[] } {
  const first = `${year}-${String(month).padStart(2, '0')}-01`
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return { blank: weekdayOf(first) - 1, days: Array.from({ length }, (_, i) => plusDays(first, i)) }
}

/** From one day to another, whichever comes first. */
export function daysBetween(one: string, other: string): string[] {
  const [begin, end] = one <= other ? [one, other] : [other, one]
  return Array.from({ length: Math.round((utc(end) - utc(begin)) / DAY_MS) + 1 }, (_, i) => plusDays(begin, i))
}

const DAY = 24 * 60
function minutes(text: string): number | undefined {
  if (text === '24:00') return DAY
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  return found ? Number(found[1]) * 60 + Number(found[2]) : undefined
}

export const overMidnight = ([begin, end]: Span): boolean => (minutes(end) ?? 0) < (minutes(begin) ?? 0)

export type HoursFault = { what: 'none' | 'time' | 'empty' | 'overlap'; one: string; other: string }

/** What is wrong with the hours of a day, as the city would say it. */
export function faultOf(hours: Span[]): HoursFault | undefined {
  if (hours.length === 0) return { what: 'none', one: '', other: '' }
  const spans: { begin: number; end: number; text: string }[] = []
  for (const span of hours) {
    const [begin, end] = [minutes(span[0]), minutes(span[1])]
    const text = span.join('–')
    if (begin === undefined || end === undefined) return { what: 'time', one: begin === undefined ? span[0] : span[1], other: '' }
    if (begin === end || begin === DAY) return { what: 'empty', one: text, other: '' }
    spans.push({ begin, end: end > begin ? end : end + DAY, text })
  }
  spans.sort((a, b) => a.begin - b.begin)
  const first = spans[0]!
  const round = [...spans, { ...first, begin: first.begin + DAY, end: first.end + DAY }]
  for (let i = 1; i < round.length; i++) {
    if (round[i]!.begin < round[i - 1]!.end) return { what: 'overlap', one: round[i - 1]!.text, other: round[i]!.text }
  }
  return undefined
}

export const lengthOf = (hours: Span[]): number =>
  hours.reduce((sum, [begin, end]) => sum + ((((minutes(end) ?? 0) - (minutes(begin) ?? 0) + DAY) % DAY) || DAY), 0) / 60

/** Days on which two states of a calendar differ; empty also where only its week differs. */
export function differingDays(one: Calendar, other: Calendar): string[] {
  const [mine, theirs] = [one, other].map(({ days }) => new Map(days.map((day) => [day.day, JSON.stringify(day)])))
  return [...new Set([...mine!.keys(), ...theirs!.keys()])].filter((day) => mine!.get(day) !== theirs!.get(day)).sort()
}
