/** What is drawn of the cases at a zoom, as it becomes known. */
import { onScopeDispose, shallowRef, watchEffect, type ShallowRef } from 'vue'
import type { CaseFeature } from '@/live/protocol'
import { ClusterFeed, type Gather } from './cluster-feed'
import type { Placed } from './clusters'
import ClusterWorker from './clusters-worker?worker'

export function useClusters(cases: () => CaseFeature[], zoom: () => number): ShallowRef<Placed> {
  const placed = shallowRef<Placed>({ clusters: [], singles: [] })
  let worker: Worker | undefined
  // One question at a time: the answer that comes is the one to it.
  const gather: Gather = (points, level) =>
    new Promise((answered) => {
      worker ??= new ClusterWorker()
      worker.onmessage = ({ data }) => answered(data)
      worker.postMessage({ points, zoom: level }, points ? [points.lon.buffer, points.lat.buffer, points.urgent.buffer] : [])
    })
  const feed = new ClusterFeed((found) => (placed.value = found), gather)
  watchEffect(() => feed.want(cases(), zoom()))
  onScopeDispose(() => {
    feed.stop()
    worker?.terminate()
  })
  return placed
}
