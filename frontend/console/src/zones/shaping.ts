/** What is done to the shape of the open zone. The city works it out, so that it is exact and the same everywhere. */
import { ref, shallowRef } from 'vue'
import * as api from '@/api/zones'
import type { Place, Ring, Shape, ShapeRequest, ZoneLine } from '@/api/zones'
import { i18n } from '@/i18n'
import { attempt, change, changeShape, drawnAs, problem, tool, work } from './editor'
import { areaOf, geometryOf } from './shape'
import { newDraft, nextCode, type Also } from './work'

const GRID_TOLERANCE = 5 // metres that a corner may be off the grid to be drawn onto it

/** Zones (usually cells) that are chosen to make an area of, by id. */
export const chosen = shallowRef<ReadonlySet<number>>(new Set())
export const chosenKind = ref('cell')

async function workedOut(wanted: ShapeRequest): Promise<Shape[] | undefined> {
  const answer = await attempt(() => api.workOut(wanted))
  return answer?.geometries.map(({ coordinates }) => coordinates)
}

/** The open zone's shape and another area as one, or without it. Cut away entirely, nothing is left. */
async function combine(area: Shape): Promise<void> {
  const shape = work.value?.draft.shape
  if (!shape) return
  if (shape.length === 0) return changeShape(area)
  const op = drawnAs.value === 'cut' ? 'difference' : 'union'
  const found = await workedOut({ op, geometries: [geometryOf(shape), geometryOf(area)] })
  if (found) changeShape(found[0] ?? [])
}

/** An area has been drawn: the first is the shape, those that follow are added or cut out. */
export async function drawn(ring: Ring): Promise<void> {
  await combine([[ring]])
  tool.value = 'vertices'
}

export function choose(id: number, on = !chosen.value.has(id)): void {
  const next = new Set(chosen.value)
  if (on) next.add(id)
  else next.delete(id)
  chosen.value = next
}

export function chooseNone(): void {
  chosen.value = new Set()
}

export async function takeChosen(): Promise<void> {
  const found = await workedOut({ op: 'union', zones: [...chosen.value] })
  if (!found?.[0]) return
  await combine(found[0])
  chooseNone()
  tool.value = 'vertices'
}

/** Cuts the open zone along a line: the greatest piece stays the zone, the others become zones of their own. */
export async function split(line: Place[]): Promise<void> {
  const now = work.value
  if (!now) return
  const geometries = [geometryOf(now.draft.shape)]
  const pieces = await workedOut({ op: 'split', geometries, line: { type: 'LineString', coordinates: line } })
  if (!pieces) return
  const [greatest, ...others] = pieces.toSorted((a, b) => areaOf(b) - areaOf(a))
  if (!greatest || others.length === 0) {
    problem.value = i18n.global.t('zones.tools.noCut')
    return
  }
  const { kind, code, department, precedence } = now.draft
  const taken = await codesLike(kind, code)
  const also = others.map((shape): Also => {
    const next = nextCode(code, taken)
    taken.push(next)
    return { op: 'save', draft: { ...newDraft(kind), code: next, department, precedence, shape } }
  })
  change({ draft: { ...now.draft, shape: greatest }, also: [...now.also, ...also] })
  tool.value = 'look'
}

async function codesLike(kind: string, code: string): Promise<string[]> {
  const { items } = await api.listZones({ kind, q: code.slice(0, -3) || undefined, limit: 500 })
  return items.map((item) => item.code)
}

/** Takes another zone into the open one; the other ends with the same change. */
export async function merge(other: ZoneLine): Promise<void> {
  const now = work.value
  if (!now || other.id === now.draft.id) return
  const found = await workedOut({ op: 'union', zones: [other.id], geometries: [geometryOf(now.draft.shape)] })
  if (!found?.[0]) return
  const ends: Also = { op: 'retire', id: other.id, base: other.number, name: other.name_zh, code: other.code }
  const also = now.also.filter((entry) => entry.op !== 'retire' || entry.id !== other.id)
  change({ draft: { ...now.draft, shape: found[0] }, also: [...also, ends] })
}

/** Draws corners and edges that are nearly on the grid onto it. */
export async function alignToGrid(kind: string): Promise<void> {
  const shape = work.value?.draft.shape
  if (!shape?.length) return
  const found = await workedOut({ op: 'snap', geometries: [geometryOf(shape)], kind, tolerance_m: GRID_TOLERANCE })
  if (found?.[0]) changeShape(found[0])
}
