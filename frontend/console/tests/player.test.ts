import { describe, expect, it } from 'vitest'
import type { Change } from '@/live/protocol'
import { Player, type Source } from '@/past/player'
import { World } from '@/live/world'
import { aCase } from './make'

const START = Date.parse('2026-11-22T00:00:00Z')
const DAY = 86_400_000
const iso = (at: number): string => new Date(at).toISOString()

/** A day of changes: each row opens a case, changes one, or takes one away. */
function journal(rows: number): Change[] {
  return Array.from({ length: rows }, (_, i): Change => {
    const id = String(i % 700)
    const gone = i % 11 === 10
    const feature = aCase(id, { status: `s${i}` })
    return { ...feature, state: gone ? null : feature.state, seq: i + 1, at: iso(START + (i * DAY) / rows), kind: 'case.changed', version: i } as Change
  })
}

function source(rows: Change[], slow = 0): Source & { asked: number[] } {
  const asked: number[] = []
  const upTo = (seq: number) => {
    const world = new World()
    world.apply({ op: 'hello', protocol: 1, epoch: 'e', seq, now: '', heartbeat: 1, user: '' })
    world.apply({ op: 'snapshot', seq: 0, part: 1, parts: 1, features: [] })
    world.apply({ op: 'frames', from: 1, seq, changes: rows.slice(0, seq) })
    return [...world.cases.values()]
  }
  return {
    asked,
    snapshot: async (when) => {
      const seq = 'seq' in when ? when.seq : rows.filter(({ at }) => Date.parse(at) <= when.at).length
      return { epoch: 'e', seq, at: rows[seq - 1]?.at ?? iso(START), features: upTo(seq) }
    },
    frames: async (from, limit) => {
      asked.push(from)
      for (let i = 0; i < slow; i++) await Promise.resolve()
      const changes = rows.slice(from - 1, from - 1 + limit)
      const seq = from - 1 + changes.length
      return { epoch: 'e', from, seq, at: rows[seq - 1]?.at ?? iso(START), whole: seq >= rows.length, changes }
    },
  }
}
const states = (world: World) => [...world.cases.values()].map(({ id, state }) => [id, state.status]).sort()

describe('the past as it is played', () => {
  it.each([1, 60, 3600])('applies every change of a day, in order, at %i×', async (pace) => {
    const rows = journal(pace === 1 ? 300 : 45_000)
    const from = source(rows, 3)
    const now = () => START + DAY + 60_000
    const player = new Player(from, [], now)
    await player.seek({ at: START })
    const applied: number[] = [...rows.slice(0, player.seq).map(({ seq }) => seq)]
    // An animation frame is 16 ms; at 1× the frames are longer, so that the test is not.
    const frame = pace === 1 ? 60_000 : 16 * pace
    for (let i = 0; i < 200_000 && !player.atEnd; i++) {
      void player.ahead(pace)
      applied.push(...player.advance(Math.min(player.at + frame, now())).map(({ seq }) => seq))
      await Promise.resolve()
    }
    expect(now() - player.at).toBeLessThan(1_500)
    expect(applied).toEqual(rows.map(({ seq }) => seq))
    const last = new Player(from, [], now)
    await last.seek({ seq: rows.length })
    expect(states(player.world)).toEqual(states(last.world))
  })

  it('does not run ahead of what it knows', async () => {
    const rows = journal(5_000)
    const player = new Player(source(rows), [], () => START + DAY)
    await player.seek({ at: START })
    await player.ahead(1)
    player.advance(START + DAY)
    expect(player.at).toBe(Date.parse(rows[2_000]!.at)) // the first page ended there
    expect(player.atEnd).toBe(false)
  })

  it('goes from change to change', async () => {
    const rows = journal(10)
    const player = new Player(source(rows), [], () => START + DAY)
    await player.seek({ at: START })
    expect((await player.step())?.map(({ seq }) => seq)).toEqual([2])
    expect(player.at).toBe(Date.parse(rows[1]!.at))
    for (let i = 0; i < 8; i++) await player.step()
    expect(player.seq).toBe(10)
    expect(await player.step()).toBeUndefined()
  })

  it('shows the moment that was asked for last, whatever is answered first', async () => {
    const rows = journal(10)
    const from = source(rows)
    const answers: (() => void)[] = []
    const snapshot = from.snapshot
    from.snapshot = async (...asked) => {
      await new Promise<void>((go) => answers.push(go))
      return snapshot(...asked)
    }
    const player = new Player(from, [], () => START + DAY)
    const first = player.seek({ seq: 3 })
    const second = player.seek({ seq: 7 })
    answers[1]!()
    expect(await second).toBe(true)
    answers[0]!()
    expect(await first).toBe(false)
    expect(player.seq).toBe(7)
  })
})
