import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { coalesced } from '@/lib/coalesce'

describe('calls that are answered together', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('are one piece of work', async () => {
    const work = vi.fn(async () => undefined)
    const call = coalesced(work, 100)
    call()
    call()
    await vi.advanceTimersByTimeAsync(100)
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('are answered once more when they come while the work goes on: it may have begun too early to know', async () => {
    let finish = (): void => undefined
    const work = vi.fn(() => new Promise<void>((done) => (finish = done)))
    const call = coalesced(work, 100)
    call()
    await vi.advanceTimersByTimeAsync(100)
    call()
    call()
    finish()
    await vi.advanceTimersByTimeAsync(100)
    expect(work).toHaveBeenCalledTimes(2)
  })

  it('go on after a failure', async () => {
    const work = vi.fn(async () => Promise.reject(new Error('no answer')))
    const call = coalesced(work, 100)
    call()
    await vi.advanceTimersByTimeAsync(100)
    call()
    await vi.advanceTimersByTimeAsync(100)
    expect(work).toHaveBeenCalledTimes(2)
  })
})
