import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import type { ReporterLine, WaitingCase } from '@/api/register'
import type { Verb } from '@/api/work'
import { callVerb, mayLook, nextCall, stateOf } from '@/register/calling'
import { bodyOf, callable, faultsOf, isDirty, lacks, newDraft } from '@/register/draft'
import { likenessOf, metres } from '@/register/likeness'
import { matches } from '@/register/searching'
import { useSimilar, type Wanted } from '@/register/use-similar'

describe('a report that is typed', () => {
  it('lacks a category and a place of its own, but not when it joins a case', () => {
    expect(lacks(newDraft())).toEqual({ category: 'category', place: 'where' })
    expect(lacks(newDraft(), true)).toEqual({})
    expect(lacks({ ...newDraft(), category: 'E-01-10', address: '中路1号' })).toEqual({})
  })

  it('asks for a number whoever gave a name and is to be called', () => {
    const named = { ...newDraft(), name: '李先生' }
    expect(lacks(named, true)).toEqual({ phone: 'phoneForCall' })
    expect(lacks({ ...named, wantsCallBack: false }, true)).toEqual({})
    expect(lacks({ ...named, phone: '138 ask' }, true)).toEqual({ phone: 'phoneShape' })
    expect(['0510-8123 4567', '+86 13800000000', '12345'].every(callable)).toBe(true)
  })

  it('sends what was given and no more', () => {
    const draft = { ...newDraft(), phone: ' 13800000000 ', category: 'E-01-10', place: [120.3, 31.57] as [number, number] }
    expect(bodyOf(draft, 7)).toMatchObject({ join: 7, lon: 120.3, lat: 31.57, urgency: null, reporter: { phone: '13800000000', wants_call_back: true } })
    expect(bodyOf({ ...newDraft(), wantsCallBack: true }).reporter).toBeNull()
    expect(bodyOf({ ...newDraft(), takenInFirst: true }).mode).toBe('report')
  })

  it('is worth keeping once something was typed', () => {
    expect(isDirty(newDraft('grid'))).toBe(false)
    expect(isDirty({ ...newDraft(), description: '垃圾' })).toBe(true)
  })

  it('has each refusal at the field that it is about', () => {
    expect(faultsOf({ status: 422, code: 'outside_city' }, 'outside')).toEqual({ place: 'outside' })
    expect(faultsOf({ status: 422, missing: 'category' }, 'choose')).toEqual({ category: 'choose' })
    expect(faultsOf({ status: 422, errors: [{ loc: ['body', 'body', 'reporter', 'phone'], msg: 'too long' }] }, '')).toEqual({ phone: 'too long' })
    expect(faultsOf({ status: 409 }, 'it has ended')).toEqual({ whole: 'it has ended' })
  })
})

describe('finding a category', () => {
  it.each([['e0110', true], ['生活 垃圾', true], ['garbage', true], ['E-01-11', false]])('by %s', (typed, is) => {
    expect(matches(typed, '暴露生活垃圾\nExposed garbage\nE-01-10')).toBe(is)
  })
})

describe('how alike', () => {
  it('is said in a word, and how far in a unit', () => {
    expect([0.9, 0.5, 0.1].map(likenessOf)).toEqual(['high', 'middle', 'low'])
    expect([metres(35.4), metres(1240)]).toEqual(['35 m', '1.2 km'])
  })
})

describe('asking for the same matter', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('waits for a pause in typing, and the last question wins', async () => {
    const answers: ((id: number) => void)[] = []
    const fetched = vi.fn(() => new Promise<Response>((answer) => answers.push((id) => answer(new Response(JSON.stringify({ items: [{ id }], within_m: 50 }))))))
    vi.stubGlobal('fetch', fetched)
    const wanted = ref<Wanted>({ description: '' })
    const scope = effectScope()
    const { found, asking } = scope.run(() => useSimilar(() => wanted.value))!
    await vi.advanceTimersByTimeAsync(1000)
    expect(fetched).not.toHaveBeenCalled() // there is no place yet
    wanted.value = { ...wanted.value, place: [120.3, 31.57] }
    for (const description of ['垃', '垃圾', '垃圾堆']) {
      wanted.value = { ...wanted.value, description }
      await nextTick()
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(fetched).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(400)
    expect(fetched).toHaveBeenCalledTimes(1)
    wanted.value = { ...wanted.value, description: '井盖' }
    await nextTick()
    await vi.advanceTimersByTimeAsync(400)
    answers[1]!(2)
    answers[0]!(1)
    await vi.advanceTimersByTimeAsync(0)
    expect(found.value.map(({ id }) => id)).toEqual([2])
    expect(asking.value).toBe(false)
    scope.stop()
  })
})

describe('calls back', () => {
  const line = (report: number, more: Partial<ReporterLine> = {}): ReporterLine => ({ report, reached: false, done: false, tried: 0, ...more }) as ReporterLine
  const cases = [{ id: 1, reporters: [line(10), line(11)] }, { id: 2, reporters: [line(20)] }] as WaitingCase[]

  it('go on to whoever comes next, and at the end to the first who is left', () => {
    expect(nextCall(cases, { caseId: 1, report: 11 })).toEqual({ caseId: 2, report: 20 })
    expect(nextCall(cases, { caseId: 2, report: 20 })).toEqual({ caseId: 1, report: 10 })
    expect(nextCall([cases[1]!], { caseId: 2, report: 20 })).toBeUndefined()
  })

  it('are recorded by the verb that the workflow has, without asking whose call it was', () => {
    const inputs = (['report', 'reached', 'result'] as const).map((name) => ({ name, required: true, choices: [] }))
    const verb = { code: 'ring', inputs } as unknown as Verb
    expect(callVerb([verb])?.inputs.map(({ name }) => name)).toEqual(['reached', 'result'])
    expect(callVerb([])).toBeUndefined()
  })

  it('keep who is confidential to the hotline', () => {
    expect([mayLook(['operator'], false), mayLook(['operator'], true), mayLook(['hotline_agent'], true)]).toEqual([true, false, true])
    expect([stateOf(line(1)), stateOf(line(1, { done: true })), stateOf(line(1, { done: true, reached: true }))]).toEqual(['waits', 'given', 'reached'])
  })
})
