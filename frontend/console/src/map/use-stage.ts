/** A map for as long as its component lives, in the element with `ref="stage"`. */
import type { Map as LibreMap } from 'maplibre-gl'
import { effectScope, onMounted, onUnmounted, ref, useTemplateRef, type Ref } from 'vue'
import { dropMap } from './camera'
import { showToTests } from './for-tests'

/**
 * `make` may throw where the browser has no WebGL2; then `failed` says so. What `ready` watches ends with the map.
 */
export function useStage(make: (container: HTMLElement) => LibreMap, ready: (map: LibreMap) => void): { failed: Ref<boolean> } {
  const stage = useTemplateRef<HTMLElement>('stage')
  const failed = ref(false)
  const scope = effectScope()
  let map: LibreMap | undefined

  onMounted(() => {
    try {
      map = make(stage.value!)
    } catch (error) {
      console.warn(error)
      failed.value = true
      return
    }
    const made = map
    showToTests(made)
    scope.run(() => ready(made))
  })
  onUnmounted(() => {
    scope.stop()
    dropMap(map)
  })
  return { failed }
}
