/** The calendar that is edited: what was read, what has been changed, which days are chosen. */
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/calendars'
import type { Calendar, CalendarLine, DayOf } from '@/api/calendars'
import { daysBetween, differingDays, faultOf, sortOf, type Sort } from './year'

export const lines = shallowRef<(CalendarLine & { departments: string[] })[]>([])
export const draft = ref<Calendar>()
export const loaded = shallowRef<Calendar>()
export const isNew = ref(false)
export const year = ref(2026)
/** Chosen days; the first is the one from which a stretch is drawn out. */
export const chosen = ref<string[]>([])
const revision = ref(0)

const plain = (one: Calendar): Calendar => JSON.parse(JSON.stringify(one)) as Calendar
const text = (one: Calendar | undefined): string => JSON.stringify(one)
export const dirty = computed(() => draft.value !== undefined && (isNew.value || text(draft.value) !== text(loaded.value)))
export const exceptions = computed(() => new Map(draft.value?.days.map((day) => [day.day, day]) ?? []))
export const fault = computed(() => draft.value && faultOf(draft.value.hours))
export const within = (day: string): boolean => !!draft.value && draft.value.first_day <= day && day <= draft.value.last_day
export const sort = (day: string): Sort => sortOf(day, draft.value?.weekdays ?? [], exceptions.value.get(day))

export async function loadLines(): Promise<void> {
  const found = await api.calendars()
  lines.value = found.items
}

const CITY = 'city'
export async function open(code: string): Promise<void> {
  begin(await api.calendar(code))
  isNew.value = false
}

function begin({ revision: number, ...found }: Calendar & { revision: number }): void {
  loaded.value = found
  draft.value = plain(found)
  revision.value = number
  chosen.value = []
}

/** A calendar like the one that is open, under another code. */
export function copyAs(code: string, name_zh: string, name_en: string): void {
  if (!draft.value) return
  draft.value = { ...plain(draft.value), code, name_zh, name_en }
  isNew.value = true
}

export async function discard(): Promise<void> {
  await open(isNew.value ? CITY : (draft.value?.code ?? CITY))
}

export function choose(day: string, stretch: boolean): void {
  const from = chosen.value[0]
  chosen.value = stretch && from ? [from, ...daysBetween(from, day).filter((one) => one !== from)] : [day]
}

/** Says of the chosen days what they are; undefined: what the week says. */
export function setDays(what: Omit<DayOf, 'day'> | undefined): void {
  if (!draft.value) return
  const days = new Set(chosen.value.filter(within))
  const kept = draft.value.days.filter(({ day }) => !days.has(day))
  const made = what ? [...days].map((day) => ({ day, ...plain(what as never) as unknown as typeof what })) : []
  draft.value.days = [...kept, ...made].sort((a, b) => (a.day < b.day ? -1 : 1))
}

export const wouldMove = async (): Promise<number> => (await api.wouldMove(draft.value!, revision.value)).moved

export async function save(): Promise<number> {
  const saved = await api.saveCalendar(draft.value!, revision.value)
  const { moved, ...found } = saved
  const days = chosen.value
  begin(found)
  chosen.value = days
  isNew.value = false
  await loadLines()
  return moved
}

export interface Conflict {
  theirs: Calendar
  revision: number
  /** Days that somebody else has changed. */
  days: string[]
  week: boolean
}

/** What others have saved meanwhile; undefined if it was another calendar, so that this one may simply be saved. */
export async function findConflict(): Promise<Conflict | undefined> {
  const all = await api.calendars()
  const mine = draft.value!.code
  if (!all.items.some(({ code }) => code === mine)) {
    revision.value = all.revision
    return undefined
  }
  const { revision: number, ...theirs } = await api.calendar(mine)
  if (!isNew.value && loaded.value && text(theirs) === text(loaded.value)) {
    revision.value = number
    return undefined
  }
  const days = loaded.value ? differingDays(loaded.value, theirs) : []
  const week = (one: Calendar | undefined) => JSON.stringify({ ...one, days: [] })
  return { theirs, revision: number, days, week: week(theirs) !== week(loaded.value) }
}

export const takeTheirs = ({ theirs, revision: number }: Conflict): void => begin({ ...theirs, revision: number })

/** Mine goes over theirs, but the days that only they have touched stay theirs. */
export function keepMine({ theirs, revision: number, days }: Conflict): void {
  if (!draft.value || !loaded.value) return
  const touched = new Set(differingDays(loaded.value, draft.value))
  const taken = new Set(days.filter((day) => !touched.has(day)))
  const kept = draft.value.days.filter(({ day }) => !taken.has(day))
  const added = theirs.days.filter(({ day }) => taken.has(day))
  draft.value.days = [...kept, ...added].sort((a, b) => (a.day < b.day ? -1 : 1))
  loaded.value = theirs
  revision.value = number
}
