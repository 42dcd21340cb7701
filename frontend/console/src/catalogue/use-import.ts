/** One import of a table, from the file to the edition that it becomes. */
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { importTable, tableColumns, type TableColumns, type TablePlan } from '@/api/catalogue'
import { Problem } from '@/api/http'

export type Step = 'waiting' | 'opening' | 'opened' | 'running' | 'planned' | 'applying' | 'done'

export function useImport() {
  const file = shallowRef<File>()
  const columns = shallowRef<TableColumns>()
  const plan = shallowRef<TablePlan>()
  const problem = shallowRef<Problem>()
  const step = ref<Step>('waiting')
  const stale = ref(false)
  /** Of ours, which of the file's; "": none. */
  const fields = reactive<Record<string, string>>({})
  const about = reactive({ standard: '', version: '', name_zh: '', name_en: '', holds_from: null as string | null })

  watch(fields, () => (stale.value = plan.value !== undefined), { flush: 'sync' })
  const applicable = computed(() => step.value === 'planned' && !stale.value && plan.value?.faults.length === 0)
  const named = computed(() => !!about.standard.trim() && !!about.version.trim())
  const ready = computed(() => applicable.value && named.value)
  const unnamed = computed(() => applicable.value && !named.value)

  async function attempt<T>(during: Step, back: Step, work: () => Promise<T>): Promise<T | undefined> {
    step.value = during
    problem.value = undefined
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problem.value = error
      step.value = back
      return undefined
    }
  }
  function form(more: Record<string, string>): FormData {
    const filled = new FormData()
    for (const [name, text] of Object.entries(more)) if (text) filled.append(name, text)
    filled.append('file', file.value!)
    return filled
  }

  async function choose(chosen: File): Promise<void> {
    file.value = chosen
    plan.value = columns.value = undefined
    const found = await attempt('opening', 'waiting', () => tableColumns(form({})))
    if (!found) return
    columns.value = found
    for (const { code } of found.fields) fields[code] = found.found[code] ?? ''
    stale.value = false
    step.value = 'opened'
  }
  async function dryRun(): Promise<void> {
    const found = await attempt('running', 'opened', () => importTable(form({ columns: JSON.stringify(fields) })))
    plan.value = found
    stale.value = false
    if (found) step.value = 'planned'
  }
  async function apply(): Promise<void> {
    const token = plan.value!.plan
    const { holds_from, ...texts } = about
    const asked = { ...texts, holds_from: holds_from ?? '', columns: JSON.stringify(fields), apply: 'true', plan: token }
    const done = await attempt('applying', 'planned', () => importTable(form(asked)))
    if (done) {
      plan.value = done
      step.value = 'done'
    }
  }
  const dirty = computed(() => file.value !== undefined && step.value !== 'done')
  return reactive({ file, columns, plan, problem, step, stale, fields, about, ready, unnamed, dirty, choose, dryRun, apply })
}
