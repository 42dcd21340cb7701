/** The report that is being typed at this desk. It outlives the page, but neither the window nor the login. */
import { computed, ref, shallowRef, watch } from 'vue'
import * as api from '@/api/register'
import type { CategoryWithConditions, Registered } from '@/api/register'
import { Problem } from '@/api/http'
import type { CaseDetail } from '@/api/models'
import { oneCase } from '@/api/city'
import { preferences } from '@/store/preferences'
import { me } from '@/store/session'
import { bodyOf, faultsOf, isDirty, lacks, newDraft, type Draft, type Faults, type Lack } from './draft'

const KEPT = 5

export interface Done extends Registered {
  /** As it stands now; absent while it waits to be located. */
  detail?: CaseDetail
}

export const draft = ref<Draft>(newDraft())
export const faults = ref<Faults>({})
export const busy = ref<number | 'new'>()
/** The chosen category with its filing conditions, once the city has told them. */
export const chosen = shallowRef<CategoryWithConditions>()
/** What was registered here lately, the newest first. */
export const done = shallowRef<Done[]>([])
export const dirty = computed(() => isDirty(draft.value))

export function begin(): void {
  draft.value = newDraft(draft.value.channel)
  faults.value = {}
}

/** Closing the window asks first while something is unsent. */
const hold = (event: BeforeUnloadEvent): void => event.preventDefault()
watch(dirty, (is) => (is ? addEventListener('beforeunload', hold) : removeEventListener('beforeunload', hold)))
/** A caller's name and number are not left to whoever logs in next. */
watch(me, (now, before) => {
  if (now?.username === before?.username) return
  begin()
  done.value = []
})
/** A fault is gone as soon as its field is mended. */
watch(() => [draft.value.phone, draft.value.name, draft.value.wantsCallBack], () => drop('phone', 'name'))
watch(() => draft.value.category, () => drop('category', 'condition'))
watch(() => [draft.value.place, draft.value.address], () => drop('place'))
watch(() => draft.value.component, () => drop('component'))

function drop(...fields: (keyof Faults)[]): void {
  const rest = { ...faults.value }
  for (const field of [...fields, 'whole' as const]) delete rest[field]
  faults.value = rest
}

/** Registers it as a case of its own, or as one more report of the case `join`; false if something speaks against it. */
export async function send(words: (lack: Lack) => string, join?: number): Promise<boolean> {
  if (busy.value !== undefined) return false
  faults.value = Object.fromEntries(Object.entries(lacks(draft.value, join !== undefined)).map(([field, lack]) => [field, words(lack)]))
  if (Object.keys(faults.value).length > 0) return false
  busy.value = join ?? 'new'
  try {
    const became = await api.register(bodyOf(draft.value, join))
    const detail = became.case ? await oneCase(String(became.case.id)).catch(() => undefined) : undefined
    done.value = [{ ...became, detail }, ...done.value].slice(0, KEPT)
    begin()
    return true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    faults.value = faultsOf(error.details, error.sentence(preferences.locale))
    return false
  } finally {
    busy.value = undefined
  }
}
