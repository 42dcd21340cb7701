/** The messages of docs/protocol.md, version 1. */
import type { Urgency } from '@/api/models'

export const PROTOCOL = 1

export interface CaseState {
  number: string
  category: string
  urgency: Urgency
  status: string
  channel: string
  lon: number
  lat: number
  department: string
  zones: number[]
  cell: string | number | null
  place: string
  place_en?: string
  opened_at: string
  warn_at: string | null
  /** null before it is dispatched, and while it is suspended */
  due_at: string | null
  stage_due_at: string | null
  exercise: string | boolean
  // What few cases have is there only where it is so.
  joint?: string[]
  supervised?: string
  urges?: number
  reworks?: number
  /** The verb whose approval is waited for. */
  asking?: string
  suspended_until?: string
}

export interface DeviceState {
  code: string
  kind: string
  status: 'online' | 'alarm' | 'offline'
  lon: number
  lat: number
  zones: number[]
  exercise: string | boolean
}

/** A zone without its shape, which comes in tiles; `number` is that of its newest version. */
export interface ZoneState {
  kind: string
  code: string
  name_zh: string
  name_en: string
  number: number
  bbox: [number, number, number, number]
  holds_from: string
  holds_to: string | null
  department: string
}

interface Versioned {
  id: string
  version: number
}
export type Feature = Versioned &
  (
    | { type: 'case'; state: CaseState }
    | { type: 'device'; state: DeviceState }
    | { type: 'zone'; state: ZoneState }
    | { type: 'zone_import' | 'zone_kind' | 'scene' | 'department' | 'roster'; state: null }
  )
export type CaseFeature = Extract<Feature, { type: 'case' }>
export type DeviceFeature = Extract<Feature, { type: 'device' }>

export type Change = Versioned & { seq: number; at: string; kind: string } & (
    | { type: 'case'; state: CaseState | null }
    | { type: 'device'; state: DeviceState | null }
    | { type: 'zone'; state: ZoneState | null }
    | { type: 'zone_import' | 'zone_kind' | 'scene' | 'department' | 'roster'; state: null }
  )

/** What narrows an entry must all hold. */
export interface SubscriptionEntry {
  types: string[]
  bbox?: [number, number, number, number]
  /** Ids of zones: what lies in any of them. */
  zones?: number[]
  /** Fields of the state, each with the values that it may have. */
  where?: Record<string, (string | number)[]>
  /** One object, wherever it is; without `bbox`. */
  id?: string
}

export const MOVING = ['person', 'vehicle', 'device'] as const // a type's code in binary messages is its place here
export type MovingType = (typeof MOVING)[number]

/** Who is behind a number of the binary messages. */
export interface Introduction {
  number: number
  type: MovingType
  id: string
  name: string
  exercise: string
}

export interface Onlooker {
  user: string
  name: string
}

export interface Resume {
  epoch: string
  seq: number
}

export type ServerMessage =
  | { op: 'hello'; protocol: number; epoch: string; seq: number; now: string; heartbeat: number; user: string }
  | { op: 'snapshot'; seq: number; part: number; parts: number; features: Feature[] }
  | { op: 'frames'; from: number; seq: number; changes: Change[] }
  | { op: 'heartbeat'; seq: number; now: string }
  | { op: 'stale'; reason: string }
  | { op: 'presence'; type: string; id: string; people: Onlooker[] }
  | { op: 'movers'; reset: boolean; movers: Introduction[] }

/** Asked for until something else is: said again on every new connection. */
export type LastingMessage =
  | { op: 'look'; type?: string; id?: string }
  | { op: 'follow'; types: MovingType[]; bbox?: [number, number, number, number] }

export type ClientMessage =
  | LastingMessage
  | { op: 'hello'; protocol: number; subscribe: SubscriptionEntry[]; resume?: Resume }
  | { op: 'subscribe'; subscribe: SubscriptionEntry[] }

export const CLOSE = { badMessage: 4400, notLoggedIn: 4401, slow: 4408, wrongProtocol: 4426 } as const
