/** Faults in how zones fit together: found by the city, shown one by one, mended by changes that it proposes. */
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/zones'
import type { Check, Fault, Mend, SaveChange } from '@/api/zones'
import { fitBox } from '@/map/camera'
import { attempt, openProposed } from './editor'
import { kindOf } from './kinds'
import { boxOf } from './shape'
import { review } from './saving'
import { draftFrom, type Also } from './work'

export const checkKind = ref('cell')
export const within = ref<number | null>(null)
export const check = shallowRef<Check>()
export const faultSort = ref<Fault['fault'] | ''>('')
export const currentFault = shallowRef<Fault>()

export const faults = computed(() =>
  (check.value?.faults ?? []).filter(({ fault }) => !faultSort.value || fault === faultSort.value),
)

export async function runCheck(): Promise<void> {
  currentFault.value = undefined
  check.value = await attempt(() => api.checkTopology(checkKind.value, within.value ?? undefined))
  faultSort.value = ''
}

export function forgetCheck(): void {
  check.value = currentFault.value = undefined
}

export function lookAtFault(fault: Fault): void {
  currentFault.value = fault
  const box = fault.geometry && boxOf(placesIn(fault.geometry.coordinates))
  const [lon, lat] = fault.place
  fitBox(box ?? [lon, lat, lon, lat])
}

/** Coordinates of any geometry, as if they were one ring. */
function placesIn(coordinates: unknown): [number, number][][][] {
  const found: [number, number][] = []
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return
    if (typeof value[0] === 'number') found.push(value as [number, number])
    else value.forEach(walk)
  }
  walk(coordinates)
  return [[found]]
}

/** Opens the mend as an unsaved change, with what it would do. */
export async function openMend(fault: Fault, { code, zone }: Mend): Promise<void> {
  const kind = check.value?.kind ?? checkKind.value
  const answer = await attempt(() => api.mend({ kind, within: within.value, fault: fault.id, mend: code, zone }))
  if (!answer) return
  const saves = answer.changes.flatMap((change) => (change.op === 'save' ? [change] : []))
  const ends = answer.changes.flatMap((change): Also[] => {
    if (change.op !== 'retire') return []
    const named = fault.zones.find((one) => one.id === change.zone)
    return [{ op: 'retire', id: change.zone, base: change.base, name: named?.name_zh ?? '', code: named?.code ?? '' }]
  })
  const [first, ...others] = await Promise.all(saves.map(async (change) => draftFrom(change, await idOf(change))))
  if (!first) return
  const also = [...others.map((draft): Also => ({ op: 'save', draft })), ...ends]
  if (await openProposed({ draft: first, also, from: null, to: null })) await review()
}

/** The id of the zone that a proposed change is about; null for one that would be new. */
async function idOf({ kind, code, base }: SaveChange): Promise<number | null> {
  if (base === null) return null
  const { items } = await api.listZones({ kind, q: code })
  return items.find((zone) => zone.code === code)?.id ?? null
}

/** The kind in which zones of the checked kind lie. */
export const parentKind = computed(() => kindOf(kindOf(checkKind.value)?.parent ?? undefined))
