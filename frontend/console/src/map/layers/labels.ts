import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl'
import type { Palette } from '../palette'

/** A kind of name on the map: the smaller `order`, the sooner it is placed when there is no room for all. */
interface Kind {
  id: string
  classes: string[]
  from: number
  to?: number
  size: [number, number]
  color: (p: Palette) => string
  weight: 'Medium' | 'Semibold'
  spacing?: number
}

const KINDS: Kind[] = [
  { id: 'park', classes: ['park', 'scenic_area', 'garden'], from: 13, size: [11, 13], color: (p) => p.labelGreen, weight: 'Medium' },
  { id: 'water', classes: ['river', 'lake', 'water', 'canal', 'pond'], from: 11.5, size: [11, 14], color: (p) => p.labelWater, weight: 'Medium', spacing: 0.18 },
  { id: 'community', classes: ['community'], from: 13.6, to: 17, size: [11, 13], color: (p) => p.label, weight: 'Medium' },
  { id: 'street', classes: ['street'], from: 10.5, to: 15.5, size: [12, 16], color: (p) => p.labelStrong, weight: 'Semibold', spacing: 0.06 },
  { id: 'district', classes: ['district', 'city'], from: 8, to: 11, size: [14, 18], color: (p) => p.labelStrong, weight: 'Semibold', spacing: 0.1 },
]
const GREAT = ['street', 'district', 'water'] // names that remain when few are drawn
const NAMED = KINDS.flatMap((kind) => kind.classes)

/** The map reads the weight from the first name, which need not be a font; the others are families as in a style sheet. */
export const font = (weight: string): string[] => [
  weight,
  'Inter Variable',
  'PingFang SC',
  'Microsoft YaHei',
  'Noto Sans CJK SC',
]

export function nameIn(locale: 'zh' | 'en'): ExpressionSpecification {
  const [first, second] = locale === 'zh' ? ['name_zh', 'name_en'] : ['name_en', 'name_zh']
  // An empty name counts as none.
  return ['case', ['!=', ['coalesce', ['get', first], ''], ''], ['get', first], ['coalesce', ['get', second], '']]
}

export function labelLayers(p: Palette, locale: 'zh' | 'en', magnify = 1, few = false): LayerSpecification[] {
  if (few) return KINDS.filter(({ id }) => GREAT.includes(id)).map((kind) => pointNames(kind, p, locale, magnify))
  const others: Kind = { id: 'place', classes: [], from: 14.8, size: [11, 12], color: (q) => q.label, weight: 'Medium' }
  return [roadNames(p, locale, magnify), ...[others, ...KINDS].map((kind) => pointNames(kind, p, locale, magnify))]
}

function pointNames(kind: Kind, p: Palette, locale: 'zh' | 'en', magnify: number): LayerSpecification {
  const [small, large] = kind.size
  const filter: FilterSpecification =
    kind.classes.length > 0
      ? ['in', ['get', 'class'], ['literal', kind.classes]]
      : ['!', ['in', ['get', 'class'], ['literal', NAMED]]]
  return {
    id: `label-${kind.id}`,
    type: 'symbol',
    source: 'basemap',
    'source-layer': 'labels',
    minzoom: kind.from,
    maxzoom: kind.to ?? 24,
    filter,
    layout: {
      'text-field': nameIn(locale),
      'text-font': font(kind.weight),
      'text-size': ['interpolate', ['linear'], ['zoom'], kind.from, small * magnify, kind.from + 3, large * magnify],
      'text-letter-spacing': kind.spacing ?? 0.02,
      'text-max-width': 9,
      'text-padding': 6,
      'symbol-sort-key': ['coalesce', ['get', 'rank'], 0],
    },
    paint: { 'text-color': kind.color(p), 'text-halo-color': p.halo, 'text-halo-width': 1.4, 'text-halo-blur': 0.3 },
  }
}

function roadNames(p: Palette, locale: 'zh' | 'en', magnify: number): LayerSpecification {
  return {
    id: 'label-road',
    type: 'symbol',
    source: 'basemap',
    'source-layer': 'roads',
    minzoom: 13,
    filter: ['any', ['in', ['get', 'class'], ['literal', ['expressway', 'arterial']]], ['>=', ['zoom'], 15]],
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 360,
      // Names that lie flat on a tilted map cannot be read.
      'text-pitch-alignment': 'viewport',
      'text-field': nameIn(locale),
      'text-font': font('Medium'),
      'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10.5 * magnify, 17, 12.5 * magnify],
      'text-letter-spacing': 0.03,
      'text-padding': 8,
    },
    paint: { 'text-color': p.label, 'text-halo-color': p.halo, 'text-halo-width': 1.4 },
  }
}
