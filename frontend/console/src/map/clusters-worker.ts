/** Gathers places beside the page: with 100,000 of them it takes a good part of a second, in which the page goes on. */
import { PointClusters, type Points } from './clusters'

let held: PointClusters | undefined

addEventListener('message', ({ data: { points, zoom } }: MessageEvent<{ points?: Points; zoom: number }>) => {
  if (points) held = new PointClusters(points)
  postMessage(held?.at(zoom) ?? { clusters: [], singles: [] })
})
