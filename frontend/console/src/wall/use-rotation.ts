/** The scenes of a wall, one after the other; an alarm holds the turn. */
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { zone as zoneOf, zoneByCode, type ZoneDetail } from '@/api/scenes'
import { linesOfKind } from '@/map/zone-ids'
import { CITY, type WallPlan } from './scenes'

export interface WallScene {
  ref: string
  /** undefined: the whole city */
  zone?: ZoneDetail
}

const USUAL = 'street'

export function useRotation(plan: WallPlan, held: () => boolean) {
  const refs = shallowRef<string[]>(plan.scenes.length ? plan.scenes : [CITY])
  const at = ref(0)
  const scene = shallowRef<WallScene>({ ref: CITY })
  const since = ref(Date.now())
  const zones = new Map<string, Promise<ZoneDetail | undefined>>()

  async function shapeOf(named: string): Promise<ZoneDetail | undefined> {
    const [kind, ...code] = named.split(':')
    const line = await zoneByCode(kind!, code.join(':'))
    return line && zoneOf(line.id, line.number)
  }

  async function show(index: number): Promise<void> {
    const named = refs.value[index]!
    if (!zones.has(named) && named !== CITY) zones.set(named, shapeOf(named).catch(() => undefined))
    const zone = await zones.get(named)
    at.value = index
    since.value = Date.now()
    // A zone that has ended, or was never there, is passed over in the next turn.
    if (zone || named === CITY) scene.value = zone ? { ref: named, zone } : { ref: named }
  }

  async function begin(): Promise<void> {
    if (plan.scenes.length === 0) {
      const lines = await linesOfKind(USUAL).catch(() => [])
      refs.value = [CITY, ...lines.map(({ kind, code }) => `${kind}:${code}`)]
    }
    await show(0)
  }

  const timer = setInterval(() => {
    if (held() || refs.value.length < 2) return
    if (Date.now() - since.value >= plan.seconds * 1000) void show((at.value + 1) % refs.value.length)
  }, 500)
  onScopeDispose(() => clearInterval(timer))
  void begin()
  return { scene, at: computed(() => at.value + 1), count: computed(() => refs.value.length) }
}
