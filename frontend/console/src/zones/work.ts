/**
 * What somebody is about to save: one zone, and what must change together with it. Values, never changed in place, so
 * that every state can be gone back to.
 */
import type { Change, ChangeSet, ResponsiblePerson, SaveChange, Shape, Zone } from '@/api/zones'
import { geometryOf, sameShape, shapeOf } from './shape'

export interface Fields {
  kind: string
  code: string
  name_zh: string
  name_en: string
  /** Null: that of its kind. */
  precedence: number | null
  department: string
  people: ResponsiblePerson[]
  attributes: Record<string, unknown>
}

/** A zone as it is to be. */
export interface Draft extends Fields {
  /** Null for a zone that is not there yet. */
  id: number | null
  /** The version that it was made from. */
  base: number | null
  shape: Shape
}

export type Also = { op: 'save'; draft: Draft } | { op: 'retire'; id: number; base: number; name: string; code: string }

export interface Work {
  draft: Draft
  /** Other zones of the same change: the other half of a split, the zone that was merged in, a neighbour. */
  also: Also[]
  /** Milliseconds since 1970; null: as soon as it is saved. */
  from: number | null
  /** Null: for good. */
  to: number | null
}

export type FormFault = 'kind' | 'code' | 'name' | 'shape' | 'times' | 'past' | 'alsoCode' | 'person'

export function newDraft(kind: string): Draft {
  return {
    id: null,
    base: null,
    kind,
    code: '',
    name_zh: '',
    name_en: '',
    precedence: null,
    department: '',
    people: [],
    attributes: {},
    shape: [],
  }
}

export function draftOf(zone: Zone): Draft {
  const { id, kind, code, name_zh, name_en, precedence, department, attributes, people } = zone
  const shape = shapeOf(zone.geometry)
  return { id, base: zone.number, kind, code, name_zh, name_en, precedence, department, people: people ?? [], attributes, shape }
}

/** The zone as it is, to be changed from now on. */
export function workOf(zone: Zone): Work {
  return { draft: draftOf(zone), also: [], from: null, to: zone.holds_to ? Date.parse(zone.holds_to) : null }
}

const FIELDS = ['kind', 'code', 'name_zh', 'name_en', 'precedence', 'department', 'people', 'attributes'] as const

export type Difference = (typeof FIELDS)[number] | 'shape' | 'to'

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** What one has that the other has not; when it begins is not a property of the zone. */
export function differences(a: Work, b: Work): Difference[] {
  const found: Difference[] = FIELDS.filter((field) => !same(a.draft[field], b.draft[field]))
  if (!sameShape(a.draft.shape, b.draft.shape)) found.push('shape')
  if (a.to !== b.to) found.push('to')
  return found
}

/**
 * My change on top of theirs: what I have changed is mine, all else is theirs. `origin` is what both began with, or
 * undefined where nobody knows: then all is mine.
 */
export function rebase(origin: Work | undefined, mine: Work, theirs: Work): Work {
  const draft: Draft = { ...mine.draft, id: theirs.draft.id, base: theirs.draft.base }
  if (!origin) return { ...mine, draft }
  const changed = new Set(differences(origin, mine))
  const untouched = FIELDS.filter((field) => !changed.has(field)).map((field) => [field, theirs.draft[field]])
  Object.assign(draft, Object.fromEntries(untouched))
  if (!changed.has('shape')) draft.shape = theirs.draft.shape
  return { ...mine, draft, to: changed.has('to') ? mine.to : theirs.to }
}

/** What stands against saving, as far as can be seen from here. `now` in milliseconds since 1970. */
export function faultsOf(work: Work, now: number): FormFault[] {
  const { draft, also, from, to } = work
  const faults: FormFault[] = []
  if (!draft.kind) faults.push('kind')
  if (!draft.code.trim()) faults.push('code')
  if (!draft.name_zh.trim()) faults.push('name')
  if (draft.people.some((person) => !person.name.trim())) faults.push('person')
  if (draft.shape.length === 0) faults.push('shape')
  if (to !== null && to <= (from ?? now)) faults.push('times')
  if (from !== null && from < now) faults.push('past')
  const others = also.flatMap((other) => (other.op === 'save' ? [other.draft] : []))
  const codes = [draft, ...others].map(({ kind, code }) => `${kind}:${code.trim()}`)
  if (others.some(({ code }) => !code.trim()) || new Set(codes).size < codes.length) faults.push('alsoCode')
  return faults
}

export function changeSet(work: Work, reroute: boolean): ChangeSet {
  const others = work.also.map((other): Change => {
    if (other.op === 'retire') return { op: 'retire', zone: other.id, base: other.base }
    return saved(other.draft, null)
  })
  // What ends comes first: a zone that grows into its place then finds it free.
  const ends = others.filter(({ op }) => op === 'retire')
  const saves = others.filter(({ op }) => op === 'save')
  const changes = [...ends, saved(work.draft, work.to), ...saves]
  return { changes, at: work.from === null ? null : new Date(work.from).toISOString(), reroute }
}

function saved(draft: Draft, to: number | null): SaveChange {
  const { kind, precedence, department, people, attributes, base } = draft
  return {
    op: 'save',
    kind,
    code: draft.code.trim(),
    name_zh: draft.name_zh.trim(),
    name_en: draft.name_en.trim(),
    geometry: geometryOf(draft.shape),
    precedence,
    department,
    people,
    attributes,
    holds_to: to === null ? null : new Date(to).toISOString(),
    base,
  }
}

/** The draft that a proposed change asks for. */
export function draftFrom(change: SaveChange, id: number | null): Draft {
  const { kind, code, name_zh, name_en, precedence, department, people, attributes, base } = change
  return {
    id,
    base,
    kind,
    code,
    name_zh,
    name_en,
    precedence,
    department,
    people: people ?? [],
    attributes: attributes ?? {},
    shape: shapeOf(change.geometry),
  }
}

/** A code for a zone that was split off: the next number where codes end in numbers, of the same width. */
export function nextCode(code: string, taken: Iterable<string>): string {
  if (!code) return ''
  const [, stem = code, digits = ''] = /^(.*?)(\d{0,3})$/.exec(code) ?? []
  if (!digits) return `${code}-2`
  const numbers = [code, ...taken]
    .filter((other) => other.startsWith(stem) && other.length === code.length && /^\d+$/.test(other.slice(stem.length)))
    .map((other) => Number(other.slice(stem.length)))
  return stem + String(Math.max(...numbers) + 1).padStart(digits.length, '0')
}
