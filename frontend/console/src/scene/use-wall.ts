/** Wall mode: no controls, type that can be read across a room, full screen. It is kept in the address (`?wall=1`). */
import { computed, onMounted, onScopeDispose, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** The screen for which the page is laid out; a larger one shows the same, larger. */
const WIDTH = 1920
const HEIGHT = 1080
const LARGER = 1.15
const REM = 16

export function useWall() {
  const route = useRoute()
  const router = useRouter()
  const wall = computed(() => route.query.wall === '1')
  const size = ref([innerWidth, innerHeight])
  const magnify = computed(() => {
    const [width, height] = size.value as [number, number]
    return wall.value ? Math.max(1, Math.min(width / WIDTH, height / HEIGHT)) * LARGER : 1
  })

  async function setWall(on: boolean): Promise<void> {
    const { wall: _, ...query } = route.query
    await router.replace({ query: on ? { ...query, wall: '1' } : query })
    // A browser may refuse, as one in a frame does; the page is a wall all the same.
    if (on) await document.documentElement.requestFullscreen?.().catch(() => undefined)
    else if (document.fullscreenElement) await document.exitFullscreen()
  }

  const measure = (): void => void (size.value = [innerWidth, innerHeight])
  const left = (): void => void (document.fullscreenElement || !wall.value || setWall(false))
  const key = (event: KeyboardEvent): void => void (event.key === 'Escape' && wall.value && setWall(false))
  onMounted(() => {
    addEventListener('resize', measure)
    addEventListener('keydown', key)
    document.addEventListener('fullscreenchange', left)
  })
  watch(magnify, (times) => (document.documentElement.style.fontSize = `${REM * times}px`), { immediate: true })
  onScopeDispose(() => {
    removeEventListener('resize', measure)
    removeEventListener('keydown', key)
    document.removeEventListener('fullscreenchange', left)
    document.documentElement.style.fontSize = ''
  })
  return { wall, magnify, setWall }
}
