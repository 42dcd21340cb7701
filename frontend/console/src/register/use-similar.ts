/** Asks, while a report is typed and placed, for cases that may be the same matter. */
import { onUnmounted, ref, shallowRef, watch } from 'vue'
import { similar, type SimilarCase } from '@/api/register'

const PAUSE = 350 // milliseconds after the last key

export interface Wanted {
  place?: [number, number]
  category?: string
  description: string
}

export function useSimilar(wanted: () => Wanted) {
  const found = shallowRef<SimilarCase[]>([])
  const within = ref(0)
  const asking = ref(false)
  const failed = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = 0

  async function ask({ place, category, description }: Wanted): Promise<void> {
    const mine = ++last
    if (!place) return
    try {
      const answer = await similar({ lon: place[0], lat: place[1], category, text: description.trim() })
      if (mine !== last) return // something else was typed meanwhile
      found.value = answer.items
      within.value = answer.within_m
      failed.value = false
    } catch {
      if (mine === last) failed.value = true
    } finally {
      if (mine === last) asking.value = false
    }
  }
  const again = (): void => {
    clearTimeout(timer)
    last++ // what is under way is no longer what is wanted
    const now = { ...wanted() }
    asking.value = now.place !== undefined
    if (!now.place) found.value = []
    else timer = setTimeout(() => void ask(now), PAUSE)
  }
  watch(() => [wanted().place, wanted().category, wanted().description.trim()], again, { immediate: true })
  onUnmounted(() => {
    clearTimeout(timer)
    last++
  })
  return { found, within, asking, failed, again }
}
