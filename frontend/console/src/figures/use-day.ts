/** The figures of the day that is shown: of today, asked again each minute, or of a moment of the past. */
import { onUnmounted, ref, shallowRef, watch } from 'vue'
import { figuresOfDay, type Day } from '@/api/queue'
import { inPast, moment, playing, restCount } from '@/store/past'

const EVERY = 60_000
const WHILE_PLAYING = 2_000

export function useDay() {
  const day = shallowRef<Day>()
  const failed = ref(false)
  let asked = 0

  async function ask(): Promise<void> {
    const mine = ++asked
    try {
      const found = await figuresOfDay(inPast.value ? moment.value : undefined)
      if (mine === asked) day.value = found
      failed.value = false
    } catch {
      failed.value = true
    }
  }

  const timer = setInterval(() => void (document.hidden || inPast.value || ask()), EVERY)
  const turning = setInterval(() => void (playing.value && ask()), WHILE_PLAYING)
  watch([restCount, inPast], ask, { immediate: true })
  onUnmounted(() => [timer, turning].forEach(clearInterval))
  return { day, failed, ask }
}
