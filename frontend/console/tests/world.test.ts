import { beforeEach, describe, expect, it } from 'vitest'
import type { Change, Feature } from '@/live/protocol'
import { World } from '@/live/world'
import { aCase, aDevice, change } from './make'

const hello = (epoch: string) => ({ op: 'hello', protocol: 1, epoch, seq: 1, now: '2026-11-23T00:00:00Z', heartbeat: 10, user: 'w' }) as const
const snapshot = (seq: number, features: Feature[], part = 1, parts = 1) => ({ op: 'snapshot', seq, part, parts, features }) as const
const frames = (seq: number, ...changes: Change[]) => ({ op: 'frames', from: seq, seq, changes }) as const

describe('a world', () => {
  let world: World
  beforeEach(() => {
    world = new World()
    world.apply(hello('a'))
  })

  it('holds a snapshot only when all its parts have come', () => {
    expect(world.apply(snapshot(5, [aCase('1')], 1, 2))).toEqual({ kind: 'none' })
    expect(world.cases.size).toBe(0)
    expect(world.resume).toBeUndefined()
    expect(world.apply(snapshot(5, [aDevice('d')], 2, 2))).toEqual({ kind: 'reset' })
    expect([...world.cases.keys(), ...world.devices.keys()]).toEqual(['1', 'd'])
    expect(world.resume).toEqual({ epoch: 'a', seq: 5 })
  })

  it('is equal to a later snapshot after the frames between', () => {
    world.apply(snapshot(5, [aCase('1'), aCase('2')]))
    world.apply(frames(6, change(aCase('2', { status: 'accepted' }), 6)))
    world.apply(frames(8, change(aCase('3'), 7), { ...change(aCase('1'), 8), state: null }))
    const later = new World()
    later.apply(hello('a'))
    later.apply(snapshot(8, [aCase('2', { status: 'accepted' }), aCase('3')]))
    const states = (w: World) => [...w.cases].map(([id, feature]) => [id, feature.state])
    expect(states(world)).toEqual(states(later))
    expect(world.resume).toEqual(later.resume)
  })

  it('replaces all that it holds by a new snapshot', () => {
    world.apply(snapshot(5, [aCase('1'), aDevice('d')]))
    world.apply(snapshot(9, [aCase('2')]))
    expect([...world.cases.keys()]).toEqual(['2'])
    expect(world.devices.size).toBe(0)
  })

  it('moves the resume point with a heartbeat', () => {
    world.apply(snapshot(5, []))
    world.apply({ op: 'heartbeat', seq: 42, now: '2026-11-23T00:00:00Z' })
    expect(world.resume).toEqual({ epoch: 'a', seq: 42 })
  })

  it('has no resume point from a heartbeat alone', () => {
    world.apply({ op: 'heartbeat', seq: 42, now: '2026-11-23T00:00:00Z' })
    expect(world.resume).toBeUndefined()
  })

  it('keeps its resume point over a reconnection in the same epoch, and drops it in another', () => {
    world.apply(snapshot(5, []))
    world.apply(hello('a'))
    expect(world.resume).toEqual({ epoch: 'a', seq: 5 })
    world.apply(hello('b'))
    expect(world.resume).toBeUndefined()
  })

  it('goes on showing what it held while a stale picture is replaced', () => {
    world.apply(snapshot(5, [aCase('1')]))
    world.apply({ op: 'stale', reason: 'too old' })
    expect(world.cases.size).toBe(1)
    expect(world.resume).toBeUndefined()
  })

  it('forgets the parts of a snapshot that was cut off', () => {
    world.apply(snapshot(5, [aCase('1')], 1, 2))
    world.apply(hello('a'))
    world.apply(snapshot(6, [aCase('2')]))
    expect([...world.cases.keys()]).toEqual(['2'])
  })
})
