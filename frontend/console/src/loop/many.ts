/** One step for many cases, in portions: each case is an act of its own, and what could not be done is said for each. */
import { Problem } from '@/api/http'
import { actOnAll, type Outcome } from '@/api/queue'
import type { ActInputs } from '@/api/work'

const AT_ONCE = 25 // small enough for a person to see that it goes on

export interface Target {
  id: string
  version: number
  number: string
}
export type Result = Target & { done: boolean; why: string; newVersion?: number }

/** `tell` is given the results so far after each portion. A portion that never arrived is told as such. */
export async function actOnEach(verb: string, targets: Target[], inputs: ActInputs, locale: string, tell: (soFar: Result[]) => void): Promise<Result[]> {
  const results: Result[] = []
  for (let i = 0; i < targets.length; i += AT_ONCE) {
    const portion = targets.slice(i, i + AT_ONCE)
    try {
      const { items } = await actOnAll(verb, portion.map(({ id, version }) => ({ id: Number(id), version })), inputs)
      results.push(...portion.map((target, at) => resultOf(target, items[at], locale)))
    } catch (error) {
      const why = error instanceof Problem ? error.sentence(locale) : String(error)
      results.push(...portion.map((target) => ({ ...target, done: false, why })))
    }
    tell([...results])
  }
  return results
}

function resultOf(target: Target, outcome: Outcome | undefined, locale: string): Result {
  const problem = outcome?.problem
  const why = problem ? (locale === 'zh' && problem.detail_zh) || problem.detail : ''
  return { ...target, done: outcome?.done === true, why, newVersion: outcome?.version }
}
