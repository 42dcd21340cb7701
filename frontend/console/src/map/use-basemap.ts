/** Keeps the style of the map in step with theme, language and layers. */
import type { Map as LibreMap, StyleSpecification, VectorTileSource } from 'maplibre-gl'
import { computed, ref, watch } from 'vue'
import type { Bootstrap } from '@/api/models'
import { bootstrap } from '@/store/city'
import { zonesAt } from '@/store/past'
import { preferences, themeName } from '@/store/preferences'
import { pointedZone } from '@/store/selection'
import { areaDepartments } from './areas'
import { measuring } from './measure/measuring'
import { POINTED_ZONE, POINTED_ZONE_EDGE, zoneIs } from './layers/zones'
import { mapStyle } from './style'

const TILTED = 8 // degrees from which relief can be seen

const tilted = ref(false)

export function styleOf(city: Bootstrap) {
  return mapStyle(city, {
    dark: themeName.value === 'dark',
    locale: preferences.locale,
    relief: preferences.layers.buildings && !preferences.lowGraphics && tilted.value,
    labels: preferences.layers.labels,
    fewLabels: preferences.lowGraphics,
    shade: preferences.layers.shade === 'none' ? undefined : preferences.layers.shade,
    areas: preferences.layers.departments ? areaDepartments.value : undefined,
    heat: preferences.layers.heat && !preferences.lowGraphics,
    measure: measuring.value,
    zones: preferences.layers.zones,
    at: zonesAt.value,
  })
}

export function useBasemap(map: LibreMap): void {
  const style = computed(() => styleOf(bootstrap.value!))
  map.on('pitch', () => (tilted.value = map.getPitch() > TILTED))
  watch(style, (now) => {
    moveTiles(map, now)
    map.setStyle(now, { diff: true, transformStyle: keepData })
  })
  watch(pointedZone, (id) => {
    for (const layer of [POINTED_ZONE, POINTED_ZONE_EDGE]) if (map.getLayer(layer)) map.setFilter(layer, zoneIs(id))
  })
}

/** What is drawn of data that the page itself sets (heat, measuring) stays as it is. */
function keepData(before: StyleSpecification | undefined, next: StyleSpecification): StyleSpecification {
  const held = Object.entries(next.sources).map(([id, source]) => [id, source.type === 'geojson' ? (before?.sources[id] ?? source) : source])
  return { ...next, sources: Object.fromEntries(held) }
}

/**
 * Gives sources the new addresses of their tiles. What is drawn stays until the new tiles are there; a new style alone
 * would take the source away and leave the map without zones meanwhile.
 */
export function moveTiles(map: LibreMap, style: StyleSpecification): void {
  for (const [id, wanted] of Object.entries(style.sources)) {
    const source = map.getSource<VectorTileSource>(id)
    if (wanted.type !== 'vector' || !wanted.tiles || source?.type !== 'vector') continue
    if (source.tiles?.join() !== wanted.tiles.join()) source.setTiles(wanted.tiles)
  }
}
