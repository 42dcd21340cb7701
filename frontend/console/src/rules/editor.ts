/** The rule set that is edited: what was loaded, what has been changed, and what is wrong with it. */
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/rules'
import type { Condition, Fault, Fields, Rule, RuleSetLine } from '@/api/rules'
import { inLanguage } from '@/store/city'

/** A rule with a key of its own, which stays when it moves. */
export interface Edited extends Rule {
  key: number
}

const CHECK_AFTER = 350
const STEP = 10

export const sets = shallowRef<RuleSetLine[]>([])
export const fields = shallowRef<Fields>()
export const base = ref('')
export const rules = ref<Edited[]>([])
export const openKey = ref<number>()
export const faults = shallowRef<Fault[]>([])
const loaded = ref('')
let keys = 0
let timer: ReturnType<typeof setTimeout> | undefined
let asked = 0

/** As the city takes them: in order, ten apart, without what says nothing. */
export const written = computed((): Rule[] => rules.value.map(({ key: _, ...rule }, i) => ({ ...rule, order: (i + 1) * STEP })))
export const dirty = computed(() => loaded.value !== '' && JSON.stringify(written.value) !== loaded.value)
export const sayFault = (fault: Fault): string => inLanguage(fault.text_zh, fault.text_en)
export const faultsOf = (rule: number): Fault[] => faults.value.filter((fault) => fault.rule === rule)

export async function load(): Promise<void> {
  const [listed, known] = await Promise.all([api.ruleSets(), api.fields()])
  sets.value = listed.items
  fields.value = known
  const newest = listed.items[0] // changes are made to the newest, also when it is still to come
  if (!newest) return
  const found = await api.ruleSet(newest.version)
  base.value = found.version
  rules.value = found.rules.map((rule) => ({ ...rule, key: ++keys }))
  loaded.value = JSON.stringify(written.value)
  faults.value = []
  openKey.value = undefined
}

/** Asks for the faults once nobody has typed for a moment; the last question wins. */
export function checkSoon(): void {
  clearTimeout(timer)
  timer = setTimeout(async () => {
    const mine = ++asked
    const found = await api.check(written.value).catch(() => undefined)
    if (found && mine === asked) faults.value = found.faults
  }, CHECK_AFTER)
}

export function addRule(zh: string, en: string, like?: Edited): void {
  const fresh: Edited = like
    ? { ...(JSON.parse(JSON.stringify(like)) as Edited), key: ++keys }
    : { key: ++keys, order: 0, name_zh: zh, name_en: en, when: [newCondition()], department: '' }
  const at = like ? rules.value.findIndex(({ key }) => key === like.key) + 1 : 0
  rules.value.splice(at, 0, fresh)
  openKey.value = fresh.key
}

export const removeRule = (at: number): void => void rules.value.splice(at, 1)

export function move(at: number, by: 1 | -1): void {
  const [rule] = rules.value.splice(at, 1)
  if (rule) rules.value.splice(at + by, 0, rule)
}

export const newCondition = (): Condition => ({ field: 'category', op: 'in', value: [] })

/** A value to begin with, when field or relation have changed. */
export function emptyValue(choices: string, op: string): unknown {
  if (choices === 'hours') return [22, 6]
  if (choices === 'days') return ['11-15', '03-15']
  if (choices === 'count') return { reports: 3, hours: 24, same: 'category' }
  if (choices === 'words' || op === 'in' || op === 'not_in') return []
  if (choices === 'yes_no') return true
  if (choices === 'urgencies') return 2
  return null
}
