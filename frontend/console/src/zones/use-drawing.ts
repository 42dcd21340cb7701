/** The drawing library on the editor's map, in step with the tool in hand and with the steps back and forth. */
import type { Map as LibreMap } from 'maplibre-gl'
import type { HexColor } from 'terra-draw'
import { onScopeDispose, watch } from 'vue'
import * as api from '@/api/zones'
import type { Shape } from '@/api/zones'
import { bootstrap } from '@/store/city'
import { tokens } from '@/store/preferences'
import { Drawing } from './drawing'
import { changeShape, redo, snapping, tool, undo, work } from './editor'
import { geometryOf, withoutRing } from './shape'
import { drawn, split } from './shaping'
import { Snapping } from './snapping'
import { feature, placeOf, setShapes } from './use-zone-map'

let drawing: Drawing | undefined

export function useDrawing(map: LibreMap): void {
  const snaps = new Snapping(map, shapeOfZone)
  drawing = new Drawing(
    map,
    {
      drawn: (ring) => void drawn(ring),
      lined: (line) => void split(line),
      edited: changeShape,
      moving: (shape) => setShapes(map, 'work', [feature(geometryOf(shape))]),
      snap: ({ containerX, containerY }) =>
        snapping.value ? snaps.at({ x: containerX, y: containerY }, work.value?.draft.id ?? null) : undefined,
    },
    tokens.value.accentSolid as HexColor,
  )
  map.on('click', (event) => tool.value === 'vertices' && drawing?.select(placeOf(event)))
  watch(tool, (now) => drawing?.use(now, work.value?.draft.shape ?? []), { immediate: true })
  watch(
    () => work.value?.draft.shape,
    (shape) => drawing?.show(shape ?? []),
  )
  watch(() => bootstrap.value?.tiles.zones, () => snaps.forget())
  onScopeDispose(() => {
    drawing?.stop()
    drawing = undefined
  })
}

/** Its shape alone: to open a zone is to look at its people, and that is noted. */
async function shapeOfZone(id: number): Promise<Shape> {
  const { geometries } = await api.workOut({ op: 'union', zones: [id] })
  return geometries[0]?.coordinates ?? []
}

/** One step back: a corner of what is being drawn, or the last step. */
export const stepBack = (): void => void (drawing?.undo() || undo())
export const stepOn = (): void => void (drawing?.redo() || redo())

/** Takes away the ring whose corners are shown: fills a hole, drops a part. */
export function dropRing(): void {
  const at = drawing?.grasped
  if (at && work.value) changeShape(withoutRing(work.value.draft.shape, at))
}

/** Lets go of what is being drawn; false if nothing is. */
export function cancelDrawing(): boolean {
  if (!drawing?.isDrawing) return false
  drawing.cancel()
  return true
}
