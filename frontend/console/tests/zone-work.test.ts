import { describe, expect, it } from 'vitest'
import type { Shape, Zone } from '@/api/zones'
import { History } from '@/zones/history'
import { areaOf, ExactPlaces, ringUnder, sameShape, withoutRing } from '@/zones/shape'
import { changeSet, differences, faultsOf, newDraft, nextCode, rebase, workOf, type Work } from '@/zones/work'

const square = (west: number, south: number, size: number): [number, number][] => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
]
const WITH_HOLE: Shape = [[square(120.3, 31.5, 0.01), square(120.303, 31.503, 0.002)]]
const NOW = Date.parse('2026-11-20T10:00:00Z')

const PARK: Zone = {
  id: 7,
  kind: 'park',
  code: 'PK001',
  name_zh: '中央公园',
  name_en: 'Central Park',
  number: 3,
  precedence: 50,
  department: 'UMB.GRN',
  holds_from: '2026-01-01T00:00:00Z',
  holds_to: null,
  bbox: [120.3, 31.5, 120.31, 31.51],
  geometry: { type: 'MultiPolygon', coordinates: WITH_HOLE },
  attributes: { lit: true },
  versions: [],
}
const edited = (work: Work, fields: Partial<Work['draft']>): Work => ({ ...work, draft: { ...work.draft, ...fields } })

describe('going back and forth', () => {
  it('gives every state again, and forgets what was undone when something else is done', () => {
    const history = new History('a')
    history.push('b')
    history.push('c')
    expect([history.undo(), history.undo(), history.canUndo]).toEqual(['b', 'a', false])
    expect(history.redo()).toBe('b')
    history.push('d')
    expect([history.canRedo, history.undo()]).toEqual([false, 'b'])
  })

  it('takes typing in one field for one step, until something else is done', () => {
    const history = new History('')
    for (const text of ['p', 'pa', 'par', 'park']) history.push(text, 'name')
    history.push('park!', 'code')
    expect([history.undo(), history.undo()]).toEqual(['park', ''])
  })

  it('does not join what is typed after an undo to what was typed before', () => {
    const history = new History('')
    history.push('a', 'name')
    history.push('ab', 'other')
    history.undo()
    history.push('ac', 'name')
    expect(history.undo()).toBe('a')
  })

  it('stands still where there is nothing to go back to', () => {
    const history = new History('a')
    expect([history.undo(), history.redo()]).toEqual(['a', 'a'])
  })
})

describe('a set of changes', () => {
  it('says which version it was made from, so that the city can refuse what somebody else has overtaken', () => {
    const { changes, at } = changeSet(workOf(PARK), false)
    expect(changes).toEqual([expect.objectContaining({ op: 'save', code: 'PK001', base: 3, attributes: { lit: true } })])
    expect(at).toBeNull()
  })

  it('ends a merged zone and saves the other half of a split at the same moment', () => {
    const half = { ...newDraft('park'), code: 'PK002', name_zh: '东园', shape: [[square(120.4, 31.5, 0.01)]] }
    const work: Work = {
      ...workOf(PARK),
      also: [
        { op: 'save', draft: half },
        { op: 'retire', id: 9, base: 1, name: '西园', code: 'PK009' },
      ],
      from: Date.parse('2026-11-27T10:00:00Z'),
    }
    const { changes, at } = changeSet(work, true)
    expect(changes.map((change) => (change.op === 'save' ? change.code : change.zone))).toEqual([9, 'PK001', 'PK002'])
    expect(at).toBe('2026-11-27T10:00:00.000Z')
  })

  it('ends the zone itself at its time, not what changes with it', () => {
    const work: Work = { ...workOf(PARK), to: NOW, also: [{ op: 'save', draft: { ...newDraft('park'), code: 'PK002' } }] }
    const ends = changeSet(work, false).changes.map((change) => change.op === 'save' && change.holds_to)
    expect(ends).toEqual(['2026-11-20T10:00:00.000Z', null])
  })

  it('is not ready without code, name and shape, nor when it would end before it begins', () => {
    const empty: Work = { draft: newDraft('park'), also: [], from: null, to: NOW - 1 }
    expect(faultsOf(empty, NOW)).toEqual(['code', 'name', 'shape', 'times'])
    expect(faultsOf(workOf(PARK), NOW)).toEqual([])
  })

  it('is not ready while two of its zones have the same code', () => {
    const twin: Work = { ...workOf(PARK), also: [{ op: 'save', draft: { ...newDraft('park'), code: 'PK001 ' } }] }
    expect(faultsOf(twin, NOW)).toEqual(['alsoCode'])
  })
})

