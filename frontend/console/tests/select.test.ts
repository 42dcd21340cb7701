import { describe, expect, it } from 'vitest'
import { activeFilters, isFiltering, noFilter, select, type QueueFilter, type SortOrder } from '@/queue/select'
import { aCase } from './make'

const NOW = Date.parse('2026-11-23T06:00:00Z')
const words = {
  kindOf: (category: string) => (category.startsWith('C') ? ('component' as const) : ('event' as const)),
  searchText: (feature: ReturnType<typeof aCase>) => `${feature.state.place} ${feature.state.number}`.toLowerCase(),
}
const CASES = [
  aCase('1', { urgency: 1, opened_at: '2026-11-23T05:30:00Z', due_at: '2026-11-25T00:00:00Z', place: 'Renmin Road' }),
  aCase('2', { urgency: 3, opened_at: '2026-11-23T02:00:00Z', due_at: '2026-11-23T07:00:00Z', category: 'C-01-03' }),
  aCase('3', { urgency: 2, opened_at: '2026-11-23T04:00:00Z', due_at: '2026-11-23T05:59:00Z', status: 'accepted' }),
  aCase('4', { urgency: 3, opened_at: '2026-11-23T01:00:00Z', due_at: '2026-11-23T06:30:00Z' }),
]
const ids = (filter: Partial<QueueFilter> = {}, order: SortOrder = 'newest') =>
  select(CASES, { ...noFilter(), ...filter }, order, words, NOW).map((feature) => feature.id)

describe('the queue', () => {
  it.each([
    ['newest', ['1', '3', '2', '4']],
    ['urgent', ['4', '2', '3', '1']],
    ['due', ['3', '4', '2', '1']],
  ] as const)('sorts by %s', (order, expected) => {
    expect(ids({}, order)).toEqual(expected)
  })

  it.each([
    [{ urgencies: [3] }, ['2', '4']],
    [{ urgencies: [2, 3], kinds: ['event' as const] }, ['3', '4']],
    [{ statuses: ['accepted'] }, ['3']],
    [{ overdue: true }, ['3']],
    [{ lastHour: true }, ['1']],
    [{ text: 'road  RENMIN' }, ['1']],
    [{ text: 'nowhere' }, []],
  ])('filters by %o', (filter, expected) => {
    expect(ids(filter)).toEqual(expected)
  })

  it('puts the later id first where two were opened in the same instant', () => {
    const twins = [aCase('9'), aCase('10')]
    expect(select(twins, noFilter(), 'newest', words, NOW).map((feature) => feature.id)).toEqual(['10', '9'])
  })

  it('leaves the list that it was given as it was', () => {
    ids({}, 'due')
    expect(CASES.map((feature) => feature.id)).toEqual(['1', '2', '3', '4'])
  })

  it('counts the filters that are set, and takes blank text for none', () => {
    expect(activeFilters({ ...noFilter(), urgencies: [2, 3], overdue: true })).toBe(3)
    expect(isFiltering({ ...noFilter(), text: '  ' })).toBe(false)
  })
})

describe('a filter', () => {
  const cases = [aCase('1', { channel: 'sensor', department: 'WAT.DRN' }), aCase('2', { channel: 'grid', department: 'WATX' })]
  const left = (filter: Partial<QueueFilter>) =>
    select(cases, { ...noFilter(), ...filter }, 'newest', { ...words, markOf: ({ id }) => (id === '2' ? 'unread' : undefined) }, NOW).map(({ id }) => id)

  it.each([
    [{ channels: ['grid'] }, ['2']],
    [{ departments: ['WAT'] }, ['1']],
    [{ departments: ['WAT', 'WATX'] }, ['2', '1']],
    [{ marks: ['unread' as const] }, ['2']],
    [{ marks: ['changed' as const] }, []],
  ])('takes by %o', (filter, expected) => expect(left(filter)).toEqual(expected))
})
