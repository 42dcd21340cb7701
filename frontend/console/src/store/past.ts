/** The way back: a moment of the past in place of the live city, and how it is played. */
import { computed, ref, shallowRef } from 'vue'
import * as history from '@/api/history'
import { Problem } from '@/api/http'
import type { SubscriptionEntry } from '@/live/protocol'
import { Player } from '@/past/player'
import { cityNow, holdClock } from './clock'
import { goLive, goPast, sequence, showing, showWorld } from './live'
import { preferences } from './preferences'
import { loadDetail, selectedId } from './selection'

export const SPEEDS = [1, 10, 60, 600, 3600] as const
export type Speed = (typeof SPEEDS)[number]

/** The moment that is shown, milliseconds since 1970; undefined while the city is live. */
export const moment = ref<number>()
/** The sequence at that moment. */
export const momentSeq = ref(0)
/** A moment at which the zones on the map are those of `moment`; it moves less often, so that tiles can be kept. */
export const zonesAt = ref<number>()
export const playing = ref(false)
export const speed = ref<Speed>(60)
/** Waiting for the city's answer. */
export const busy = ref(false)
export const problem = ref('')
export const inPast = computed(() => showing.value === 'past')
/** The sequence of what is shown: that of the moment, or, while the city is live, the last that has come. */
export const shownSeq = (): number => (inPast.value ? momentSeq.value : sequence.value)

let player: Player | undefined
let frame = 0
let before = 0
/** The moment that should be shown by now. It may be ahead of what is: the player waits for a page, or the page is slow. */
let due = 0
/** So much of what was lost by waiting is caught up, milliseconds of the person's time; more would be a leap. */
const CATCH_UP = 3_000
/** Told when a person has gone to a moment, or has come to rest at one. */
const settled = shallowRef(0)
export const restCount = computed(() => settled.value)

/** Zones are drawn from tiles: only that they change is asked for. */
const withZones = (entries: SubscriptionEntry[]): SubscriptionEntry[] => [...entries, { types: ['zone'] }]
const source = {
  snapshot: history.snapshot,
  frames: (from: number, limit: number, entries: SubscriptionEntry[]) => history.frames(from, limit, withZones(entries)),
}

/** Shows a moment of the past, at rest. */
export async function goTo(when: history.When): Promise<void> {
  pause()
  problem.value = ''
  busy.value = true
  try {
    player ??= new Player(source, goPast(look), cityNow)
    if ('at' in when) holdAt(Math.min(when.at, cityNow()))
    if (!(await player.seek('at' in when ? { at: Math.min(when.at, cityNow()) } : when))) return
    arrived()
  } catch (error) {
    // Before the history begins there is its beginning.
    const first = error instanceof Problem && error.status === 410 ? error.details.first_seq : undefined
    if (typeof first === 'number' && !('seq' in when)) return goTo({ seq: first })
    failed(error)
  }
  busy.value = false
}

function look(entries: SubscriptionEntry[]): void {
  if (!player || moment.value === undefined) return
  player.seek({ at: moment.value }, entries).then((mine) => mine && arrived(), failed)
}

function arrived(): void {
  if (!player) return
  holdAt(player.at)
  momentSeq.value = player.seq
  zonesAt.value = player.at
  showWorld(player.world)
  if (selectedId.value !== undefined) void loadDetail()
  settled.value++
}

function holdAt(at: number): void {
  moment.value = at
  holdClock(at, playing.value ? speed.value : 1)
}

function failed(error: unknown): void {
  if (!(error instanceof Problem)) throw error
  busy.value = false
  problem.value = error.sentence(preferences.locale)
  pause()
}

export async function play(): Promise<void> {
  if (!player) await goTo({ at: cityNow() - 3_600_000 })
  if (!player || playing.value) return
  problem.value = ''
  playing.value = true
  before = performance.now()
  due = player.at
  frame = requestAnimationFrame(turn)
}

/** One frame of the screen: all changes of the time that has passed since the last are applied together. */
function turn(now: number): void {
  if (!playing.value || !player) return
  due = Math.min(due, player.at + CATCH_UP * speed.value) + Math.max(0, now - before) * speed.value
  before = now
  player.ahead(speed.value).catch(failed)
  moved(player.advance(Math.min(due, cityNow())))
  if (player.atEnd) return comeBack()
  frame = requestAnimationFrame(turn)
}

function moved(changes: ReturnType<Player['advance']>): void {
  if (!player) return
  busy.value = false
  momentSeq.value = player.seq
  holdAt(player.at)
  const zone = changes.findLast(({ type }) => type === 'zone')
  if (zone) zonesAt.value = Date.parse(zone.at)
  if (changes.length > 0) showWorld(player.world, changes)
}

export function pause(): void {
  cancelAnimationFrame(frame)
  if (!playing.value) return
  playing.value = false
  if (moment.value !== undefined) holdAt(moment.value)
  zonesAt.value = moment.value
  settled.value++
}

/** Goes on to the next change, and rests there. */
export async function stepOn(): Promise<void> {
  pause()
  if (!player) return
  busy.value = true
  try {
    const changes = await player.step()
    if (changes) {
      moved(changes)
      settled.value++
    }
  } catch (error) {
    failed(error)
  }
  busy.value = false
}

/** Stops the city where it stands now, or goes on playing. */
export const toggle = (): void => void (playing.value ? pause() : inPast.value ? play() : goTo({ at: cityNow() }))
export const back = (by: number): void => void goTo({ at: (moment.value ?? cityNow()) + by })

/** Back to the city as it is, with a fresh snapshot. */
export function comeBack(): void {
  leave()
  goLive()
  if (selectedId.value !== undefined) void loadDetail()
  settled.value++
}

/** Forgets the past without going live: the page is left. */
export function leave(): void {
  cancelAnimationFrame(frame)
  playing.value = busy.value = false
  problem.value = ''
  player = undefined
  moment.value = zonesAt.value = undefined
  holdClock(undefined)
}
