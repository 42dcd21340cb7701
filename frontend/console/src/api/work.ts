/** The work on a case: verbs and what they ask for, joint tasks, requests, photos, notices. */
import { get, post, postForm } from './http'
import type { CaseDetail, FilingCondition, Named } from './models'

export type InputName =
  | 'note' | 'department' | 'departments' | 'person' | 'photos_before' | 'photos_after' | 'documents' | 'condition'
  | 'until' | 'value' | 'unit' | 'result' | 'rating' | 'kind' | 'report' | 'reached' | 'opinion'

export interface Choice extends Named {
  code: string
}

export interface VerbInput {
  name: InputName
  required: boolean
  choices: Choice[]
}

export interface Verb extends Named {
  code: string
  axis: string
  /** The status that it leads to; null: the status stays. */
  to: string | null
  needs_note: boolean
  inputs: VerbInput[]
}

export interface Person {
  id: number
  name: string
}

export interface JointTask {
  department: string
  asked_by: Person | null
  asked_at: string
  note: string
  opinion: string
  answered_by: Person | null
  answered_at: string | null
}

export interface CaseRequest {
  id: number
  verb: string
  inputs: { value?: number; unit?: string; until?: string }
  reason: string
  asked_by: Person | null
  asked_at: string
  /** Approvals it has so far. */
  step: number
  /** null while it waits */
  granted: boolean | null
  decided_by: Person | null
  decided_at: string | null
  answer: string
}

export type AttachmentKind = 'scene' | 'before' | 'after' | 'document'

export interface Attachment {
  id: string
  kind: AttachmentKind
  name: string
  content_type: string
  size: number
  uploaded_at: string
  url: string
}

export interface NoticeOfCase {
  at: string
  reason: string
  role: string
  department: string
  user: Person | null
  text_zh: string
  text_en: string
}

export interface CallBack {
  report: number
  reached: boolean
  resolved: string
  rating: number | null
  note: string
  by: Person | null
  at: string
}

export type CountName = 'returns' | 'extensions' | 'suspensions' | 'reworks' | 'urges' | 'redos'

/** What the detail of a case has of it. */
export interface WorkOfCase {
  stage_due_at: string | null
  suspended_until: string | null
  handler: Person | null
  /** Why it is followed from above; empty: it is not. */
  supervised: string
  exempt: boolean
  joint?: string[]
  counts: Record<CountName, number>
  joint_tasks: JointTask[]
  requests: CaseRequest[]
  attachments: Attachment[]
  notices: NoticeOfCase[]
  call_backs: CallBack[]
  verbs: Verb[]
}

/** What a person gives with a verb; `attachments` are ids that an upload gave. */
export type ActInputs = Partial<{
  note: string
  department: string
  departments: string[]
  person: number
  attachments: string[]
  condition: number
  until: string
  value: number
  unit: string
  result: string
  rating: number
  kind: string
  report: number
  reached: boolean
  opinion: string
}>

export const act = (id: string, verb: string, version: number, inputs: ActInputs = {}) =>
  post<CaseDetail>(`/api/cases/${encodeURIComponent(id)}/actions/${encodeURIComponent(verb)}`, { version, ...inputs })

export interface Candidates {
  people: Person[]
  conditions: FilingCondition[]
}
export const candidates = (id: number, verb: string) => get<Candidates>(`/api/cases/${id}/candidates/${encodeURIComponent(verb)}`)

/** Without a case it is kept for what the person is going to do. */
export function upload(file: File, kind: AttachmentKind, caseId?: number): Promise<Attachment> {
  const form = new FormData()
  form.append('file', file)
  form.append('kind', kind)
  if (caseId !== undefined) form.append('case', String(caseId))
  return postForm('/api/attachments', form)
}
