import { describe, expect, it } from 'vitest'
import type { CaseFeature } from '@/live/protocol'
import { Board, type View } from '@/queue/board'
import { COMPARE, isOver, isRecent, matches, noFilter, type QueueFilter, type SortOrder } from '@/queue/select'
import { aCase } from './make'

const NOW = Date.parse('2026-11-23T06:00:00Z')
const MINUTE = 60_000
const words = { kindOf: () => 'event' as const, searchText: (feature: CaseFeature) => feature.state.place }
const at = (time: number): string => new Date(time).toISOString().replace('.000', '')

/** A view that counts what it is asked. */
function counted(filter: Partial<QueueFilter> = {}, order: SortOrder = 'due') {
  const work = { compared: 0, taken: 0 }
  const wanted = { ...noFilter(), ...filter }
  const view: View = {
    takes: (feature, now) => (work.taken++, matches(feature, wanted, words, now)),
    compare: (a, b) => (work.compared++, COMPARE[order](a, b)),
  }
  return { work, view }
}

/** Numbers that look like chance and are the same each time. */
function* numbers(): Generator<number, never> {
  for (let x = 7; ; x = (x * 48271) % 2147483647) yield x
}

function aCity(size: number): Map<string, CaseFeature> {
  const chance = numbers()
  const made = new Map<string, CaseFeature>()
  for (let i = 1; i <= size; i++) {
    const number = chance.next().value
    const opened_at = at(NOW - (number % 600) * MINUTE)
    const due_at = number % 11 ? at(NOW + ((number % 900) - 300) * MINUTE) : null
    const urgency = ((number % 3) + 1) as 1 | 2 | 3
    made.set(String(i), aCase(String(i), { opened_at, due_at, urgency, channel: number % 2 ? 'sensor' : 'grid' }))
  }
  return made
}

function loaded(city: Map<string, CaseFeature>, view: View): Board {
  const board = new Board()
  board.load(city.values(), NOW)
  board.show(view)
  return board
}

/** What the board should say, worked out anew. */
function expected(city: Map<string, CaseFeature>, filter: Partial<QueueFilter>, order: SortOrder, now: number) {
  const all = [...city.values()]
  const count = (test: (state: CaseFeature['state']) => boolean): number => all.filter(({ state }) => test(state)).length
  return {
    rows: all.filter((one) => matches(one, { ...noFilter(), ...filter }, words, now)).sort(COMPARE[order]).map(({ id }) => id),
    open: all.length,
    overdue: count(({ due_at }) => isOver(due_at, now)),
    newLastHour: count(({ opened_at }) => isRecent(opened_at, now)),
    critical: count(({ urgency }) => urgency === 3),
    sensor: count(({ channel }) => channel === 'sensor'),
  }
}

function said(board: Board) {
  const { open, overdue, newLastHour, critical, channels } = board.figures()
  return { rows: board.rows().map(({ id }) => id), open, overdue, newLastHour, critical, sensor: Object.fromEntries(channels).sensor ?? 0 }
}

describe('the board', () => {
  it('puts one change among 100,000 cases in its place with the work of twenty, and not of 100,000', () => {
    const city = aCity(100_000)
    const { work, view } = counted()
    const board = loaded(city, view)
    expect(board.rows()).toHaveLength(100_000)
    work.compared = work.taken = 0
    const changed = aCase('77', { due_at: at(NOW + 12 * MINUTE), urgency: 3 })
    city.set('77', changed)
    board.touch(['77'], (id) => city.get(id))
    expect(work.taken).toBe(1)
    expect(work.compared).toBeLessThanOrEqual(2 * 17)
    board.advance(NOW + 1)
    expect(work.taken).toBe(1)
    expect(said(board)).toEqual(expected(city, {}, 'due', NOW + 1))
  })

  it.each([
    [{}, 'due'],
    [{ overdue: true }, 'urgent'],
    [{ lastHour: true, urgencies: [2, 3] }, 'newest'],
  ] as const)('stays what it would be if all were sorted anew, with %o by %s', (filter, order) => {
    const wanted = structuredClone(filter) as Partial<QueueFilter>
    const city = aCity(800)
    const board = loaded(city, counted(wanted, order).view)
    const chance = numbers()
    let now = NOW
    for (let round = 0; round < 60; round++) {
      const touched = new Set<string>()
      // Now and then as many at once as a storm brings.
      for (let i = 0; i < (round % 20 ? 3 : 120); i++) {
        const number = chance.next().value
        const id = String((number % 1000) + 1)
        const urgency = ((number % 3) + 1) as 1 | 2 | 3
        touched.add(id)
        if (number % 4 === 0) city.delete(id)
        else city.set(id, aCase(id, { opened_at: at(now - (number % 90) * MINUTE), due_at: at(now + ((number % 60) - 20) * MINUTE), urgency }))
      }
      board.touch(touched, (id) => city.get(id))
      now += 2 * MINUTE
      board.advance(now)
      expect(said(board)).toEqual(expected(city, wanted, order, now))
    }
  })

  it('gives the same list as long as nothing in it has changed, and another one when something has', () => {
    const city = aCity(50)
    const board = loaded(city, counted({ channels: ['sensor'] }).view)
    const before = board.rows()
    const [inside, outside] = ['sensor', 'grid'].map((channel) => [...city.values()].find(({ state }) => state.channel === channel)!)
    city.set(outside!.id, aCase(outside!.id, { channel: 'grid', urgency: 3 }))
    board.touch([outside!.id], (id) => city.get(id))
    expect(board.rows()).toBe(before)
    city.delete(inside!.id)
    board.touch([inside!.id], (id) => city.get(id))
    expect(board.rows()).toHaveLength(before.length - 1)
    expect(before).toContain(inside)
  })
})
