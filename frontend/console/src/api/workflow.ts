/** The workflow in force, and the states of the city. */
import { get, put } from './http'
import type { Named } from './models'
import type { Choice, InputName } from './work'

export interface StatusOfFlow extends Named {
  code: string
  axis: string
  open?: boolean
  stage?: { minutes?: number; working_hours?: number; urgent?: number; critical?: number; tell?: string[] }
}

export interface VerbOfFlow extends Named {
  code: string
  from: string[]
  to?: string
  roles: string[]
  axis: string
  needs?: InputName[]
  takes?: InputName[]
  choices?: Record<string, Choice[]>
  limits?: { times?: number; once?: boolean; before_due?: boolean; within?: { value: number; unit: string }; max_days?: number }
  approval?: string[][]
}

export interface Workflow {
  version: string
  holds_from: string
  document: { status: StatusOfFlow[]; verb: VerbOfFlow[] }
}

export const workflow = () => get<Workflow>('/api/workflow')
export const diagramAddress = (language: string, version: string): string => `/api/workflow/diagram.svg?language=${language}&v=${encodeURIComponent(version)}`

export interface Flag extends Named {
  code: string
  raised: boolean
  since: string | null
  reason: string
}
export const flags = () => get<{ items: Flag[] }>('/api/flags')
export const putFlag = (code: string, raised: boolean, reason: string) => put<{ items: Flag[] }>(`/api/flags/${encodeURIComponent(code)}`, { raised, reason })
