/** Thematic layers of the ground: the grid coloured by what happens in it, departments' areas, the heat of cases. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { LEVELS, type ShadeBy } from '../shading'

/** From few to many, for dark and light ground. Each differs in lightness, so that it can be told without colour too. */
export const RAMPS: Record<ShadeBy, { dark: string[]; light: string[] }> = {
  load: {
    dark: ['#1d3a5c', '#235c8a', '#2a83b0', '#4bafc8', '#a2dfe0'],
    light: ['#d3e6f2', '#a3cbe5', '#6aa9d3', '#3682b8', '#145a91'],
  },
  overdue: {
    dark: ['#4d2a1d', '#7d3a1f', '#b34e22', '#e2763a', '#ffc08a'],
    light: ['#fbe0cf', '#f5b795', '#e98a5c', '#cf5f33', '#a03a17'],
  },
}
export const HEAT = ['#3b6fd6', '#37b8b0', '#f0c649', '#f08c3a', '#f4504f']
/** Colours that neighbours can be told apart by, on dark and on light ground. */
const AREAS = ['#5b8def', '#4aa8a0', '#d9822b', '#9b7ede', '#4caf6d', '#d65db1', '#c7a63c', '#3fa7d6', '#c96a6a', '#7d9a4f', '#8f8fd0', '#b5804a']

export const areaColor = (index: number): string => AREAS[index % AREAS.length]!
export const SHADE = 'shade' // the feature state of a zone: its class, from 1 on

export function shadeLayers(by: ShadeBy | undefined, dark: boolean): LayerSpecification[] {
  if (!by) return []
  const ramp = RAMPS[by][dark ? 'dark' : 'light']
  const state: ExpressionSpecification = ['coalesce', ['feature-state', SHADE], 0]
  const color: ExpressionSpecification = ['step', state, ramp[0]!, ...ramp.slice(1).flatMap((c, i) => [i + 2, c])] as unknown as ExpressionSpecification
  return LEVELS.map(({ kind, from, to }): LayerSpecification => ({
    id: `shade-${kind}`,
    type: 'fill',
    source: 'zones',
    'source-layer': 'zones',
    minzoom: from,
    maxzoom: to,
    filter: ['==', ['get', 'kind'], kind],
    paint: { 'fill-color': color, 'fill-opacity': ['case', ['>', state, 0], dark ? 0.62 : 0.7, 0], 'fill-antialias': false },
  }))
}

/** `departments` are the codes in the order of their colours. */
export function areaLayers(departments: string[] | undefined, dark: boolean): LayerSpecification[] {
  if (!departments?.length) return []
  const color = ['match', ['get', 'department'], ...departments.flatMap((code, i) => [code, areaColor(i)]), '#000000'] as unknown as ExpressionSpecification
  const common = { source: 'zones', 'source-layer': 'zones', filter: ['all', ['in', ['get', 'kind'], ['literal', ['street', 'responsibility_area']]], ['in', ['get', 'department'], ['literal', departments]]] as ExpressionSpecification }
  return [
    { id: 'area-fill', type: 'fill', ...common, filter: ['all', ['==', ['get', 'kind'], 'street'], ['in', ['get', 'department'], ['literal', departments]]], paint: { 'fill-color': color, 'fill-opacity': dark ? 0.2 : 0.24 } },
    { id: 'area-edge', type: 'line', ...common, paint: { 'line-color': color, 'line-width': 1.6, 'line-opacity': 0.9 } },
  ]
}

export function heatLayers(on: boolean | undefined): LayerSpecification[] {
  if (!on) return []
  const ramp = HEAT.flatMap((color, i) => [0.18 + (i * 0.82) / (HEAT.length - 1), color])
  return [
    {
      id: 'heat',
      type: 'heatmap',
      source: 'heat',
      paint: {
        'heatmap-weight': ['get', 'weight'],
        'heatmap-intensity': ['interpolate', ['linear'], ['zoom'], 10, 0.6, 15, 1.6],
        'heatmap-radius': ['interpolate', ['linear'], ['zoom'], 10, 14, 13, 30, 16, 70],
        'heatmap-opacity': 0.66,
        'heatmap-color': ['interpolate', ['linear'], ['heatmap-density'], 0, 'rgba(59,111,214,0)', ...ramp] as unknown as ExpressionSpecification,
      },
    },
  ]
}
