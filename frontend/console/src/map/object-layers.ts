/** What stands on the ground: cases, their clusters, the selected one, devices. */
import type { Layer } from '@deck.gl/core'
import { IconLayer, ScatterplotLayer, TextLayer } from '@deck.gl/layers'
import type { CaseFeature, DeviceFeature } from '@/live/protocol'
import { majorOf } from '@/store/city'
import { rgba, type Tokens } from '@/theme/tokens'
import { caseSign, deviceSign, ringSign, type Atlas } from './atlas'
import type { Cluster, Placed } from './clusters'

export const CASES = 'cases'
export const CLUSTERS = 'clusters'
export const DEVICES = 'devices'

export interface Objects {
  placed: Placed
  devices: DeviceFeature[]
  selected: CaseFeature | undefined
  zoom: number
  /** How many times as large signs are drawn. */
  magnify?: number
}

// Flat things in one plane would eat each other when the map is tilted; they are drawn in order instead.
const FLAT = { depthWriteEnabled: false, depthCompare: 'always' } as const
const SIZE: Record<number, number> = { 1: 22, 2: 25, 3: 31 }

/** Signs shrink towards the whole city, so that they do not cover it. */
const scaleAt = (zoom: number): number => Math.min(1.12, Math.max(0.72, 0.72 + (zoom - 12) * 0.12))

export function objectLayers(objects: Objects, atlas: Atlas, tokens: Tokens): Layer[] {
  const magnify = objects.magnify ?? 1
  const scale = scaleAt(objects.zoom) * magnify
  return [
    deviceLayer(objects.devices, atlas, objects.zoom, magnify),
    ...clusterLayers(objects.placed.clusters, atlas, tokens, magnify),
    selectedLayer(objects.selected, tokens, scale),
    caseLayer(objects.placed.singles, atlas, scale),
  ]
}

function caseLayer(cases: CaseFeature[], atlas: Atlas, scale: number): Layer {
  return new IconLayer<CaseFeature>({
    id: CASES,
    data: cases,
    ...icons(atlas),
    getIcon: ({ state }) => caseSign(state.urgency, majorOf(state.category), state.status === 'handled'),
    getPosition: ({ state }) => [state.lon, state.lat],
    getSize: ({ state }) => SIZE[state.urgency] ?? SIZE[1]!,
    sizeScale: scale,
    pickable: true,
    parameters: FLAT,
  })
}

function deviceLayer(devices: DeviceFeature[], atlas: Atlas, zoom: number, magnify: number): Layer {
  return new IconLayer<DeviceFeature>({
    id: DEVICES,
    data: devices,
    ...icons(atlas),
    getIcon: ({ state }) => deviceSign(state.status),
    getPosition: ({ state }) => [state.lon, state.lat],
    getSize: ({ state }) => (state.status === 'alarm' ? 15 : 8),
    getColor: ({ state }) => [255, 255, 255, state.status === 'alarm' ? 255 : 150],
    sizeScale: (zoom < 15 ? 0.85 : 1.2) * magnify,
    pickable: true,
    parameters: FLAT,
  })
}

function icons(atlas: Atlas) {
  // The types know addresses only; the layer takes any picture, and an address would need `data:` to be allowed.
  return { iconAtlas: atlas.picture as unknown as string, iconMapping: atlas.signs }
}

function clusterLayers(clusters: Cluster[], atlas: Atlas, tokens: Tokens, magnify: number): Layer[] {
  return [
    new IconLayer<Cluster>({
      id: CLUSTERS,
      data: clusters,
      ...icons(atlas),
      getIcon: ({ urgent, count }) => ringSign(urgent, count),
      getPosition: (cluster) => cluster.position,
      getSize: ({ count }) => Math.min(52, 26 + Math.sqrt(count) * 2.3),
      sizeScale: magnify,
      pickable: true,
      parameters: FLAT,
    }),
    new TextLayer<Cluster>({
      id: 'cluster-counts',
      data: clusters,
      getPosition: (cluster) => cluster.position,
      getText: (cluster) => String(cluster.count),
      getSize: 12,
      sizeScale: magnify,
      getColor: rgba(tokens.text),
      fontFamily: 'Inter Variable, sans-serif',
      fontWeight: 600,
      characterSet: '0123456789',
      fontSettings: { fontSize: 48 },
      parameters: FLAT,
    }),
  ]
}

function selectedLayer(selected: CaseFeature | undefined, tokens: Tokens, scale: number): Layer {
  return new ScatterplotLayer<CaseFeature>({
    id: 'selected',
    billboard: true,
    data: selected ? [selected] : [],
    getPosition: ({ state }) => [state.lon, state.lat],
    getRadius: ({ state }) => ((SIZE[state.urgency] ?? 22) / 2) * scale + 6,
    radiusUnits: 'pixels',
    filled: true,
    getFillColor: rgba(tokens.accent, 40),
    stroked: true,
    getLineColor: rgba(tokens.accent),
    getLineWidth: 2.5,
    lineWidthUnits: 'pixels',
    parameters: FLAT,
    updateTriggers: { getRadius: scale },
  })
}
