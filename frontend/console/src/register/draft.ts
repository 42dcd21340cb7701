/** A report as it is being typed: what it still lacks, what is sent, where a refusal belongs. Pure. */
import type { ByHand } from '@/api/register'
import type { Urgency } from '@/api/models'
import type { Attachment } from '@/api/work'
import type { ProblemDetails } from '@/api/http'

export interface Draft {
  /** The same id is registered once, however often it is sent. */
  clientId: string
  name: string
  phone: string
  confidential: boolean
  wantsCallBack: boolean
  channel: string
  category?: string
  condition?: number
  /** undefined: as the filing condition has it */
  urgency?: Urgency
  description: string
  address: string
  /** WGS-84, longitude first */
  place?: [number, number]
  component?: string
  photos: Attachment[]
  /** Somebody takes it in before it goes to a department. */
  takenInFirst: boolean
}

export type Field = 'name' | 'phone' | 'category' | 'condition' | 'description' | 'place' | 'component' | 'photos' | 'whole'
export type Faults = Partial<Record<Field, string>>

export const newDraft = (channel = 'hotline'): Draft => ({
  clientId: crypto.randomUUID(),
  name: '',
  phone: '',
  confidential: false,
  wantsCallBack: true,
  channel,
  description: '',
  address: '',
  photos: [],
  takenInFirst: false,
})

/** Something has been typed that would be missed. */
export const isDirty = (draft: Draft): boolean =>
  [draft.name, draft.phone, draft.description, draft.address].some((text) => text.trim() !== '') ||
  draft.category !== undefined || draft.place !== undefined || draft.photos.length > 0

export type Lack = 'category' | 'where' | 'phoneShape' | 'phoneForCall'

/** Enough digits for a number that can be called; callers give landlines and extensions too. */
export const callable = (phone: string): boolean => /^[+\d][\d\s()-]*$/.test(phone.trim()) && phone.replace(/\D/g, '').length >= 5

/** What speaks against sending it, by field; a report that joins a case takes over what that has. */
export function lacks(draft: Draft, joining = false): Partial<Record<Field, Lack>> {
  const found: Partial<Record<Field, Lack>> = {}
  const phone = draft.phone.trim()
  if (phone && !callable(phone)) found.phone = 'phoneShape'
  // Whoever gave a name expects to hear of it again: without a number nobody could.
  else if (!phone && draft.name.trim() && draft.wantsCallBack) found.phone = 'phoneForCall'
  if (!joining) {
    if (!draft.category) found.category = 'category'
    if (!draft.place && !draft.address.trim()) found.place = 'where'
  }
  return found
}

export function bodyOf(draft: Draft, join?: number): ByHand {
  const [name, phone] = [draft.name.trim(), draft.phone.trim()]
  return {
    client_id: draft.clientId,
    mode: draft.takenInFirst ? 'report' : 'file',
    join: join ?? null,
    channel: draft.channel,
    category: draft.category ?? '',
    condition: draft.condition ?? null,
    urgency: draft.urgency ?? null,
    description: draft.description.trim(),
    address: draft.address.trim(),
    lon: draft.place?.[0] ?? null,
    lat: draft.place?.[1] ?? null,
    component: draft.component ?? '',
    reporter: name || phone ? { name, phone, confidential: draft.confidential, wants_call_back: draft.wantsCallBack && phone !== '' } : null,
    attachments: draft.photos.map(({ id }) => id),
  }
}

const OF_CODE: Record<string, Field> = {
  unknown_category: 'category',
  unknown_condition: 'condition',
  outside_city: 'place',
  null_island: 'place',
  unknown_component: 'component',
}
const OF_MEMBER: Record<string, Field> = {
  category: 'category', condition: 'condition', description: 'description', address: 'place', lon: 'place', lat: 'place',
  component: 'component', attachments: 'photos', name: 'name', phone: 'phone',
}

/** The fields that a refusal is about; what belongs to none is said of the whole. */
export function faultsOf(details: ProblemDetails, sentence: string): Faults {
  const field = OF_CODE[String(details.code ?? '')] ?? OF_MEMBER[String(details.missing ?? '')]
  if (field) return { [field]: sentence }
  const faults: Faults = {}
  for (const error of (details.errors as { loc: (string | number)[]; msg: string }[] | undefined) ?? []) {
    faults[OF_MEMBER[String(error.loc.at(-1))] ?? 'whole'] = error.msg
  }
  return Object.keys(faults).length > 0 ? faults : { whole: sentence }
}
