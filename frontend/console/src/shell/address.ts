/** Keeps the view and the open case in the address, so that it can be passed on: `?case=NUMBER&z=14.2&c=120.3,31.6`. */
import { selectByNumber } from '@/store/selection'

export interface View {
  zoom: number
  center: [number, number]
}

export function viewOf(search: string): View | undefined {
  const query = new URLSearchParams(search)
  const [lon, lat] = (query.get('c') ?? '').split(',').map(Number)
  const zoom = Number(query.get('z'))
  if (!query.get('z') || lon === undefined || lat === undefined || ![zoom, lon, lat].every(Number.isFinite)) return undefined
  return { zoom, center: [lon, lat] }
}

export function addressOf(view: View | undefined, caseNumber: string | undefined): string {
  const query: string[] = []
  if (caseNumber) query.push(`case=${encodeURIComponent(caseNumber)}`)
  if (view) query.push(`z=${view.zoom.toFixed(2)}`, `c=${view.center.map((n) => n.toFixed(5)).join(',')}`)
  return query.length > 0 ? `?${query.join('&')}` : ''
}

export function openFromAddress(): void {
  const number = new URLSearchParams(location.search).get('case')
  // A case that is gone or not ours to see is no reason to stop: the console opens without it.
  if (number) selectByNumber(number).catch(() => undefined)
}

export function writeAddress(view: View | undefined, caseNumber: string | undefined): void {
  history.replaceState(history.state, '', location.pathname + addressOf(view, caseNumber))
}
