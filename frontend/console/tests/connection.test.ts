import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection, type ConnectionState, type Socket } from '@/live/connection'
import type { Resume, ServerMessage } from '@/live/protocol'

class FakeSocket implements Socket {
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  sent: { op: string; resume?: Resume; subscribe: unknown }[] = []
  closed = false
  send = (text: string) => void this.sent.push(JSON.parse(text))
  close = () => void (this.closed = true)
  say = (message: Partial<ServerMessage>) => this.onmessage?.({ data: JSON.stringify(message) })
}

const HELLO = { op: 'hello', heartbeat: 10, epoch: 'a', seq: 1, now: '2026-11-23T00:00:00Z' } as const
const WHOLE: ServerMessage = { op: 'snapshot', seq: 1, part: 1, parts: 1, features: [] }
const CASES = [{ types: ['case'] }]
const DEVICES = [...CASES, { types: ['device'], bbox: [1, 2, 3, 4] as [number, number, number, number] }]

describe('a connection', () => {
  let sockets: FakeSocket[]
  let states: ConnectionState[]
  let resume: Resume | undefined
  let line: Connection
  let positions: ArrayBuffer[]
  const phase = () => states.at(-1)?.phase
  const socket = () => sockets.at(-1)!

  beforeEach(() => {
    vi.useFakeTimers()
    vi.spyOn(Math, 'random').mockReturnValue(1)
    sockets = []
    states = []
    resume = undefined
    positions = []
    const open = () => {
      sockets.push(new FakeSocket())
      return socket()
    }
    const message = (said: ServerMessage) => {
      if (said.op === 'snapshot') resume = { epoch: 'a', seq: said.seq }
    }
    const handlers = {
      message,
      positions: (data: ArrayBuffer) => positions.push(data),
      state: (state: ConnectionState) => states.push(state),
      resume: () => resume,
    }
    line = new Connection(open, handlers, CASES)
    line.start()
  })

  afterEach(() => {
    line.stop()
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  function goLive(): void {
    socket().onopen?.()
    socket().say(HELLO)
    socket().say(WHOLE)
  }

  it('says hello, and is live when the first snapshot is whole', () => {
    expect(phase()).toBe('connecting')
    socket().onopen?.()
    expect(socket().sent).toEqual([{ op: 'hello', protocol: 1, subscribe: CASES }])
    socket().say(HELLO)
    expect(phase()).toBe('connecting')
    socket().say(WHOLE)
    expect(phase()).toBe('live')
  })

  it('connects again and resumes where it stood', () => {
    goLive()
    socket().onclose?.({ code: 1012, reason: '' })
    expect(phase()).toBe('waiting')
    vi.advanceTimersByTime(500)
    expect(sockets).toHaveLength(2)
    socket().onopen?.()
    expect(socket().sent[0]?.resume).toEqual({ epoch: 'a', seq: 1 })
  })

  it('waits longer after each failure', () => {
    const pauses = [500, 1000, 2000, 4000].map((pause) => {
      socket().onclose?.({ code: 1006, reason: '' })
      vi.advanceTimersByTime(pause - 1)
      const before = sockets.length
      vi.advanceTimersByTime(1)
      return sockets.length - before
    })
    expect(pauses).toEqual([1, 1, 1, 1])
  })

  it('takes two heartbeats of silence for a dead line', () => {
    goLive()
    vi.advanceTimersByTime(19_999)
    expect(phase()).toBe('live')
    vi.advanceTimersByTime(1)
    expect(phase()).toBe('waiting')
    expect(socket().closed).toBe(true)
  })

  it.each([
    [4401, 'not-logged-in'],
    [4426, 'wrong-protocol'],
    [4400, 'bad-message'],
  ])('stops for good at close code %i', (code, why) => {
    goLive()
    socket().onclose?.({ code, reason: 'because' })
    expect(states.at(-1)).toEqual({ phase: 'stopped', why, reason: 'because' })
    vi.advanceTimersByTime(60_000)
    expect(sockets).toHaveLength(1)
  })

  it('does not resume with another subscription than the one that it held', () => {
    goLive()
    line.subscribe(DEVICES)
    expect(socket().sent.at(-1)).toEqual({ op: 'subscribe', subscribe: DEVICES })
    socket().onclose?.({ code: 1006, reason: '' }) // before the snapshot of the new one
    vi.advanceTimersByTime(500)
    socket().onopen?.()
    expect(socket().sent[0]).toEqual({ op: 'hello', protocol: 1, subscribe: DEVICES })
  })

  it('resumes with a new subscription once its snapshot has come', () => {
    goLive()
    line.subscribe(DEVICES)
    socket().say(WHOLE)
    socket().onclose?.({ code: 1006, reason: '' })
    vi.advanceTimersByTime(500)
    socket().onopen?.()
    expect(socket().sent[0]?.resume).toEqual({ epoch: 'a', seq: 1 })
  })

  it('says on every connection what holds until it is said anew', () => {
    line.keepSaying({ op: 'look', type: 'case', id: '1' })
    goLive()
    line.keepSaying({ op: 'look', type: 'case', id: '2' })
    line.keepSaying({ op: 'follow', types: ['vehicle'] })
    expect(socket().sent.map(({ op }) => op)).toEqual(['hello', 'look', 'look', 'follow'])
    socket().onclose?.({ code: 1006, reason: '' })
    vi.advanceTimersByTime(500)
    socket().onopen?.()
    expect(socket().sent.slice(1)).toEqual([
      { op: 'look', type: 'case', id: '2' },
      { op: 'follow', types: ['vehicle'] },
    ])
  })

  it('hands positions on, and takes them for a sign of life', () => {
    goLive()
    vi.advanceTimersByTime(15_000)
    socket().onmessage?.({ data: new ArrayBuffer(8) })
    vi.advanceTimersByTime(15_000)
    expect(phase()).toBe('live')
    expect(positions).toHaveLength(1)
  })

  it('shows that its picture is stale until the new snapshot', () => {
    goLive()
    socket().say({ op: 'stale', reason: 'too old' })
    expect(states.at(-1)).toEqual({ phase: 'stale', reason: 'too old' })
    socket().say(WHOLE)
    expect(phase()).toBe('live')
  })
})
