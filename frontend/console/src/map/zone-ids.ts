/** What the city says of the zones of a kind, asked once for each state of the zones: cases name zones by id alone. */
import { get } from '@/api/http'
import type { ZoneLine } from '@/api/zones'
import { bootstrap } from '@/store/city'

const MOST = 500 // that the city lists at once
const known = new Map<string, Promise<ZoneLine[]>>()

export function linesOfKind(kind: string): Promise<ZoneLine[]> {
  const key = `${bootstrap.value?.tiles.zones} ${kind}`
  let asked = known.get(key)
  if (!asked) {
    asked = get<{ items: ZoneLine[] }>(`/api/zones?kind=${kind}&limit=${MOST}`).then(({ items }) => items)
    known.set(key, asked)
    asked.catch(() => known.delete(key))
  }
  return asked
}

export const zonesOfKind = async (kind: string): Promise<Set<number>> => new Set((await linesOfKind(kind)).map(({ id }) => id))
