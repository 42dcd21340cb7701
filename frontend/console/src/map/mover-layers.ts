/** What moves, with its way; and where water stands. */
import type { Layer } from '@deck.gl/core'
import { IconLayer, PathLayer, ScatterplotLayer } from '@deck.gl/layers'
import type { Mover } from '@/live/movers'
import type { DeviceFeature } from '@/live/protocol'
import { rgba, type Tokens } from '@/theme/tokens'
import { moverSign, type Atlas } from './atlas'
import type { Trail } from './trails'

export const MOVERS = 'movers'
const FLAT = { depthWriteEnabled: false, depthCompare: 'always' } as const
const WATER = 90 // metres around a gauge: a sign of where, not a claim of how far

export function moverLayers(movers: Mover[], trails: Trail[], atlas: Atlas, tokens: Tokens, zoom: number): Layer[] {
  const color = (mover: Mover): string => (mover.type === 'vehicle' ? tokens.vehicle : tokens.person)
  return [
    new PathLayer<Trail>({
      id: 'trails',
      data: trails,
      getPath: ({ path }) => path,
      getColor: ({ mover }) => rgba(color(mover), 150),
      getWidth: 2.5,
      widthUnits: 'pixels',
      capRounded: true,
      jointRounded: true,
      parameters: FLAT,
    }),
    new IconLayer<Mover>({
      id: MOVERS,
      data: movers,
      iconAtlas: atlas.picture as unknown as string,
      iconMapping: atlas.signs,
      getIcon: ({ type, heading }) => moverSign(type, Number.isFinite(heading)),
      getPosition: ({ lon, lat }) => [lon, lat],
      // The layer turns against the clock.
      getAngle: ({ type, heading }) => (type === 'vehicle' && Number.isFinite(heading) ? -heading : 0),
      getSize: ({ type }) => (type === 'vehicle' ? 21 : 15),
      sizeScale: zoom < 13 ? 0.72 : 1,
      billboard: false,
      pickable: true,
      parameters: FLAT,
    }),
  ]
}

export function waterLayer(gauges: DeviceFeature[], tokens: Tokens): Layer {
  return new ScatterplotLayer<DeviceFeature>({
    id: 'waterlogging',
    data: gauges,
    getPosition: ({ state }) => [state.lon, state.lat],
    getRadius: WATER,
    radiusUnits: 'meters',
    radiusMinPixels: 13,
    filled: true,
    getFillColor: rgba(tokens.water, 72),
    stroked: true,
    getLineColor: rgba(tokens.water),
    getLineWidth: 2.5,
    lineWidthUnits: 'pixels',
    parameters: FLAT,
  })
}
