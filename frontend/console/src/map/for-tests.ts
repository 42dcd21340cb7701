/**
 * `window.__yiwang`: what browser tests may read. It shows and changes nothing.
 *   map         the MapLibre map, for `queryRenderedFeatures`, `once('idle')`, `getZoom` and the like
 *   features()  copies of the cases and devices that the page holds at this moment: id, version and state in one object
 */
import type { Map as LibreMap } from 'maplibre-gl'
import type { CaseFeature, CaseState, DeviceFeature, DeviceState } from '@/live/protocol'
import { cases, devices } from '@/store/live'

type Seen<State> = State & { id: string; version: number }

declare global {
  interface Window {
    __yiwang?: Readonly<{ map: LibreMap; features(): { cases: Seen<CaseState>[]; devices: Seen<DeviceState>[] } }>
  }
}

export function showToTests(map: LibreMap): void {
  window.__yiwang = Object.freeze({
    map,
    features: () => ({ cases: cases.value.map(seen), devices: devices.value.map(seen) }),
  })
}

function seen<F extends CaseFeature | DeviceFeature>({ id, version, state }: F): Seen<F['state']> {
  return structuredClone({ id, version, ...state })
}
