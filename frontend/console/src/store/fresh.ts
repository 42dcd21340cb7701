/** Cases that have just been opened: they slide into the queue and pulse once on the map. */
import { shallowReactive } from 'vue'
import { onChanges, showing } from './live'

const LASTS = 2_400

export const fresh = shallowReactive(new Set<string>())

onChanges((changes) => {
  // Played fast, every row would be one that slides in, and none could be read.
  if (showing.value === 'past') return
  for (const change of changes) {
    if (change.type !== 'case' || change.kind !== 'case.opened' || !change.state) continue
    fresh.add(change.id)
    setTimeout(() => fresh.delete(change.id), LASTS)
  }
})
