import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { typedInto } from '@/lib/typed'

describe('what is typed', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const field = () => {
    const text = ref('')
    const written: string[] = []
    const typed = effectScope().run(() => typedInto(() => text.value, (to) => written.push((text.value = to))))!
    return { text, typed, written }
  }

  it('is handed on once the person pauses', () => {
    const { typed, written } = field()
    for (const word of ['w', 'wa', 'wat']) {
      typed.value = word
      vi.advanceTimersByTime(50)
    }
    expect(written).toEqual([])
    vi.runAllTimers()
    expect(written).toEqual(['wat'])
  })

  it('is emptied at once, and gives way to what others set', () => {
    const { text, typed, written } = field()
    typed.value = 'water'
    text.value = 'saved'
    expect(typed.value).toBe('saved')
    typed.value = ''
    vi.runAllTimers()
    expect(written).toEqual([''])
  })
})
