/** The department that is open, and what has been changed of it but not saved. */
import { computed, ref, shallowRef } from 'vue'
import { askToLeave } from '@/leave/leaving'
import * as api from '@/api/departments'
import type { Calendar, Department } from '@/api/departments'
import { Problem } from '@/api/http'
import { coalesced } from '@/lib/coalesce'
import { cityNow } from '@/store/clock'
import { onChanges } from '@/store/live'
import { preferences } from '@/store/preferences'
import { changeOf, differences, draftOf, ownCode, rebase, shiftFault, type Draft, type Field } from './draft'

export interface Conflict {
  theirs: Department
  by: string
  at: string | undefined
  changed: Field[]
}

export const department = shallowRef<Department>()
export const draft = ref<Draft>()
export const calendars = shallowRef<Calendar[]>([])
export const conflict = shallowRef<Conflict>()
export const problem = ref('')
export const busy = ref(false)

const was = computed(() => department.value && draftOf(department.value))
export const changed = computed((): Field[] => (was.value && draft.value ? differences(was.value, draft.value) : []))
export const dirty = computed(() => changed.value.length > 0)
export const ready = computed(
  () => !!draft.value?.name_zh.trim() && !!draft.value.name_en.trim() && !(changed.value.includes('roster') && draft.value.roster.some((shift) => shiftFault(shift, cityNow()))),
)
const say = (error: unknown): string => (error instanceof Problem ? error.sentence(preferences.locale) : String(error))

function begin(found: Department | undefined): void {
  department.value = found
  draft.value = found && draftOf(found)
  conflict.value = undefined
}

export async function open(code: string | undefined): Promise<void> {
  problem.value = ''
  if (department.value?.code !== code) begin(undefined)
  if (!code) return
  try {
    const [found, listed] = await Promise.all([api.department(code), api.calendars()])
    calendars.value = listed.items
    begin(found)
  } catch (error) {
    problem.value = say(error)
  }
}

export const discard = (): void => begin(department.value)

/** False if there is something unsaved that the person would rather keep. */
export async function mayLeave(): Promise<boolean> {
  if (!dirty.value) return true
  const go = await askToLeave()
  if (go) discard()
  return go
}

/** Saves what has changed; how many deadlines have moved with it, or undefined if it was refused. */
export async function save(): Promise<number | undefined> {
  const [from, to, held] = [was.value, draft.value, department.value]
  if (!from || !to || !held) return undefined
  busy.value = true
  problem.value = ''
  try {
    const moved = await saveOwnHours(held, to)
    const saved = await api.change(held.code, changeOf(from, { ...to, own: null }, held.version, cityNow()))
    calendars.value = (await api.calendars()).items
    begin(saved)
    return moved + saved.moved
  } catch (error) {
    if (error instanceof Problem && error.status === 409 && 'by' in error.details) await meet(error)
    else problem.value = say(error)
    return undefined
  } finally {
    busy.value = false
  }
}

/** Hours of its own stand in a calendar of its own, which is written first. */
async function saveOwnHours(held: Department, to: Draft): Promise<number> {
  if (!to.own) return 0
  const code = ownCode(held.code)
  const names = { name_zh: `${to.name_zh}工作时间`, name_en: `Hours of ${to.name_en}` }
  const { moved } = await api.putCalendar(code, { ...to.own, ...names })
  to.calendar = code
  to.own = null
  return moved
}

async function meet(refusal: Problem): Promise<void> {
  const theirs = await api.department(department.value!.code)
  conflict.value = {
    theirs,
    by: String(refusal.details.by ?? ''),
    at: refusal.details.at as string | undefined,
    changed: (refusal.details.changed ?? []) as Field[],
  }
}

export function keepMine(): void {
  const met = conflict.value
  if (!met || !was.value || !draft.value) return
  const next = rebase(was.value, draft.value, draftOf(met.theirs))
  department.value = met.theirs
  draft.value = next
  conflict.value = undefined
}

export const takeTheirs = (): void => begin(conflict.value?.theirs)

/** What others save is shown at once where nothing was changed here; else at once told. */
export function followOthers(): () => void {
  const look = coalesced(async () => {
    const held = department.value
    if (!held || busy.value) return
    const theirs = await api.department(held.code).catch(() => undefined)
    if (!theirs || department.value !== held || theirs.version <= held.version) return
    if (!dirty.value) return begin(theirs)
    const theirFields = differences(draftOf(held), draftOf(theirs))
    conflict.value = { theirs, by: '', at: undefined, changed: theirFields }
  }, 150)
  return onChanges((changes) => {
    const about = changes.some(({ type, id }) => (type === 'department' || type === 'roster') && id === department.value?.code)
    if (about) look()
  })
}
