/** The states of the city that are raised 城市状态, kept as fresh as the map. */
import { computed, shallowRef } from 'vue'
import { flags as ask, putFlag, type Flag } from '@/api/workflow'
import { coalesced } from '@/lib/coalesce'
import { onChanges } from '@/store/live'

const PAUSE = 80
export const flags = shallowRef<Flag[]>([])
export const raised = computed(() => flags.value.filter((flag) => flag.raised))

async function load(): Promise<void> {
  flags.value = (await ask()).items
}

export async function setFlag(code: string, up: boolean, reason: string): Promise<void> {
  flags.value = (await putFlag(code, up, reason)).items
}

export function followFlags(): () => void {
  const refresh = coalesced(load, PAUSE)
  refresh()
  return onChanges((changes) => {
    if (changes.some(({ kind }) => kind.startsWith('flag.'))) refresh()
  })
}
