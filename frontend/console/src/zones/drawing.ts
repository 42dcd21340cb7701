/**
 * The drawing library, behind what the editor needs of it. The library knows polygons of one ring; a shape is shown to
 * it ring by ring, so that holes and parts have corners to be moved like any other.
 */
import {
  TerraDraw,
  TerraDrawCircleMode,
  TerraDrawFreehandMode,
  TerraDrawLineStringMode,
  TerraDrawModeUndoRedo,
  TerraDrawPolygonMode,
  TerraDrawRectangleMode,
  TerraDrawSelectMode,
  type GeoJSONStoreFeatures,
  type HexColor,
  type TerraDrawMouseEvent,
} from 'terra-draw'
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter'
import type { Map as LibreMap } from 'maplibre-gl'
import type { Place, Ring, Shape } from '@/api/zones'
import type { Tool } from './editor'
import { ExactPlaces, largestRing, ringsOf, ringUnder, withRing, type RingAt } from './shape'

export interface DrawingHandlers {
  drawn(ring: Ring): void
  lined(line: Place[]): void
  edited(shape: Shape): void
  /** While a corner is being dragged. */
  moving(shape: Shape): void
  snap(event: TerraDrawMouseEvent): Place | undefined
}

type DrawnFeature = ReturnType<TerraDraw['getSnapshot']>[number]

const MODES: Partial<Record<Tool, string>> = {
  vertices: 'select',
  polygon: 'polygon',
  rectangle: 'rectangle',
  circle: 'circle',
  freehand: 'freehand',
  split: 'linestring',
}
/** Prefix of the ids of sources and layers that the library adds to the map. */
export const DRAWING = 'drawing'

export class Drawing {
  private readonly draw: TerraDraw
  private readonly exact = new ExactPlaces()
  private shape: Shape = []
  private rings = new Map<string | number, RingAt>()
  private selected: RingAt | undefined

  constructor(
    map: LibreMap,
    private readonly handlers: DrawingHandlers,
    color: HexColor,
  ) {
    this.draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: DRAWING }),
      modes: modes(color, (event) => this.snap(event)),
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    })
    this.draw.start()
    this.draw.setMode('static')
    this.draw.on('finish', (id, { action }) => (action === 'draw' ? this.finished(id) : this.edited(id)))
    this.draw.on('change', (ids, type) => type === 'update' && this.moved(ids))
  }

  stop(): void {
    this.draw.stop()
  }

  /** Takes up a tool, with the shape that it works on. */
  use(tool: Tool, shape: Shape): void {
    this.clear()
    this.draw.setMode(MODES[tool] ?? 'static')
    this.shape = shape
    if (tool === 'vertices') this.load()
  }

  /** The shape has changed by something else than this drawing. */
  show(shape: Shape): void {
    if (shape === this.shape) return
    this.shape = shape
    if (this.draw.getMode() !== 'select') return
    this.clear()
    this.draw.setMode('select')
    this.load()
  }

  /** The ring under a place is the one whose corners can be moved. */
  select(place: Place): void {
    const found = ringUnder(this.shape, place)
    if (found) this.grasp(found)
  }

  /** The ring whose corners are shown. */
  get grasped(): RingAt | undefined {
    return this.draw.getMode() === 'select' ? this.selected : undefined
  }

  get isDrawing(): boolean {
    return this.draw.getModeState() === 'drawing'
  }

  /** Takes back the last corner of what is being drawn; false if nothing is. */
  undo(): boolean {
    return this.isDrawing && this.draw.undo()
  }

  redo(): boolean {
    return this.isDrawing && this.draw.redo()
  }

  /** Lets go of what is being drawn and begins anew. */
  cancel(): void {
    const mode = this.draw.getMode()
    this.clear()
    this.draw.setMode('static')
    this.draw.setMode(mode)
  }

  private clear(): void {
    this.draw.clear()
    this.rings.clear()
  }

  private load(): void {
    const rings = ringsOf(this.shape)
    const features = rings.map(({ places }) => ({
      type: 'Feature' as const,
      geometry: { type: 'Polygon' as const, coordinates: [this.exact.rounded(places)] },
      properties: { mode: 'polygon' },
    }))
    this.draw.addFeatures(features).forEach(({ id }, i) => id !== undefined && this.rings.set(id, rings[i]!))
    const kept = rings.find(({ part, ring }) => part === this.selected?.part && ring === this.selected.ring)
    const grasped = kept ?? largestRing(this.shape)
    if (grasped) this.grasp(grasped)
  }

  private grasp({ part, ring }: RingAt): void {
    const found = [...this.rings].find(([, at]) => at.part === part && at.ring === ring)
    if (!found) return
    this.selected = { part, ring }
    this.draw.selectFeature(found[0])
  }

  private snap(event: TerraDrawMouseEvent): Place | undefined {
    const place = this.handlers.snap(event)
    return place && this.exact.rounded([place])[0]
  }

  private finished(id: string | number): void {
    const feature = this.draw.getSnapshotFeature(id)
    // The library is not done with the feature while it tells of it.
    queueMicrotask(() => {
      if (this.draw.hasFeature(id)) this.draw.removeFeatures([id])
      if (feature?.geometry.type === 'Polygon') this.handlers.drawn(this.ringIn(feature))
      if (feature?.geometry.type === 'LineString') this.handlers.lined(this.exact.restored(feature.geometry.coordinates as Ring))
    })
  }

  private edited(id: string | number): void {
    const next = this.shapeWith(id)
    if (!next) return
    this.shape = next
    this.handlers.edited(next)
  }

  private moved(ids: (string | number)[]): void {
    const next = ids.map((id) => this.shapeWith(id)).find(Boolean)
    if (next) this.handlers.moving(next)
  }

  private shapeWith(id: string | number): Shape | undefined {
    const at = this.rings.get(id)
    const feature = at && this.draw.getSnapshotFeature(id)
    return at && feature && withRing(this.shape, at, this.ringIn(feature))
  }

  private ringIn(feature: DrawnFeature): Ring {
    return this.exact.restored((feature.geometry.coordinates as Ring[])[0]!)
  }
}

