/** Verbs as a person meets them: which come first, what their forms still lack, what is sent. Pure. */
import type { ActInputs, Attachment, InputName, Verb } from '@/api/work'

/** What a form holds; files are already uploaded. */
export type Answers = ActInputs & { photos_before?: Attachment[]; photos_after?: Attachment[]; documents?: Attachment[] }
export const FILES = { photos_before: 'before', photos_after: 'after', documents: 'document' } as const
/** They stand at the request that they decide. */
export const DECIDING = ['approve', 'refuse']

const needs = (verb: Verb): boolean => verb.inputs.some(({ required }) => required)

/**
 * The steps that lead on come first: those that need nothing, in the order of the statuses they lead to; then those
 * that need something, the farthest first (completion before a return); then what ends a case early; then the rest.
 */
export function ranked(verbs: Verb[], statuses: { code: string; open: boolean }[]): Verb[] {
  const rank = (verb: Verb): number => {
    const at = statuses.findIndex(({ code }) => code === verb.to)
    if (verb.to === null) return 2000
    if (!needs(verb)) return at
    return statuses[at]?.open === false ? 1000 + at : 500 - at
  }
  return verbs.toSorted((a, b) => rank(a) - rank(b))
}

/** A step within the loop that nothing need be said to is taken by one press; what ends a case is asked first. */
export const atOnce = (verb: Verb, isOpen: (status: string) => boolean): boolean =>
  verb.to !== null && isOpen(verb.to) && verb.inputs.every(({ name, required }) => name === 'note' && !required)

export function filled(answers: Answers, name: InputName): boolean {
  const value = answers[name as keyof Answers]
  if (typeof value === 'string') return value.trim() !== ''
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null
}

/** The inputs that are still to be given. A call that reached somebody has a result. */
export function missing(verb: Verb, answers: Answers): InputName[] {
  const lacking = verb.inputs.filter(({ name, required }) => required && !filled(answers, name)).map(({ name }) => name)
  if (answers.reached && verb.inputs.some(({ name }) => name === 'result') && !filled(answers, 'result')) lacking.push('result')
  return lacking
}

/** What goes to the city: only what was given, files by their ids. */
export function bodyOf(verb: Verb, answers: Answers): ActInputs {
  const body: Record<string, unknown> = {}
  const attachments: string[] = []
  for (const { name } of verb.inputs) {
    if (!filled(answers, name)) continue
    if (name in FILES) attachments.push(...(answers[name as keyof typeof FILES] ?? []).map(({ id }) => id))
    else {
      const value = answers[name as keyof Answers]
      body[name] = typeof value === 'string' ? value.trim() : name === 'rating' ? Number(value) : value
    }
  }
  if (attachments.length > 0) body.attachments = attachments
  return body as ActInputs
}
