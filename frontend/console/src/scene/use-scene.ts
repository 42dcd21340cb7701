/** What a scene knows: the zone, what the city counts of it, and what of the live city lies in it. */
import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { Problem } from '@/api/http'
import * as api from '@/api/scenes'
import { coalesced } from '@/lib/coalesce'
import type { CaseFeature, Change, DeviceFeature } from '@/live/protocol'
import { COMPARE, isOver } from '@/queue/select'
import { coarseNow } from '@/store/clock'
import { cases, devices, loaded, onChanges } from '@/store/live'

/** At most one question in this time, however much happens in the zone. */
const PAUSE = 3_000
/** The figures of a week before move with the clock, even when nothing happens. */
const HOURS_GO_ON = 5 * 60_000

export interface SceneData {
  zone: ShallowRef<api.ZoneDetail | undefined>
  scene: ShallowRef<api.Scene | undefined>
  gone: Ref<boolean>
  problem: ShallowRef<Problem | undefined>
  /** Open cases in the zone, the first due first. */
  inside: ComputedRef<CaseFeature[]>
  devicesInside: ComputedRef<DeviceFeature[]>
  /** Today's figures; what the live city knows better is counted from it. */
  figures: ComputedRef<api.Scene['figures'] | undefined>
  load(): Promise<void>
}

export function useScene(kind: string, code: string): SceneData {
  const zone = shallowRef<api.ZoneDetail>()
  const scene = shallowRef<api.Scene>()
  const gone = ref(false)
  const problem = shallowRef<Problem>()

  async function ask(): Promise<void> {
    const line = await api.zoneByCode(kind, code)
    gone.value = line === undefined
    if (!line) return
    // The shape is asked for again only when it may be another one.
    if (line.number !== zone.value?.number) zone.value = await api.zone(line.id, line.number)
    scene.value = await api.scene(line.id)
  }

  async function load(): Promise<void> {
    try {
      await ask()
      problem.value = undefined
    } catch (error) {
      if (error instanceof Problem) problem.value = error
      else throw error
    }
  }

  const id = computed(() => zone.value?.id ?? -1)
  const inside = computed(() => cases.value.filter(({ state }) => state.zones.includes(id.value)).sort(COMPARE.due))
  const devicesInside = computed(() => devices.value.filter(({ state }) => state.zones.includes(id.value)))
  const figures = computed(() => scene.value && withLive(scene.value.figures, inside.value))

  const askAgain = coalesced(load, PAUSE)
  // Changes are told before they are drawn, so that this still has a case which is about to leave.
  const ids = computed(() => new Set(inside.value.map((feature) => feature.id)))
  const concerns = (change: Change): boolean => {
    if (change.type === 'zone' || change.type === 'scene') return change.id === String(id.value)
    if (change.type === 'zone_import') return true
    return Boolean(change.state?.zones.includes(id.value)) || (change.type === 'case' && ids.value.has(change.id))
  }
  const stop = onChanges((changes) => {
    if (changes.some(concerns)) askAgain()
  })
  const timer = setInterval(() => document.hidden || askAgain(), HOURS_GO_ON)
  onScopeDispose(() => {
    stop()
    clearInterval(timer)
  })
  return { zone, scene, gone, problem, inside, devicesInside, figures, load }
}

function withLive(figures: api.Scene['figures'], inside: CaseFeature[]): api.Scene['figures'] {
  if (!loaded.value) return figures
  const now = coarseNow.value
  return { ...figures, open: inside.length, overdue: inside.filter(({ state }) => isOver(state.due_at, now)).length }
}
