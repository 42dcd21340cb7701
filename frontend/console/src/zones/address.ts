/** The open zone and the view in the address, so that both can be passed on: `/zones?zone=17&z=14.2&c=120.3,31.6`. */
import { addressOf, type View } from '@/shell/address'

export function zoneInAddress(): number | undefined {
  const id = Number(new URLSearchParams(location.search).get('zone'))
  return Number.isInteger(id) && id > 0 ? id : undefined
}

export function writeZoneAddress(view: View, zone: number | null | undefined): void {
  const rest = addressOf(view, undefined).slice(1)
  history.replaceState(history.state, '', `${location.pathname}?${zone ? `zone=${zone}&` : ''}${rest}`)
}
