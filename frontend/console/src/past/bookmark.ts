/** Goes to what somebody has bookmarked: its moment, its layers, its case, and the map as it was looked at. */
import type { Bookmark } from '@/api/history'
import { lookFrom } from '@/map/camera'
import { layersOf } from '@/map/layer-code'
import { goTo } from '@/store/past'
import { preferences } from '@/store/preferences'
import { selectByNumber } from '@/store/selection'

export async function openBookmark({ seq, view }: Bookmark): Promise<void> {
  const { zoom, center, pitch, bearing, layers, case: number } = view
  if (layers !== undefined) Object.assign(preferences.layers, layersOf(layers))
  if (zoom !== undefined && center) lookFrom({ zoom, center, pitch, bearing })
  await goTo({ seq })
  // A case that is not ours to see is no reason to stop: the moment is shown without it.
  if (number) await selectByNumber(number).catch(() => undefined)
}
