/** Departments as their keepers see them: settings, roster, channels to their own systems, and the delivery log. */
import { del, get, post, put } from './http'
import type { Named } from './models'

export interface Person {
  id: number
  name: string
  username: string
}
export interface Member extends Person {
  roles: string[]
}
export interface Shift {
  user: Person
  starts: string
  ends: string
}
export interface Area extends Named {
  id: number
  kind: string
  code: string
  /** west, south, east, north */
  bbox: [number, number, number, number]
}
export interface Department extends Named {
  code: string
  version: number
  parent: string | null
  kind: string
  phone: string
  calendar: string
  calendar_in_force: string
  people: Member[]
  roster: Shift[]
  on_duty: Person[]
  areas: Area[]
  may: { keep: boolean; administrate: boolean }
}
/** What is given is changed; `version` is the one that was read. */
export interface DepartmentChange {
  version: number
  name_zh?: string
  name_en?: string
  phone?: string
  calendar?: string
  roster?: { user: number; starts: string; ends: string }[]
}

export interface Calendar extends Named {
  code: string
  weekdays: number[]
  hours: [string, string][]
  first_day: string
  last_day: string
  departments: string[]
}
export interface CalendarDay extends Named {
  day: string
  working: boolean
}
export type WholeCalendar = Omit<Calendar, 'departments'> & { days: CalendarDay[]; revision: number }

export type DeliveryState = 'failed' | 'waiting' | 'delivered'
export interface Channel {
  id: number
  department: string
  kind: 'webhook' | 'kafka'
  url: string
  topic: string
  /** Only these changes; none: all. */
  changes: string[]
  exercises: boolean
  enabled: boolean
  version: number
  waiting: number
  delivered: number
  failed: number
}
export type ChannelFields = Pick<Channel, 'url' | 'topic' | 'changes' | 'exercises' | 'enabled'>
export type ChannelSaved = Omit<Channel, DeliveryState> & { secret?: string }

export interface Token {
  id: number
  name: string
  active: boolean
  made_at: string
}
export interface Delivery {
  id: number
  channel: number
  number: string
  type: string
  exercise: string
  state: DeliveryState
  attempts: number
  next_at: string
  response_code: number | null
  last_error: string
  made_at: string
  delivered_at: string | null
}

const of = (code: string): string => `/api/departments/${encodeURIComponent(code)}`
export const department = (code: string) => get<Department>(of(code))
export const change = (code: string, body: DepartmentChange) => put<Department & { moved: number }>(of(code), body)
export const calendars = () => get<{ items: Calendar[]; revision: number }>('/api/calendars')
export const calendar = (code: string) => get<WholeCalendar>(`/api/calendars/${code}`)
export const putCalendar = (code: string, body: Omit<WholeCalendar, 'code'>) => put<WholeCalendar & { moved: number }>(`/api/calendars/${code}`, body)

export const channels = () => get<{ items: Channel[] }>('/api/channels')
export const channelChanges = () => get<{ items: (Named & { code: string })[] }>('/api/channel-changes')
export const makeChannel = (body: Partial<ChannelFields> & { department: string; kind: string }) => post<ChannelSaved>('/api/channels', body)
export const changeChannel = (id: number, body: Partial<ChannelFields> & { version: number; renew_secret?: boolean }) => put<ChannelSaved>(`/api/channels/${id}`, body)

export const tokens = (code: string) => get<{ items: Token[] }>(`${of(code)}/tokens`)
export const makeToken = (code: string, name: string) => post<Token & { token: string }>(`${of(code)}/tokens`, { name })
export const withdrawToken = (code: string, id: number) => del<{ withdrawn: true }>(`${of(code)}/tokens/${id}`)

export function deliveries(code: string, state: DeliveryState | undefined, after: string): Promise<{ items: Delivery[]; next: string | null }> {
  const asked = new URLSearchParams({ department: code, failed_first: 'true', after, limit: '50' })
  if (state) asked.set('state', state)
  return get(`/api/deliveries?${asked}`)
}
export const sendAgain = (id: number) => post<Delivery>(`/api/deliveries/${id}/send-again`)
export const sendAllAgain = (which: { ids: number[] } | { department: string }) => post<{ sent: number }>('/api/deliveries/send-again', which)
