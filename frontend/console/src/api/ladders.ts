/** Escalation ladders: who is told after what. The first whose criteria fit a case is climbed. */
import { get, put } from './http'
import type { Named } from './models'

export type Anchor = 'warn' | 'due' | 'stage'

export interface Step {
  after: Anchor
  value?: number
  unit?: string
  tell: string[]
  supervise?: string
}

export interface When {
  urgency?: number[]
  category?: string[]
  department?: string[]
  channel?: string[]
}

export interface Ladder extends Named {
  when: When
  steps: Step[]
}

interface Ladders {
  ladders: Ladder[]
  revision: number
}

export const readLadders = () => get<Ladders>('/api/ladders')
export const saveLadders = (ladders: Ladder[], revision: number) => put<Ladders>('/api/ladders', { ladders, revision })
