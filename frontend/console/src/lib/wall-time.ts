/** Between instants and what a clock on the wall of the city shows, as `<input type="datetime-local">` takes it. */

/** "2026-11-23T14:05:09" at an instant (milliseconds since 1970) in a zone such as "Asia/Shanghai". */
export function wallTime(at: number, zone: string): string {
  return new Date(at + offsetAt(at, zone)).toISOString().slice(0, 19)
}

/** The instant of a wall time; undefined if it is none. A time that a clock change leaves out is taken an hour later. */
export function fromWallTime(text: string, zone: string): number | undefined {
  const asUtc = Date.parse(`${text}${text.length === 16 ? ':00' : ''}Z`)
  if (!Number.isFinite(asUtc)) return undefined
  const guess = asUtc - offsetAt(asUtc, zone)
  return asUtc - offsetAt(guess, zone)
}

/** How far the zone is ahead of UTC, in milliseconds. */
export function offsetAt(at: number, zone: string): number {
  const options = { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' } as const
  const parts = new Intl.DateTimeFormat('en', { ...options, hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(at)
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value)
  const there = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return there - Math.floor(at / 1000) * 1000
}
