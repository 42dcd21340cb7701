/** From the wish to the saved change: what it would do, the save itself, and what happens when two people meet. */
import { computed, ref, shallowRef, watch } from 'vue'
import * as api from '@/api/zones'
import type { Effects, Zone } from '@/api/zones'
import { Problem } from '@/api/http'
import type { Change as LiveChange } from '@/live/protocol'
import { cityNow, now } from '@/store/clock'
import { onChanges } from '@/store/live'
import { preferences } from '@/store/preferences'
import { attempt, busy, change, dirty, opened, openZone, origin, problem, standOn, work } from './editor'
import { changeSet, differences, faultsOf, rebase, workOf, type Also, type Difference } from './work'

export interface Conflict {
  theirs: Zone
  /** What they have changed since I began; undefined where that is not known. */
  changed: Difference[] | undefined
  by: string
  at: string
}

/** What the change would do; undefined: nobody has asked since the last step. */
export const effects = shallowRef<Effects>()
export const reviewing = ref(false)
export const reroute = ref(false)
export const conflict = shallowRef<Conflict>()
export const theirsShown = ref(false)
/** Counts saves, for those that list zones. */
export const saves = ref(0)

const saving = ref(false)

export const formFaults = computed(() => (work.value ? faultsOf(work.value, Math.min(now.value, cityNow())) : []))
export const ready = computed(() => work.value !== undefined && formFaults.value.length === 0 && !conflict.value)

watch(work, () => {
  effects.value = undefined
  reviewing.value = false
})

function forget(): void {
  conflict.value = undefined
  theirsShown.value = false
  reroute.value = false
}
watch(() => work.value?.draft.id, forget)

export async function review(): Promise<void> {
  const asked = work.value
  if (!asked || !ready.value) return
  let refusal: Problem | undefined
  const found = await attempt(
    () => api.previewChanges(changeSet(asked, reroute.value)),
    (problem) => (refusal = problem),
  )
  if (work.value !== asked) return
  // What saving would refuse is refused already: somebody else was faster.
  if (refusal?.status === 409) {
    problem.value = ''
    return refused(refusal)
  }
  effects.value = found
  // A change that is at fault is mended first. A city that cannot say what it would do is no reason not to save it.
  reviewing.value = found !== undefined || isFailure(refusal)
}

const isFailure = (refusal: Problem | undefined): boolean =>
  refusal !== undefined && (refusal.status === 0 || refusal.status === 404 || refusal.status >= 500)

export async function save(): Promise<boolean> {
  if (!work.value || !ready.value || saving.value) return false
  saving.value = busy.value = true
  problem.value = ''
  try {
    const { zones } = await api.saveChanges(changeSet(work.value, reroute.value))
    const { kind, code } = work.value.draft
    const own = zones.find((zone) => zone.kind === kind && zone.code === code)
    if (own) opened(own)
    saves.value++
    return true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    await refused(error)
    return false
  } finally {
    saving.value = busy.value = false
  }
}

async function refused(refusal: Problem): Promise<void> {
  const { version, zone } = refusal.details
  const id = typeof zone === 'number' ? zone : work.value?.draft.id
  if (refusal.status === 409 && version !== undefined && id) await meet(id)
  else problem.value = refusal.sentence(preferences.locale)
}

/** Somebody has saved what I am working on: learn what they did. */
async function meet(id: number): Promise<void> {
  const theirs = await api.oneZone(id)
  const last = theirs.versions.at(-1)
  const known = origin.value?.draft.id === id ? origin.value : undefined
  conflict.value = {
    theirs,
    changed: known && differences(known, workOf(theirs)),
    by: last?.changed_by ?? '',
    at: last?.changed_at ?? last?.holds_from ?? theirs.holds_from,
  }
}

/** My change goes on top of theirs; it still has to be saved, and can be looked at before. */
export function keepMine(): void {
  const met = conflict.value
  if (!met || !work.value) return
  const theirs = workOf(met.theirs)
  if (met.theirs.id === work.value.draft.id) standOn(met.theirs, rebase(origin.value, work.value, theirs))
  else change({ also: work.value.also.map((entry) => onTopOf(entry, met.theirs)) })
  forget()
}

function onTopOf(entry: Also, theirs: Zone): Also {
  if (idOf(entry) !== theirs.id) return entry
  if (entry.op === 'retire') return { ...entry, base: theirs.number }
  return { op: 'save', draft: { ...entry.draft, base: theirs.number } }
}

/** Theirs stays; mine is one step back. */
export function takeTheirs(): void {
  const met = conflict.value
  if (!met || !work.value) return
  if (met.theirs.id === work.value.draft.id) standOn(met.theirs, workOf(met.theirs))
  else change({ also: work.value.also.filter((entry) => idOf(entry) !== met.theirs.id) })
  forget()
}

const idOf = (entry: Also): number | null => (entry.op === 'retire' ? entry.id : entry.draft.id)

export async function retire(): Promise<boolean> {
  const id = work.value?.draft.id
  if (!id) return false
  const ended = await attempt(() => api.retireZone(id))
  if (!ended) return false
  opened(ended)
  saves.value++
  return true
}

/** Notices that the open zone is saved by somebody else, before one's own save is refused. */
export function followOthers(): () => void {
  return onChanges((changes) => {
    const draft = work.value?.draft
    if (!draft?.id || saving.value || busy.value) return
    const theirs = changes.some((told) => overtakes(told, draft.id!, draft.base ?? 0))
    if (!theirs) return
    if (dirty.value) void meet(draft.id)
    else void openZone(draft.id, true)
  })
}

function overtakes(told: LiveChange, id: number, base: number): boolean {
  return told.type === 'zone' && told.id === String(id) && (told.version > base || told.kind === 'zone.retired')
}
