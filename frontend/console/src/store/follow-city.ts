/**
 * Keeps what the city says once as fresh as the map: zones that change move the address of their tiles, and whatever
 * else the city answers with comes along.
 */
import { watch } from 'vue'
import { coalesced } from '@/lib/coalesce'
import { loadCity } from './city'
import { connection, onChanges } from './live'

// Long enough for the frames of one act, short enough to be seen as at once.
const PAUSE = 120
const TYPES = new Set(['department', 'zone', 'zone_import', 'zone_kind'])

export function followCity(): () => void {
  const refresh = coalesced(loadCity, PAUSE)
  const ends = [
    onChanges((changes) => {
      if (changes.some(({ type }) => TYPES.has(type))) refresh()
    }),
    // What happened while the line was away for too long was told to nobody.
    watch(
      () => connection.value.phase,
      (phase) => phase === 'stale' && refresh(),
    ),
  ]
  return () => ends.forEach((end) => end())
}
