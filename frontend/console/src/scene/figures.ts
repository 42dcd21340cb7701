/** Today's figures beside those of the same hour a week before. Pure, so that it can be tested. */
import type { DayFigures } from '@/api/scenes'

export type Figure = keyof DayFigures
export type Direction = 'up' | 'down' | 'same'

export interface Comparison {
  figure: Figure
  /** null: there is none, as the share of nothing. */
  now: number | null
  before: number | null
  direction: Direction | undefined
  /** How far apart they are; shares in percentage points. */
  apart: number
  /** Whether the change is welcome; most are neither. */
  tone: 'good' | 'bad' | ''
}

/** In the order in which they are shown, with the direction that is welcome. */
const WELCOME: [Figure, Direction | undefined][] = [
  ['open', 'down'],
  ['overdue', 'down'],
  ['opened_today', undefined],
  ['closed_today', 'up'],
  ['on_time_rate_today', 'up'],
]

export const isShare = (figure: Figure): boolean => figure === 'on_time_rate_today'

export function compare(now: DayFigures, before: DayFigures): Comparison[] {
  return WELCOME.map(([figure, welcome]) => {
    const [a, b] = [inUnits(figure, now[figure]), inUnits(figure, before[figure])]
    const direction = a === null || b === null ? undefined : a > b ? 'up' : a < b ? 'down' : 'same'
    const moved = direction === 'up' || direction === 'down'
    const tone = !moved || !welcome ? '' : direction === welcome ? 'good' : 'bad'
    return { figure, now: a, before: b, direction, apart: Math.abs((a ?? 0) - (b ?? 0)), tone }
  })
}

/** Whole percent, so that a difference is that of the numbers which are shown. */
const inUnits = (figure: Figure, value: number | null): number | null =>
  value !== null && isShare(figure) ? Math.round(value * 100) : value

/** With its sign: "+3", "−2", "±0". The minus is a minus, as wide as the plus. */
export const signed = ({ direction, apart }: Comparison): string =>
  direction === 'up' ? `+${apart}` : direction === 'down' ? `−${apart}` : direction === 'same' ? '±0' : '–'
