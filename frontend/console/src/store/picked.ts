/** The cases of the queue that are chosen for one step together. */
import { computed, shallowReactive } from 'vue'
import { caseById, onCases } from './live'
import { queue } from './queue'
import { selectCase, selectedId } from './selection'

/** What the city answers for at once; nobody means to take one step for more. */
export const MOST_PICKED = 1_000

export const picked = shallowReactive(new Set<string>())
let anchor: string | undefined

export const pickedAll = computed(() => picked.size > 0 && picked.size >= Math.min(queue.value.length, MOST_PICKED))

/** What has left the map is nobody's choice any more. */
onCases((ids) => {
  for (const id of ids ?? picked) if (picked.has(id) && !caseById(id)) picked.delete(id)
})

export function toggle(id: string | undefined): void {
  if (id === undefined) return
  anchor = id
  if (!picked.delete(id)) add(id)
}

function add(id: string): void {
  if (picked.size < MOST_PICKED) picked.add(id)
}

/** From the one that was chosen last to this one. */
export function pickTo(id: string): void {
  const at = (one: string | undefined): number => queue.value.findIndex((feature) => feature.id === one)
  const [a, b] = [at(anchor ?? selectedId.value), at(id)]
  if (b < 0) return
  for (const feature of queue.value.slice(Math.min(a < 0 ? b : a, b), Math.max(a, b) + 1)) add(feature.id)
}

/** Takes the open one and the next along. */
export function pickNext(step: 1 | -1): void {
  const list = queue.value
  const at = list.findIndex((feature) => feature.id === selectedId.value)
  if (at >= 0) add(list[at]!.id)
  const next = at < 0 ? list[0] : list[at + step]
  if (!next) return
  if (at >= 0) add(next.id)
  selectCase(next.id, true)
}

/** Everything that passes the filter, from the top on; or nothing, if that is so already. */
export function pickAll(): void {
  if (pickedAll.value) return picked.clear()
  picked.clear()
  queue.value.slice(0, MOST_PICKED).forEach(({ id }) => picked.add(id))
}