describe('two people at the same zone', () => {
  const origin = workOf(PARK)
  const mine = edited(origin, { name_en: 'The Park', shape: [[square(120.3, 31.5, 0.02)]] })
  const theirs = edited(workOf({ ...PARK, number: 4 }), { department: 'URB', name_en: 'People’s Park' })

  it('lose nothing: what I did not touch is theirs, what I changed is mine', () => {
    const both = rebase(origin, mine, theirs)
    expect(both.draft).toMatchObject({ base: 4, department: 'URB', name_en: 'The Park', shape: mine.draft.shape })
    expect(differences(theirs, both)).toEqual(['name_en', 'shape'])
  })

  it('take their shape when I have drawn nothing', () => {
    const renamed = edited(origin, { name_zh: '大公园' })
    const drawn = edited(theirs, { shape: [[square(120.5, 31.5, 0.01)]] })
    expect(rebase(origin, renamed, drawn).draft.shape).toBe(drawn.draft.shape)
  })
})

describe('codes of zones that are split off', () => {
  it('go on counting within the same width', () => {
    expect(nextCode('990101001002003', ['990101001002003', '990101001002017', '990101001003999'])).toBe('990101001002018')
    expect(nextCode('PK001', [])).toBe('PK002')
    expect(nextCode('FAIR', [])).toBe('FAIR-2')
  })
})

describe('a shape', () => {
  it('has the area of its parts without their holes', () => {
    const whole = areaOf([[square(120.3, 31.5, 0.01)]])
    expect(whole).toBeGreaterThan(1.05e6)
    expect(whole).toBeLessThan(1.06e6)
    expect(areaOf(WITH_HOLE) / whole).toBeCloseTo(0.96, 3)
  })

  it('is pointed at by its smallest ring, so that a hole can be taken hold of', () => {
    expect(ringUnder(WITH_HOLE, [120.304, 31.504])).toMatchObject({ part: 0, ring: 1 })
    expect(ringUnder(WITH_HOLE, [120.301, 31.501])).toMatchObject({ part: 0, ring: 0 })
    expect(ringUnder(WITH_HOLE, [120.4, 31.5])).toBeUndefined()
  })

  it('is filled where a hole is taken away, and gone without its outer ring', () => {
    expect(withoutRing(WITH_HOLE, { part: 0, ring: 1 })).toEqual([[WITH_HOLE[0]![0]]])
    expect(withoutRing(WITH_HOLE, { part: 0, ring: 0 })).toEqual([])
  })

  it('is the same wherever its ring begins and whichever way it runs', () => {
    const ring = square(120.3, 31.5, 0.01)
    const turned = [...ring.slice(2), ring[1]!, ring[2]!]
    expect(sameShape([[ring]], [[turned]])).toBe(true)
    expect(sameShape([[ring]], [[ring.toReversed()]])).toBe(true)
    expect(sameShape([[ring]], [[square(120.3, 31.5, 0.011)]])).toBe(false)
  })

  it('keeps corners that nobody moved to the last bit', () => {
    const corner: [number, number] = [120.30000000000123, 31.50000000000456]
    const exact = new ExactPlaces()
    const drawn = exact.rounded([corner, [120.31, 31.5]])
    expect(drawn[0]).toEqual([120.3, 31.5])
    expect(exact.restored([...drawn, [120.32, 31.52]])).toEqual([corner, [120.31, 31.5], [120.32, 31.52]])
  })
})
