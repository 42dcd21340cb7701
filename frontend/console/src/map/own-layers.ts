import type { StyleSpecification } from 'maplibre-gl'

/**
 * `next` with the sources and layers that others (a drawing tool) have put on the map since `ours` was set. A style is
 * changed as a whole when theme or language change, and would drop them.
 */
export function keepOthers(before: StyleSpecification, next: StyleSpecification, ours: StyleSpecification): StyleSpecification {
  const known = new Set(ours.layers.map(({ id }) => id))
  const others = Object.entries(before.sources).filter(([id]) => !(id in ours.sources))
  return {
    ...next,
    sources: { ...next.sources, ...Object.fromEntries(others) },
    layers: [...next.layers, ...before.layers.filter(({ id }) => !known.has(id))],
  }
}
