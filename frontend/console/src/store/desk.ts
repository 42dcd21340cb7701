/**
 * What a person has set at this desk, and what they have looked at here. It is kept in the browser and not with the
 * city: the loudspeaker stands here, and a mark says what this screen has shown, a thousand times a day.
 */
import { ref, shallowRef, watch } from 'vue'
import type { CaseFeature } from '@/live/protocol'
import type { Mark } from '@/queue/select'
import { cityNow } from './clock'
import { me } from './session'

/** For which urgency an alarm is given: critical, urgent too, or none. */
export type Alarms = 'critical' | 'urgent' | 'quiet'

interface Desk {
  alarms: Alarms
  /** What to go back to when it shall be loud again. */
  loud: Exclude<Alarms, 'quiet'>
  /** Cases opened since then are unread; ISO 8601 in UTC. */
  since: string
  /** Versions at which cases were looked at, by id. */
  seen: Record<string, number>
}

/** Of more than this many, those that have left the map are forgotten. */
const MOST_SEEN = 5_000

const fresh = (): Desk => ({ alarms: 'critical', loud: 'critical', since: new Date(cityNow()).toISOString(), seen: {} })
const key = (username: string): string => `yiwang.desk.${username}`

let desk = fresh()
export const alarms = ref<Alarms>('critical')
/** The case that is open: a filter by marks does not take it away from under the person's eyes. */
export const openCase = ref<string>()

type Listener = (ids: string[] | undefined) => void
const listeners = new Set<Listener>()
/** Told whose marks have changed; `undefined`: perhaps all. */
export const onMarks = (listener: Listener): void => void listeners.add(listener)
/** Grows with every change of a mark. */
export const marksTick = shallowRef(0)

function tell(ids?: string[]): void {
  listeners.forEach((listener) => listener(ids))
  marksTick.value++
}

function load(username: string): Desk {
  try {
    return { ...fresh(), ...JSON.parse(localStorage.getItem(key(username)) ?? '{}') }
  } catch {
    return fresh() // what cannot be read is no reason to show nothing
  }
}

let waiting = 0
function keep(): void {
  waiting ||= window.setTimeout(() => {
    waiting = 0
    if (me.value) localStorage.setItem(key(me.value.username), JSON.stringify(desk))
  }, 500)
}

watch(
  () => me.value?.username,
  (username) => {
    desk = username ? load(username) : fresh()
    alarms.value = desk.alarms
    tell()
    keep() // from the first time on, what is opened is unread
  },
  { immediate: true },
)

export function setAlarms(wanted: Alarms): void {
  desk.alarms = alarms.value = wanted
  if (wanted !== 'quiet') desk.loud = wanted
  keep()
}
export const toggleQuiet = (): void => setAlarms(alarms.value === 'quiet' ? desk.loud : 'quiet')

export function markOf(feature: CaseFeature): Mark | undefined {
  const seen = desk.seen[feature.id]
  if (seen !== undefined) return seen < feature.version ? 'changed' : undefined
  return feature.state.opened_at > desk.since ? 'unread' : undefined
}

/** The person has this version before their eyes, or has made it. */
export function looked(id: string, version: number): void {
  if ((desk.seen[id] ?? 0) >= version) return
  desk.seen[id] = version
  keep()
  tell([id])
}

export function open(id: string | undefined): void {
  if (openCase.value === id) return
  const touched = [openCase.value, id].filter((one) => one !== undefined)
  openCase.value = id
  tell(touched)
}

/** Takes all of these for read, and whatever was opened until now. */
export function readAll(features: Iterable<CaseFeature>): void {
  desk.since = new Date(cityNow()).toISOString()
  for (const { id, version } of features) if (desk.seen[id] !== undefined) desk.seen[id] = version
  keep()
  tell()
}

/** Forgets what is no longer there. */
export function forget(isThere: (id: string) => boolean): void {
  const ids = Object.keys(desk.seen)
  if (ids.length <= MOST_SEEN) return
  for (const id of ids) if (!isThere(id)) delete desk.seen[id]
  keep()
}
