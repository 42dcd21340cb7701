import { beforeEach, describe, expect, it } from 'vitest'
import { Movers, sections } from '@/live/movers'
import type { Introduction } from '@/live/protocol'
import text from './positions.b64?raw'

/** As the server packs it; tests/twin/test_positions.py holds the file to that. */
const message = (): ArrayBuffer => Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0)).buffer

const who = (number: number, id: string): Introduction => ({ number, type: 'vehicle', id, name: '', exercise: '' })

describe('positions', () => {
  it('are columns over the bytes of a message', () => {
    const [vehicles, people] = [...sections(message())]
    expect([vehicles?.type, vehicles?.count, people?.type, people?.count]).toEqual(['vehicle', 3, 'person', 1])
    expect([...vehicles!.number]).toEqual([17, 18, 19])
    expect([...vehicles!.status]).toEqual([3, 0, 255])
    expect([...vehicles!.at]).toEqual([1764000000000, 1764000000250, 1764000000500])
    expect(vehicles!.speed[0]).toBe(5.5)
    expect(vehicles!.heading[1]).toBeNaN()
    expect(people!.base[0] + people!.lon[0]!).toBeCloseTo(120.2, 7)
  })

  it('of a form that is not known are refused', () => {
    const other = new Uint8Array(message())
    other[0] = 2
    expect(() => [...sections(other.buffer)]).toThrow('form')
  })
})

describe('what moves', () => {
  let movers: Movers
  beforeEach(() => {
    movers = new Movers()
    movers.introduce([who(17, 'a'), who(18, 'b'), who(19, 'c'), who(4, 'p')], true)
    movers.take(message())
  })

  it('is held with its newest place, until it has left', () => {
    expect([...movers.all()].map(({ id }) => id)).toEqual(['a', 'b', 'p'])
    const [first] = movers.all()
    expect(first?.lon).toBeCloseTo(120.3001, 6)
    expect(first?.lat).toBeCloseTo(31.5702, 6)
    expect([first?.heading, first?.status]).toEqual([90, 3])
  })

  it('begins anew when the city says so', () => {
    const before = movers.version
    movers.introduce([who(17, 'a')], true)
    expect(movers.size).toBe(0)
    movers.take(message())
    expect([...movers.all()].map(({ id }) => id)).toEqual(['a'])
    expect(movers.version).toBeGreaterThan(before)
  })
})
