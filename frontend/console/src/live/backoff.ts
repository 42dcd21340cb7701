const FIRST = 0.5
const LONGEST = 30

/**
 * Seconds to wait before try number `attempt` (from 0): growing pauses, between half and the whole of each, so that a
 * thousand consoles do not come back in the same instant.
 */
export function pauseBefore(attempt: number, random: () => number = Math.random): number {
  const whole = Math.min(LONGEST, FIRST * 2 ** attempt)
  return whole * (0.5 + random() / 2)
}
