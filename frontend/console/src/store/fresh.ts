/** Cases that have just been opened: they slide into the queue and pulse once on the map. */
import { shallowReactive } from 'vue'
import { onChanges } from './live'

const LASTS = 2_400

export const fresh = shallowReactive(new Set<string>())

onChanges((changes) => {
  for (const change of changes) {
    if (change.type !== 'case' || change.kind !== 'case.opened' || !change.state) continue
    fresh.add(change.id)
    setTimeout(() => fresh.delete(change.id), LASTS)
  }
})
