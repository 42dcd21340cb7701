/**
 * Times in pickers. A picker thinks in the time of this computer, the city in its own: a fair that opens at 18:00 opens
 * at 18:00 where it is. Milliseconds since 1970.
 */

/** Minutes that a zone is ahead of UTC at an instant. */
function aheadOf(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value)
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return Math.round((local - at) / 60_000)
}

const here = (at: number): number => -new Date(at).getTimezoneOffset()

/** The instant at which a picker on this computer shows what the clocks of the city show at `at`. */
export const toPicker = (at: number, zone: string): number => at + (aheadOf(at, zone) - here(at)) * 60_000

/** The instant in the city that a picker on this computer shows. */
export function fromPicker(shown: number, zone: string): number {
  const guess = shown + (here(shown) - aheadOf(shown, zone)) * 60_000
  return shown + (here(shown) - aheadOf(guess, zone)) * 60_000
}
