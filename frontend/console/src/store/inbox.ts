/** What waits beside the queue: reports without a place, and messages that could not be taken. */
import { ref } from 'vue'
import * as api from '@/api/city'
import type { ParkedReport } from '@/api/models'

const EVERY = 15_000

export const toLocate = ref(0)
export const waitingDeadLetters = ref(0)

/** The report that a person is placing on the map, and where they have clicked. */
export const locating = ref<ParkedReport>()
export const locatingAt = ref<[number, number]>()

export function startLocating(report: ParkedReport | undefined): void {
  locating.value = report
  locatingAt.value = undefined
}

export async function refreshCounts(): Promise<void> {
  const figures = await api.figures()
  toLocate.value = figures.to_be_located ?? 0
  waitingDeadLetters.value = figures.dead_letters ?? (await api.deadLetters('')).total ?? 0
}

/** Asks slowly and only while somebody looks; a count that could not be had is asked again next time. */
export function followCounts(): () => void {
  const ask = () => void (document.hidden || refreshCounts().catch(() => undefined))
  ask()
  const timer = setInterval(ask, EVERY)
  return () => clearInterval(timer)
}
