/** The live city for the components: the world of `live/`, published once per animation frame. */
import { ref, shallowRef } from 'vue'
import { Connection, type ConnectionState, type Socket } from '@/live/connection'
import type { CaseFeature, Change, DeviceFeature, ServerMessage, SubscriptionEntry } from '@/live/protocol'
import { covers, subscriptionFor, type BBox } from '@/live/viewport'
import { World } from '@/live/world'
import { cityNow, setCityClock } from './clock'
import { sessionEnded } from './session'

export const connection = shallowRef<ConnectionState>({ phase: 'connecting' })
export const cases = shallowRef<CaseFeature[]>([])
export const devices = shallowRef<DeviceFeature[]>([])
/** False until the first snapshot is whole. */
export const loaded = ref(false)
/** Milliseconds from commit to receipt of the last change; undefined before the first. */
export const latency = ref<number>()
export const sequence = ref(0)
/** What is shown: the city as it is, or as it was. Components follow either without knowing which. */
export const showing = ref<'live' | 'past'>('live')

let world = new World()
let line: Connection | undefined
let asked: BBox | undefined
let frame = 0
const changed = { case: false, device: false }
let lookBack: ((wanted: SubscriptionEntry[]) => void) | undefined

type Listener = (changes: Change[]) => void
const listeners = new Set<Listener>()

/** Told of each batch of changes, not of snapshots: what a person should notice. Gives the way to stop it. */
export function onChanges(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const caseById = (id: string): CaseFeature | undefined => world.cases.get(id)

export function goLive(): void {
  showing.value = 'live'
  lookBack = undefined
  world = new World()
  asked = undefined
  loaded.value = false
  line = new Connection(openSocket, { message: receive, state: moved, resume: () => world.resume }, subscriptionFor(asked))
  line.start()
}

export function leaveLive(): void {
  line?.stop()
  line = undefined
  world = new World()
  changed.case = changed.device = true
  publish()
}

/** The view has moved: asks for other devices once it has left what was asked for. `undefined`: none from far out. */
export function lookAt(view: BBox | undefined): void {
  if (view ? asked && covers(asked, view) : !asked) return
  asked = view
  line?.subscribe(subscriptionFor(view))
  lookBack?.(subscriptionFor(view))
}

/**
 * Lets the line go and shows the past, which `showWorld` hands in. `look` is told when other things are to be shown;
 * the answer is what is to be shown now. `goLive` comes back with a fresh snapshot.
 */
export function goPast(look: (wanted: SubscriptionEntry[]) => void): SubscriptionEntry[] {
  line?.stop()
  line = undefined
  showing.value = 'past'
  lookBack = look
  return subscriptionFor(asked)
}

/** Shows a moment of the past: what changed since the one before, or all of it. */
export function showWorld(past: World, changes?: Change[]): void {
  world = past
  loaded.value = true
  sequence.value = past.resume?.seq ?? sequence.value
  for (const type of ['case', 'device'] as const) changed[type] ||= !changes || changes.some((one) => one.type === type)
  if (changes?.length) listeners.forEach((listener) => listener(changes))
  frame ||= requestAnimationFrame(publish)
}

function openSocket(): Socket {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  return new WebSocket(`${scheme}//${location.host}/ws/live`) as unknown as Socket
}

function receive(message: ServerMessage): void {
  if ('now' in message) setCityClock(message.now)
  const effect = world.apply(message)
  sequence.value = world.resume?.seq ?? sequence.value
  if (effect.kind === 'none') return
  if (effect.kind === 'reset') {
    loaded.value = changed.case = changed.device = true
  } else noticed(effect.changes)
  frame ||= requestAnimationFrame(publish)
}

function noticed(changes: Change[]): void {
  const last = changes.at(-1)
  if (last) latency.value = Math.max(0, cityNow() - Date.parse(last.at))
  for (const { type } of changes) if (type === 'case' || type === 'device') changed[type] = true
  listeners.forEach((listener) => listener(changes))
}

function publish(): void {
  frame = 0
  if (changed.case) cases.value = [...world.cases.values()]
  if (changed.device) devices.value = [...world.devices.values()]
  changed.case = changed.device = false
}

function moved(state: ConnectionState): void {
  connection.value = state
  if (state.phase === 'stopped' && state.why === 'not-logged-in') sessionEnded()
}
