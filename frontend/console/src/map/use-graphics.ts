/** With few graphics the map lies flat: a tilted one shows more ground, and draws it all. */
import type { Map as LibreMap } from 'maplibre-gl'
import { watch } from 'vue'
import { preferences } from '@/store/preferences'
import { MAX_TILT } from './camera'

export function useGraphics(map: LibreMap): void {
  watch(() => preferences.lowGraphics, (low) => map.setMaxPitch(low ? 0 : MAX_TILT), { immediate: true })
}
