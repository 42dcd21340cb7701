/** What is being edited: the open zone, the steps back and forth, and with which tool. */
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/zones'
import type { Shape, Zone } from '@/api/zones'
import { Problem } from '@/api/http'
import { askToLeave } from '@/leave/leaving'
import { preferences } from '@/store/preferences'
import { History } from './history'
import { differences, newDraft, workOf, type Draft, type Work } from './work'

export type Tool = 'look' | 'vertices' | 'polygon' | 'rectangle' | 'circle' | 'freehand' | 'cells' | 'split' | 'merge'

/** The state that is shown and would be saved; undefined: nothing is open. */
export const work = shallowRef<Work>()
/** The same as the city has it; undefined for a zone that is not there yet. */
export const origin = shallowRef<Work>()
/** The open zone with its versions. */
export const zone = shallowRef<Zone>()
export const tool = ref<Tool>('look')
/** What becomes of an area that is drawn: a part more, or cut out. */
export const drawnAs = ref<'add' | 'cut'>('add')
export const snapping = ref(true)
/** Something is asked of the city that this work waits for. */
export const busy = ref(false)
export const problem = ref('')

const history = shallowRef<History<Work>>()
const steps = ref(0) // the history itself is not reactive

export const canUndo = computed(() => steps.value >= 0 && history.value?.canUndo === true)
export const canRedo = computed(() => steps.value >= 0 && history.value?.canRedo === true)
export const isNew = computed(() => work.value !== undefined && work.value.draft.base === null)
export const changed = computed(() => (work.value && origin.value ? differences(origin.value, work.value) : []))
export const dirty = computed(() => {
  if (!work.value) return false
  if (origin.value) return changed.value.length > 0 || work.value.also.length > 0
  return canUndo.value
})

function begin(next: Work | undefined, from: Zone | undefined): void {
  work.value = next
  origin.value = from && next
  zone.value = from
  history.value = next && new History(next)
  steps.value = 0
  tool.value = 'look'
  drawnAs.value = 'add'
  problem.value = ''
}

/** Goes on to a next state; `kind` joins steps of the same sort, such as typing, into one. */
export function change(next: Partial<Work>, kind = ''): void {
  if (!work.value || !history.value) return
  work.value = { ...work.value, ...next }
  history.value.push(work.value, kind)
  steps.value++
}

export function changeDraft(next: Partial<Draft>, kind = ''): void {
  if (work.value) change({ draft: { ...work.value.draft, ...next } }, kind)
}

export const changeShape = (shape: Shape): void => changeDraft({ shape })

export function undo(): void {
  if (history.value) work.value = history.value.undo()
  steps.value++
}

export function redo(): void {
  if (history.value) work.value = history.value.redo()
  steps.value++
}

/** False if there is something unsaved that the person would rather keep. */
export const mayLeave = async (): Promise<boolean> => !dirty.value || (await askToLeave())

export async function openZone(id: number, sure = false): Promise<boolean> {
  if (!sure && !(await mayLeave())) return false
  const found = await attempt(() => api.oneZone(id))
  if (found) begin(workOf(found), found)
  return found !== undefined
}

export async function openNew(kind: string): Promise<void> {
  if (!(await mayLeave())) return
  begin({ draft: newDraft(kind), also: [], from: null, to: null }, undefined)
  tool.value = 'polygon'
}

/** Opens changes that somebody else proposes; they are unsaved from the beginning. */
export async function openProposed(proposed: Work): Promise<boolean> {
  if (!(await mayLeave())) return false
  const { id } = proposed.draft
  const found = id === null ? undefined : await attempt(() => api.oneZone(id))
  begin(found ? workOf(found) : proposed, found)
  if (found) change(proposed)
  return true
}

/** The zone as the city has it now, without a step back to what was saved. */
export const opened = (saved: Zone): void => begin(workOf(saved), saved)

/** Somebody else's version becomes what the work is measured against; the steps so far can still be undone. */
export function standOn(theirs: Zone, next: Work): void {
  origin.value = workOf(theirs)
  zone.value = theirs
  change(next)
}

export async function closeZone(sure = false): Promise<boolean> {
  if (!sure && !(await mayLeave())) return false
  begin(undefined, undefined)
  return true
}

/** Asks the city for something; a refusal is said in `problem`. */
export async function attempt<T>(ask: () => Promise<T>, refused?: (problem: Problem) => void): Promise<T | undefined> {
  busy.value = true
  problem.value = ''
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    problem.value = error.sentence(preferences.locale)
    refused?.(error)
    return undefined
  } finally {
    busy.value = false
  }
}
