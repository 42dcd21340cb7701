/** The layers that are on, as a word of the address: `devices.heat.shade-load.z-street`. */
import type { MapLayers } from '@/store/preferences'

const SWITCHES = ['devices', 'buildings', 'labels', 'heat', 'departments', 'people', 'vehicles', 'water'] as const

export function layersCode(layers: MapLayers): string {
  const on: string[] = SWITCHES.filter((name) => layers[name])
  if (layers.shade !== 'none') on.push(`shade-${layers.shade}`)
  return [...on, ...layers.zones.map((kind) => `z-${kind}`)].join('.')
}

/** What is not named is off; what is unknown is left out. */
export function layersOf(code: string): MapLayers {
  const named = new Set(code.split('.'))
  const switches = Object.fromEntries(SWITCHES.map((name) => [name, named.has(name)])) as Record<(typeof SWITCHES)[number], boolean>
  const shade = (['load', 'overdue'] as const).find((by) => named.has(`shade-${by}`)) ?? 'none'
  const zones = [...named].filter((name) => /^z-[\w-]+$/.test(name)).map((name) => name.slice(2))
  return { ...switches, shade, zones }
}
