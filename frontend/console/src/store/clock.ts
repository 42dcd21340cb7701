/** The clock of the city. A drill may run it apart from the clock of this computer, so only the server's `now` counts. */
import { computed, ref } from 'vue'

const KEPT = 6
const JUMP = 2_000

let offset = 0
let samples: number[] = []
const second = ref(Date.now())
/** The moment of the past that is shown instead of the present. */
const held = ref<number>()
const grain = ref(10_000)

/**
 * Sets the clock by what the city has just said. Every message was a while on its way, so that of the last few the one
 * that was fastest is nearest to the truth; after a jump only the newest counts.
 */
export function setCityClock(now: string): void {
  const sample = Date.parse(now) - Date.now()
  samples = Math.abs(sample - offset) > JUMP ? [sample] : [...samples.slice(1 - KEPT), sample]
  offset = Math.max(...samples)
  if (held.value === undefined) second.value = cityNow()
}

/** The city's time at this instant, milliseconds since 1970. */
export const cityNow = (): number => Date.now() + offset

/** Holds the clock of the page at a moment of the past; `undefined` lets it go. `pace` is how fast that moment moves. */
export function holdClock(at: number | undefined, pace = 1): void {
  held.value = at
  grain.value = 10_000 * Math.max(1, pace / 10)
  if (at === undefined) second.value = cityNow()
}

/** Ticks every second: for clocks and the deadline that is looked at. */
export const now = computed(() => held.value ?? second.value)

/** Ticks every ten seconds: for long lists, which must not be drawn anew each second. */
export const coarseNow = computed(() => Math.floor(now.value / grain.value) * grain.value)

export function startClock(): () => void {
  const timer = setInterval(() => (second.value = cityNow()), 1000)
  return () => clearInterval(timer)
}
