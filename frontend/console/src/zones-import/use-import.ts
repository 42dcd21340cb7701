/** One import, from the file to what it has changed. */
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { Problem } from '@/api/http'
import { columnsOf, importZones, ZONE_FIELDS, type FileColumns, type ImportPlan } from '@/api/zones-import'
import { importForm, NONE, nothingChosen, openingForm } from './form'

export type Step = 'waiting' | 'opening' | 'opened' | 'running' | 'planned' | 'applying' | 'done'

export function useImport(kind: string) {
  const choices = reactive({ ...nothingChosen(), kind })
  const file = shallowRef<File>()
  const columns = shallowRef<FileColumns>()
  /** Of which one must be chosen. */
  const layers = ref<string[]>([])
  const plan = shallowRef<ImportPlan>()
  const problem = shallowRef<Problem>()
  const step = ref<Step>('waiting')
  /** The plan is not that of what is chosen now. */
  const stale = ref(false)
  /** The city says that the plan is no longer what would be done. */
  const outdated = ref(false)

  watch(choices, () => {
    if (step.value === 'planned') stale.value = true
  })
  const changes = computed(() => {
    const counts = plan.value?.counts
    return counts ? counts.created + counts.changed + counts.retired : 0
  })
  const ready = computed(() => step.value === 'planned' && !stale.value && changes.value > 0 && plan.value?.counts.faults === 0)

  /** Does a step; a refusal leads back to where the person can act on it. */
  async function attempt<T>(during: Step, back: Step, work: () => Promise<T>): Promise<T | undefined> {
    step.value = during
    problem.value = undefined
    outdated.value = false
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problem.value = error
      step.value = back
      return undefined
    }
  }

  async function choose(chosen: File): Promise<void> {
    file.value = chosen
    plan.value = undefined
    layers.value = []
    Object.assign(choices, { ...nothingChosen(), kind: choices.kind })
    await open()
  }

  /** Reads the columns; again when a layer or an encoding has been chosen. */
  async function open(): Promise<void> {
    columns.value = undefined
    const found = await attempt('opening', 'waiting', () => columnsOf(openingForm(file.value!, choices)))
    if (!found) {
      const names = problem.value?.details.layers
      if (Array.isArray(names)) layers.value = names.map(String)
      return
    }
    columns.value = found
    for (const field of ZONE_FIELDS) choices.fields[field] = found.fields[field] ?? NONE
    step.value = 'opened'
  }

  async function dryRun(): Promise<void> {
    const found = await attempt('running', 'opened', () => importZones(importForm(file.value!, choices)))
    stale.value = false
    plan.value = found
    if (found) step.value = 'planned'
  }

  async function apply(): Promise<void> {
    const token = plan.value!.plan
    const done = await attempt('applying', 'planned', () => importZones(importForm(file.value!, choices, token)))
    if (done) {
      // What was looked at stays on the map.
      plan.value = { ...done, shapes: plan.value?.shapes }
      step.value = 'done'
    } else if (problem.value?.status === 409) {
      stale.value = outdated.value = true
    }
  }

  return reactive({ choices, file, columns, layers, plan, problem, step, stale, outdated, changes, ready, choose, open, dryRun, apply })
}

export type Import = ReturnType<typeof useImport>
