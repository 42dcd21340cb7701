/** The clock of the city. A drill may run it apart from the clock of this computer, so only the server's `now` counts. */
import { computed, ref } from 'vue'

const KEPT = 6
const JUMP = 2_000

let offset = 0
let samples: number[] = []
const second = ref(Date.now())

/**
 * Sets the clock by what the city has just said. Every message was a while on its way, so that of the last few the one
 * that was fastest is nearest to the truth; after a jump only the newest counts.
 */
export function setCityClock(now: string): void {
  const sample = Date.parse(now) - Date.now()
  samples = Math.abs(sample - offset) > JUMP ? [sample] : [...samples.slice(1 - KEPT), sample]
  offset = Math.max(...samples)
  second.value = cityNow()
}

/** The city's time at this instant, milliseconds since 1970. */
export const cityNow = (): number => Date.now() + offset

/** Ticks every second: for clocks and the deadline that is looked at. */
export const now = computed(() => second.value)

/** Ticks every ten seconds: for long lists, which must not be drawn anew each second. */
export const coarseNow = computed(() => Math.floor(second.value / 10_000) * 10_000)

export function startClock(): () => void {
  const timer = setInterval(() => (second.value = cityNow()), 1000)
  return () => clearInterval(timer)
}
