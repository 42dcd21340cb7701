/** Working calendars. Days are `YYYY-MM-DD` and hours `HH:MM` in the city's time; weekdays go from 1 Monday to 7 Sunday. */
import { get, put } from './http'
import type { Named } from './models'

/** Begin and end; one that ends before it begins is a night shift and belongs to the day on which it begins. */
export type Span = [string, string]

/** A day that differs from its weekday. `hours` are those of this day alone; empty: the calendar's. */
export interface DayOf extends Named {
  day: string
  working: boolean
  hours: Span[]
}

export interface CalendarLine extends Named {
  code: string
  weekdays: number[]
  hours: Span[]
  first_day: string
  last_day: string
}
export interface Calendar extends CalendarLine {
  days: DayOf[]
}

type Revised<T> = T & { revision: number }

const path = (code: string) => `/api/calendars/${encodeURIComponent(code)}`
export const calendars = () => get<Revised<{ items: (CalendarLine & { departments: string[] })[] }>>('/api/calendars')
export const calendar = (code: string) => get<Revised<Calendar>>(path(code))
export const wouldMove = (one: Calendar, revision: number) => put<{ moved: number }>(`${path(one.code)}?dry_run=true`, { ...one, revision })
export const saveCalendar = (one: Calendar, revision: number) => put<Revised<Calendar> & { moved: number }>(path(one.code), { ...one, revision })
