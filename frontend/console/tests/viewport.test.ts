import { describe, expect, it } from 'vitest'
import { covers, subscriptionFor, tileOf, type BBox } from '@/live/viewport'

const TILE = 360 / 2 ** 14
const VIEW: BBox = [120.28, 31.56, 120.3, 31.575]

describe('the viewport', () => {
  it('knows the tile of a place at zoom 14', () => {
    expect(tileOf(120.2926, 31.5673)).toEqual([13666, 6676])
  })

  it('needs no new subscription for a small move', () => {
    const [w, s, e, n] = VIEW
    expect(covers(VIEW, [w + TILE, s, e + TILE, n])).toBe(true)
  })

  it('needs one when the view leaves the ring around what was asked for', () => {
    const [w, s, e, n] = VIEW
    expect(covers(VIEW, [w + 3 * TILE, s, e + 3 * TILE, n])).toBe(false)
    expect(covers(VIEW, [w, s - 3 * TILE, e, n])).toBe(false)
  })

  it('asks for cases and zones everywhere, and for devices only where somebody looks', () => {
    const everywhere = { types: ['case', 'zone', 'zone_import', 'zone_kind', 'scene', 'flag', 'department', 'roster'] }
    expect(subscriptionFor(undefined)).toEqual([everywhere])
    expect(subscriptionFor(VIEW)).toEqual([everywhere, { types: ['device'], bbox: VIEW }])
  })
})
