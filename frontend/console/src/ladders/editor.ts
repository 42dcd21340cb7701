/** The ladders that are edited, in their order; the last fits every case. */
import { computed, ref } from 'vue'
import * as api from '@/api/ladders'
import type { Ladder, Step } from '@/api/ladders'

export interface Edited extends Ladder {
  key: number
}

export const ladders = ref<Edited[]>([])
export const openKey = ref<number>()
const loaded = ref('')
const revision = ref(0)
let keys = 0

const plain = <T>(one: T): T => JSON.parse(JSON.stringify(one)) as T
export const written = computed((): Ladder[] => ladders.value.map(({ key: _, ...ladder }) => ladder))
export const dirty = computed(() => loaded.value !== '' && JSON.stringify(written.value) !== loaded.value)
/** What the city would refuse: a step that tells nobody, a ladder that fits every case above the last. */
export const broken = computed(() =>
  ladders.value.some(({ when, steps }, at) => steps.length === 0 || steps.some(({ tell }) => tell.length === 0) || (Object.keys(when).length === 0) !== (at === ladders.value.length - 1)),
)

function take(found: { ladders: Ladder[]; revision: number }): void {
  ladders.value = found.ladders.map((ladder) => ({ ...ladder, key: ++keys }))
  revision.value = found.revision
  loaded.value = JSON.stringify(written.value)
}

export async function load(): Promise<void> {
  take(await api.readLadders())
  openKey.value = undefined
}
export const save = async (): Promise<void> => take(await api.saveLadders(written.value, revision.value))
/** What I have goes over what somebody else has saved meanwhile. */
export async function overTheirs(): Promise<void> {
  revision.value = (await api.readLadders()).revision
  await save()
}

export const newStep = (): Step => ({ after: 'due', value: 0, unit: 'working_hour', tell: ['department'] })

export function addLadder(zh: string, en: string, like?: Edited): void {
  const fresh: Edited = like
    ? { ...plain(like), key: ++keys, when: Object.keys(like.when).length > 0 ? plain(like.when) : { urgency: [3] } }
    : { key: ++keys, name_zh: zh, name_en: en, when: { urgency: [3] }, steps: [newStep()] }
  ladders.value.splice(like ? ladders.value.findIndex(({ key }) => key === like.key) : 0, 0, fresh)
  openKey.value = fresh.key
}
export const remove = (at: number): void => void ladders.value.splice(at, 1)
export function move(at: number, by: 1 | -1): void {
  const [one] = ladders.value.splice(at, 1)
  if (one) ladders.value.splice(at + by, 0, one)
}
