/** Which stretch of time the bar shows. Pure. Instants are milliseconds since 1970. */

export const SPANS = { hour: 3_600_000, sixHours: 21_600_000, day: 86_400_000, week: 604_800_000, all: Infinity } as const
export type Span = keyof typeof SPANS

export interface Stretch {
  from: number
  until: number
}

const LEAST = 600_000

/**
 * The stretch of a length in which a moment lies: up to now if it does, otherwise around it. A stretch that is shown
 * already stays while the moment is in it, so that the bar does not move under a person's hand.
 */
export function stretchFor(span: Span, moment: number, first: number, now: number, shown?: Stretch): Stretch {
  const length = Math.max(LEAST, Math.min(SPANS[span], now - first))
  const fits = shown && Math.abs(shown.until - shown.from - length) < length * 0.02
  if (fits && moment >= shown.from && moment <= shown.until) return shown
  const until = moment > now - length ? now : Math.min(now, moment + length / 2)
  return { from: until - length, until }
}

export const shareOf = ({ from, until }: Stretch, at: number): number => Math.min(1, Math.max(0, (at - from) / (until - from)))
export const momentAt = ({ from, until }: Stretch, share: number): number => from + Math.min(1, Math.max(0, share)) * (until - from)

/** Steps between labels, from a minute to a week. */
const TICKS = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((minutes) => minutes * 60_000)

/** Whole local times in a stretch, at most so many; `offset` is how far the city's clock is ahead of UTC. */
export function ticks({ from, until }: Stretch, most: number, offset: number): number[] {
  const step = TICKS.find((one) => (until - from) / one <= most) ?? TICKS.at(-1)!
  const found: number[] = []
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= until; at += step) found.push(at)
  return found
}
