/** How many cases lie in each zone of a level of the grid, in classes that a colour stands for. Pure. */
import type { CaseFeature } from '@/live/protocol'
import { isOver } from '@/queue/select'

export const CLASSES = 5
export type ShadeBy = 'load' | 'overdue'

/** Kinds of zone that tile the city, and from which zoom on each is coloured. */
export const LEVELS = [
  { kind: 'street', from: 8, to: 12.5 },
  { kind: 'community', from: 12.5, to: 15 },
  { kind: 'cell', from: 15, to: 24 },
] as const
export type Level = (typeof LEVELS)[number]['kind']

export const levelAt = (zoom: number): Level => LEVELS.findLast(({ from }) => zoom >= from)?.kind ?? 'street'

/** Cases by zone, whatever its kind. */
export function countByZone(cases: CaseFeature[], by: ShadeBy, now: number): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { state } of cases) {
    if (by === 'overdue' && !isOver(state.due_at, now)) continue
    for (const zone of state.zones) counts.set(zone, (counts.get(zone) ?? 0) + 1)
  }
  return counts
}

/** The least count of each class, for the greatest count that there is: whole numbers, equally wide. */
export function breaksFor(most: number): number[] {
  const width = Math.max(1, Math.ceil(most / CLASSES))
  return Array.from({ length: Math.min(CLASSES, Math.max(1, most)) }, (_, i) => 1 + i * width).filter((low) => low <= most)
}

export const classOf = (count: number, breaks: number[]): number => breaks.findLastIndex((low) => count >= low) + 1

/** A class in words: "1", "3–4", "9+". */
export function rangeOf(index: number, breaks: number[]): string {
  const low = breaks[index]!
  const next = breaks[index + 1]
  if (next === undefined) return `${low}+`
  return next - low === 1 ? String(low) : `${low}–${next - 1}`
}
