/** Which new case comes to the front of a wall, and for how long. Pure, so that it can be tested. */
import type { CaseState, Change } from '@/live/protocol'

export interface Alarm {
  id: string
  state: CaseState
  /** Milliseconds since 1970 at which it goes back. */
  until: number
}

const LASTS = 12_000
const MOST_WAITING = 5

/** Critical cases always; in wartime urgent ones too. */
export const comesToFront = (urgency: number, wartime: boolean): boolean => urgency >= (wartime ? 2 : 3)

/** Alarms after these changes: the most urgent is first, each has its own time at the front. */
export function withChanges(alarms: Alarm[], changes: Change[], wartime: boolean, now: number): Alarm[] {
  let next = alarms.filter((alarm) => alarm.until > now)
  for (const { type, kind, id, state } of changes) {
    if (type !== 'case') continue
    next = next.filter((alarm) => alarm.id !== id || (state !== null && kind !== 'case.accepted'))
    if (kind === 'case.opened' && state && comesToFront(state.urgency, wartime)) next.push({ id, state, until: now + LASTS })
  }
  return next.sort((a, b) => b.state.urgency - a.state.urgency || b.until - a.until).slice(0, MOST_WAITING)
}
