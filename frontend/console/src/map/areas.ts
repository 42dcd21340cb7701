/** Whose ground is whose: the departments that answer for the streets of the city, in the order of their colours. */
import { shallowRef, watch } from 'vue'
import { bootstrap } from '@/store/city'
import { preferences } from '@/store/preferences'
import { linesOfKind } from './zone-ids'

const TILES = 'street' // the kind of zone that is drawn: a street office has the ground, a bureau runs through the whole city
export const areaDepartments = shallowRef<string[]>([])

export function useAreas(): void {
  watch(
    [() => preferences.layers.departments, () => bootstrap.value?.tiles.zones],
    async ([on]) => {
      if (!on) return
      const lines = await linesOfKind(TILES).catch(() => [])
      areaDepartments.value = [...new Set(lines.map(({ department }) => department).filter(Boolean))].sort()
    },
    { immediate: true },
  )
}