function modes(color: HexColor, snap: (event: TerraDrawMouseEvent) => Place | undefined) {
  // The map fills the whole shape, holes left out; the library only what is not part of it yet.
  const fillOpacity = ({ properties }: GeoJSONStoreFeatures): number => (properties.currentlyDrawing ? 0.16 : 0)
  const area = { fillColor: color, fillOpacity, outlineColor: color, outlineWidth: 2.5 }
  const point = { Color: color, Width: 5, OutlineColor: '#ffffff' as HexColor, OutlineWidth: 2 }
  const points = (name: string) => Object.fromEntries(Object.entries(point).map(([key, value]) => [name + key, value]))
  // Escape is the editor's own: it also leaves the tool.
  const keyEvents = { cancel: null, finish: 'Enter' }
  const snapping = { toCustom: snap }
  return [
    new TerraDrawPolygonMode({ keyEvents, snapping, styles: { ...area, ...points('closingPoint'), ...points('snappingPoint') } }),
    new TerraDrawRectangleMode({ keyEvents, styles: area }),
    new TerraDrawCircleMode({ keyEvents, styles: area }),
    new TerraDrawFreehandMode({ keyEvents, minDistance: 12, styles: area }),
    new TerraDrawLineStringMode({
      keyEvents,
      snapping,
      styles: { lineStringColor: color, lineStringWidth: 2.5, lineStringDash: [8, 5], ...points('closingPoint') },
    }),
    new TerraDrawSelectMode({
      allowManualSelection: false,
      allowManualDeselection: false,
      keyEvents: null,
      flags: {
        polygon: {
          feature: {
            selfIntersectable: false,
            coordinates: { draggable: true, deletable: true, midpoints: { draggable: true }, snappable: snapping },
          },
        },
      },
      styles: {
        selectedPolygonFillOpacity: 0,
        selectedPolygonOutlineColor: color,
        selectedPolygonOutlineWidth: 2.5,
        selectionPointColor: '#ffffff',
        selectionPointOutlineColor: color,
        selectionPointWidth: 5,
        selectionPointOutlineWidth: 2,
        midPointColor: color,
        midPointOutlineColor: '#ffffff',
        midPointWidth: 3,
        midPointOutlineWidth: 1,
      },
    }),
  ]
}
