/** The live city for the components: the world of `live/`, published once per animation frame. */
import { ref, shallowRef } from 'vue'
import { Connection, type ConnectionState, type Socket } from '@/live/connection'
import { Movers } from '@/live/movers'
import type {
  CaseFeature,
  Change,
  DeviceFeature,
  LastingMessage,
  Onlooker,
  ServerMessage,
  SubscriptionEntry,
} from '@/live/protocol'
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
/** The others who have the same object open, as the city last said. */
export const onlookers = shallowRef<{ type: string; id: string; people: Onlooker[] }>()
/** What moves, for whoever draws it; `movement` grows when it has. */
export const movers = new Movers()
export const movement = ref(0)

let world = new World()
let line: Connection | undefined
let asked: BBox | undefined
let wanted: SubscriptionEntry[] | undefined
let besides: SubscriptionEntry[] = []
const said = new Map<string, LastingMessage>()
let frame = 0
let whole = false // the world has all that was asked for, but may not be published yet
const changed = { case: false, device: false }
/** Cases that have changed since they were last published; `undefined`: all may have. */
let changedCases: Set<string> | undefined
let lookBack: ((wanted: SubscriptionEntry[]) => void) | undefined

type Listener = (changes: Change[]) => void
const listeners = new Set<Listener>()

/** Told of each batch of changes, not of snapshots: what a person should notice. Gives the way to stop it. */
export function onChanges(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

type CasesListener = (ids: ReadonlySet<string> | undefined) => void
const casesListeners = new Set<CasesListener>()

/** Told of what is new in `cases`, as it is published: the ids, or `undefined` for all of them. */
export const onCases = (listener: CasesListener): void => void casesListeners.add(listener)

export const caseById = (id: string): CaseFeature | undefined => world.cases.get(id)

export function goLive(): void {
  showing.value = 'live'
  lookBack = undefined
  world = new World()
  asked = undefined
  loaded.value = whole = false
  const handlers = { message: receive, positions: moving, state: moved, resume: () => world.resume }
  line = new Connection(openSocket, handlers, subscription())
  said.forEach((message) => line?.keepSaying(message))
  line.start()
}

export function leaveLive(): void {
  line?.stop()
  line = undefined
  world = new World()
  whole = false
  changed.case = changed.device = true
  changedCases = undefined
  publish()
}

/** The view has moved: asks for other devices once it has left what was asked for. `undefined`: none from far out. */
export function lookAt(view: BBox | undefined): void {
  if (view ? asked && covers(asked, view) : !asked) return
  asked = view
  subscribe()
}

const subscription = (): SubscriptionEntry[] => [...subscriptionFor(asked, wanted), ...besides]

function subscribe(): void {
  line?.subscribe(subscription())
  lookBack?.(subscription())
}

/** Asks for more than the view shows, wherever it is. */
export function seeAlso(entries: SubscriptionEntry[]): void {
  if (entries.length === 0 && besides.length === 0) return
  besides = entries
  subscribe()
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
  return subscription()
}

/** Shows a moment of the past: what changed since the one before, or all of it. */
export function showWorld(past: World, changes?: Change[]): void {
  world = past
  whole = true
  sequence.value = past.resume?.seq ?? sequence.value
  note(changes)
  if (changes?.length) listeners.forEach((listener) => listener(changes))
  frame ||= requestAnimationFrame(publish)
}

/** Which cases the city sends: entries with zones, fields or ids; `undefined`, all that the person may see. */
export function seeCases(entries: SubscriptionEntry[] | undefined): void {
  wanted = entries
  line?.subscribe(subscription())
}

/** Says which object is open, so that others who have it open know; `onlookers` says who they are. */
export function lookAtObject(type?: string, id?: string): void {
  onlookers.value = undefined
  keepSaying(id === undefined ? { op: 'look' } : { op: 'look', type, id })
}

/** Asks for what moves under the view; without types, for nothing. */
export function followMovers(message: Omit<Extract<LastingMessage, { op: 'follow' }>, 'op'>): void {
  keepSaying({ op: 'follow', ...message })
  if (message.types.length === 0) movers.clear()
}

function keepSaying(message: LastingMessage): void {
  said.set(message.op, message)
  line?.keepSaying(message)
}

function openSocket(): Socket {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(`${scheme}//${location.host}/ws/live`)
  socket.binaryType = 'arraybuffer'
  return socket as unknown as Socket
}

function receive(message: ServerMessage): void {
  if ('now' in message) setCityClock(message.now)
  if (message.op === 'presence') onlookers.value = message
  if (message.op === 'movers') movers.introduce(message.movers, message.reset)
  const effect = world.apply(message)
  sequence.value = world.resume?.seq ?? sequence.value
  if (effect.kind === 'none') return
  if (effect.kind === 'reset') {
    whole = true
    note()
  } else noticed(effect.changes)
  frame ||= requestAnimationFrame(publish)
}

function moving(data: ArrayBuffer): void {
  movers.take(data)
  frame ||= requestAnimationFrame(publish)
}

function noticed(changes: Change[]): void {
  const last = changes.at(-1)
  if (last) latency.value = Math.max(0, cityNow() - Date.parse(last.at))
  note(changes)
  listeners.forEach((listener) => listener(changes))
}

/** Remembers what is to be published; without changes, everything. */
function note(changes?: Change[]): void {
  if (!changes) {
    changed.case = changed.device = true
    changedCases = undefined
    return
  }
  for (const { type, id } of changes) {
    if (type !== 'case' && type !== 'device') continue
    changed[type] = true
    if (type === 'case') changedCases?.add(id)
  }
}

function publish(): void {
  frame = 0
  if (changed.case) {
    casesListeners.forEach((listener) => listener(changedCases))
    changedCases = new Set()
    cases.value = [...world.cases.values()]
  }
  if (changed.device) devices.value = [...world.devices.values()]
  loaded.value = whole // with what it speaks of, so that nobody sees the figures of an empty city
  changed.case = changed.device = false
  movement.value = movers.version
}

function moved(state: ConnectionState): void {
  connection.value = state
  if (state.phase === 'stopped' && state.why === 'not-logged-in') sessionEnded()
}
