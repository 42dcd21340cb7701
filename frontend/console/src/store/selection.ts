/** The case that is looked at, and its detail as the city last told it. */
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/city'
import { caseThen } from '@/api/history'
import { Problem } from '@/api/http'
import type { CaseDetail } from '@/api/models'
import { caseById, cases, lookAtObject, onChanges, sequence, showing } from './live'
import { looked, open } from './desk'
import { queue } from './queue'

export const selectedId = ref<string>()
export const detail = shallowRef<CaseDetail>()
export const detailProblem = shallowRef<Problem>()
/** Where it stands on the map; undefined when it has left the map. */
export const selectedFeature = computed(() => {
  void cases.value // the world itself is not reactive
  return selectedId.value === undefined ? undefined : caseById(selectedId.value)
})
/** The zone whose outline the map should show, while a person points at its name. */
export const pointedZone = ref<number>()
/** Counts requests to bring the selected case to the middle of the map. */
export const centreRequests = ref(0)

export function selectCase(id: string | undefined, centre = false): void {
  pointedZone.value = undefined
  if (id !== selectedId.value) {
    selectedId.value = id
    open(id)
    lookAtObject('case', id)
    detail.value = undefined
    detailProblem.value = undefined
    if (id !== undefined) void loadDetail()
  }
  if (id !== undefined && centre) centreRequests.value++
}

export async function selectByNumber(number: string): Promise<void> {
  const id = cases.value.find((feature) => feature.state.number === number)?.id ?? (await api.caseIdOf(number))
  if (id !== undefined) selectCase(id)
}

/** Selects the case `step` places further down the queue, or the first. */
export function selectNext(step: 1 | -1): void {
  const list = queue.value
  const at = list.findIndex((feature) => feature.id === selectedId.value)
  const next = at < 0 ? list[0] : list[at + step]
  if (next) selectCase(next.id, true)
}

export async function loadDetail(): Promise<void> {
  const id = selectedId.value
  if (id === undefined) return
  try {
    const loaded = await (showing.value === 'past' ? caseThen(id, sequence.value) : api.oneCase(id))
    if (id !== selectedId.value) return // the person has gone on
    detail.value = loaded
    if (showing.value === 'live') looked(id, loaded.version)
    detailProblem.value = undefined
  } catch (error) {
    if (id === selectedId.value && error instanceof Problem) detailProblem.value = error
  }
}

/** Keeps the open case as fresh as the map. */
export function followSelection(): () => void {
  return onChanges((changes) => {
    const own = changes.findLast((change) => change.type === 'case' && change.id === selectedId.value)
    if (own && own.version !== detail.value?.version) void loadDetail()
  })
}
