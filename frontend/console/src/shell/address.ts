/**
 * Keeps the view, the open case and the moment of the past in the address, so that it can be passed on:
 * `?case=NUMBER&at=2026-11-23T06:05:09.000Z&z=14.2&c=120.3,31.6&p=52&b=-20&l=devices.heat`, where `p` is the tilt, `b`
 * the bearing and `l` the layers. `?bookmark=ID` opens what somebody has bookmarked.
 */
import { watch } from 'vue'
import { bookmark } from '@/api/history'
import { openBookmark } from '@/past/bookmark'
import { goTo, moment, playing, restCount } from '@/store/past'
import { selectByNumber } from '@/store/selection'

export interface View {
  zoom: number
  center: [number, number]
  /** Degrees; left out of the address where they are 0. */
  pitch?: number
  bearing?: number
  /** The layers that are on, as `layersCode` writes them. */
  layers?: string
}

export function viewOf(search: string): View | undefined {
  const query = new URLSearchParams(search)
  const [lon, lat] = (query.get('c') ?? '').split(',').map(Number)
  const zoom = Number(query.get('z'))
  if (!query.get('z') || lon === undefined || lat === undefined || ![zoom, lon, lat].every(Number.isFinite)) return undefined
  const view: View = { zoom, center: [lon, lat] }
  const [pitch, bearing] = [Number(query.get('p')), Number(query.get('b'))]
  if (pitch > 0 && pitch <= 85) view.pitch = pitch
  if (bearing && Math.abs(bearing) <= 360) view.bearing = bearing
  return view
}

/** The layers that an address asks for, with or without a view. */
export const layersAsked = (search: string): string | undefined => new URLSearchParams(search).get('l') ?? undefined

export function addressOf(view: View | undefined, caseNumber: string | undefined, at?: number): string {
  const query: string[] = []
  if (caseNumber) query.push(`case=${encodeURIComponent(caseNumber)}`)
  if (at !== undefined) query.push(`at=${new Date(at).toISOString()}`)
  if (view) query.push(`z=${view.zoom.toFixed(2)}`, `c=${view.center.map((n) => n.toFixed(5)).join(',')}`)
  if (view?.pitch && view.pitch >= 0.5) query.push(`p=${Math.round(view.pitch)}`)
  if (view?.bearing && Math.abs(view.bearing) >= 0.5) query.push(`b=${Math.round(view.bearing)}`)
  if (view?.layers !== undefined) query.push(`l=${view.layers}`)
  return query.length > 0 ? `?${query.join('&')}` : ''
}

let written: [View | undefined, string | undefined] = [undefined, undefined]

export function openFromAddress(): void {
  // The map comes later; a moment that is shown before it must not wipe its view from the address.
  const view = viewOf(location.search)
  const query = new URLSearchParams(location.search)
  const number = query.get('case')
  written = [view && { ...view, layers: layersAsked(location.search) }, number ?? undefined]
  const at = Date.parse(query.get('at') ?? '')
  if (Number.isFinite(at)) void goTo({ at })
  const marked = query.get('bookmark')
  if (marked) bookmark(marked).then(openBookmark, () => undefined)
  // A case that is gone or not ours to see is no reason to stop: the console opens without it.
  if (number) selectByNumber(number).catch(() => undefined)
}

/** Where the map looks, as the address has it. */
export const writtenView = (): View | undefined => written[0]

export function writeAddress(view: View | undefined, caseNumber: string | undefined): void {
  written = [view, caseNumber]
  const at = playing.value ? undefined : moment.value
  history.replaceState(history.state, '', location.pathname + addressOf(view, caseNumber, at))
}

/** Writes the moment anew whenever the past comes to rest. */
export const followMoment = (): (() => void) => watch(restCount, () => writeAddress(...written))
