/** The zones by kind, as the dock lists them: what holds now, or at a time that somebody looks at. */
import { ref, shallowReactive, shallowRef, watch } from 'vue'
import * as api from '@/api/zones'
import type { ZoneLine } from '@/api/zones'
import { coalesced } from '@/lib/coalesce'
import { bootstrap } from '@/store/city'
import { kinds, loadKinds } from './kinds'

const MOST = 500

export interface Listed {
  items: ZoneLine[]
  total: number
}

/** Milliseconds since 1970; null: now. */
export const shownAt = ref<number | null>(null)
export const search = ref('')
/** Kinds whose zones are listed. */
export const unfolded = ref<string[]>([])
export const lists = shallowReactive(new Map<string, Listed>())
export const found = ref<Listed>()
/** Places to be named on the map: all zones of kinds that do not tile the city. */
export const named = shallowRef<ZoneLine[]>([])

const at = (): string | undefined => (shownAt.value === null ? undefined : new Date(shownAt.value).toISOString())

export async function list(kind: string): Promise<void> {
  lists.set(kind, await api.listZones({ kind, at: at(), limit: MOST }))
}

async function find(): Promise<void> {
  const q = search.value.trim()
  const answer = q ? await api.listZones({ q, at: at(), limit: 100 }) : undefined
  if (q === search.value.trim()) found.value = answer
}

export async function unfold(kind: string, on: boolean): Promise<void> {
  const others = unfolded.value.filter((code) => code !== kind)
  unfolded.value = on ? [...others, kind] : others
  if (on) await list(kind)
}

async function name(): Promise<void> {
  const places = kinds.value.filter(({ exclusive }) => !exclusive)
  const answers = await Promise.all(places.map(({ code }) => api.listZones({ kind: code, at: at(), limit: MOST })))
  named.value = answers.flatMap(({ items }) => items)
}

/** Keeps the lists as fresh as the tiles, whose address moves with every change of zones. */
export function followLists(): () => void {
  const again = coalesced(() => Promise.all([...unfolded.value.map(list), find(), loadKinds().then(name)]), 100)
  const ends = [
    watch([() => bootstrap.value?.tiles.zones, shownAt], again),
    watch(search, coalesced(find, 180)),
  ]
  again()
  return () => ends.forEach((end) => end())
}
