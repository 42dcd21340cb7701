/** The layers of a scene: chosen by whoever keeps it, for everybody who looks at it. */
import { computed, ref, shallowRef, watch, type ShallowRef } from 'vue'
import { Problem } from '@/api/http'
import * as api from '@/api/scenes'
import { me } from '@/store/session'

export const USUAL: api.SceneLayers = { cases: true, devices: true, labels: true, buildings: false, zones: [] }
const KEEPERS = ['operator', 'planner', 'administrator']

export function useLayers(scene: ShallowRef<api.Scene | undefined>) {
  const layers = ref<api.SceneLayers>({ ...USUAL })
  const problem = shallowRef<Problem>()
  const mayKeep = computed(() => Boolean(me.value?.roles.some((role) => KEEPERS.includes(role))))
  let saving = false

  // What others keep comes with the figures; not while one's own choice is on its way, nor over one that is not kept.
  let own = false
  watch(scene, (now) => {
    if (now && !saving && !own) layers.value = { ...USUAL, ...now.layers }
  })

  async function set(change: Partial<api.SceneLayers>): Promise<void> {
    layers.value = { ...layers.value, ...change }
    const zone = scene.value?.zone
    own = !mayKeep.value
    if (!zone || own) return
    saving = true
    try {
      await api.saveLayers(zone.id, layers.value)
      problem.value = undefined
    } catch (error) {
      if (error instanceof Problem) problem.value = error
    } finally {
      saving = false
    }
  }
  return { layers, problem, mayKeep, set }
}
