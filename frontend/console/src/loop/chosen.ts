/** The verb whose form is open: the bar, the request's card and the keyboard all open it. */
import { ref, shallowRef } from 'vue'
import type { CaseDetail } from '@/api/models'
import type { Verb } from '@/api/work'
import { openStatuses } from '@/store/city'
import { bootstrap } from '@/store/city'
import { atOnce, DECIDING, ranked } from './verbs'

export const chosen = shallowRef<Verb>()
/** Counts the wishes to take `chosen` at once, without a form. */
export const pressed = ref(0)

export const isOpenStatus = (code: string): boolean => openStatuses.value.some((status) => status.code === code)
export const inOrder = (one: CaseDetail): Verb[] =>
  ranked(one.verbs.filter(({ code }) => !DECIDING.includes(code)), bootstrap.value?.statuses ?? [])

export function choose(verb: Verb | undefined): void {
  chosen.value = verb
  if (verb && atOnce(verb, isOpenStatus)) pressed.value++
}

/** The next step: dispatching where that is possible, else the first that leads on. */
export function chooseForward(one: CaseDetail | undefined): void {
  if (!one) return
  const verbs = inOrder(one)
  const verb = verbs.find(({ code }) => code === 'dispatch') ?? verbs.find(({ to }) => to !== null)
  if (verb) choose(verb)
}
