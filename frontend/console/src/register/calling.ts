/** Calls back as a person meets them. Pure. */
import type { ReporterLine, WaitingCase } from '@/api/register'
import type { Verb } from '@/api/work'

/** The roles that the city lets see who reported (docs/security.md). */
const SEE_REPORTERS = ['hotline_agent', 'operator', 'administrator']
const SEE_CONFIDENTIAL = ['hotline_agent']

export const mayLook = (roles: string[], confidential: boolean): boolean =>
  roles.some((role) => (confidential ? SEE_CONFIDENTIAL : SEE_REPORTERS).includes(role))

/** The verb by which a call is recorded, without the question whose call it was: that has been chosen already. */
export function callVerb(verbs: Verb[]): Verb | undefined {
  const found = verbs.find(({ inputs }) => inputs.some(({ name }) => name === 'reached') && inputs.some(({ name }) => name === 'report'))
  return found && { ...found, inputs: found.inputs.filter(({ name }) => name !== 'report') }
}

export type CallState = 'reached' | 'given' | 'waits'
export const stateOf = (line: ReporterLine): CallState => (line.reached ? 'reached' : line.done ? 'given' : 'waits')

export interface Chosen {
  caseId: number
  report: number
}

/** Who is called next once somebody has been: the one after them, or the first. `cases` still has who was called. */
export function nextCall(cases: WaitingCase[], called: Chosen): Chosen | undefined {
  const all = cases.flatMap((one) => one.reporters.map(({ report }) => ({ caseId: one.id, report })))
  const at = all.findIndex(({ report }) => report === called.report)
  return all[at + 1] ?? all.find(({ report }) => report !== called.report)
}
