/** The queue as it is shown: filter, order, and the cases that pass. */
import { computed, reactive, ref } from 'vue'
import type { CaseFeature } from '@/live/protocol'
import { activeFilters, isFiltering, isOver, noFilter, select, type SortOrder } from '@/queue/select'
import { categoryName, departmentName, inLanguage, kindOf } from './city'
import { coarseNow } from './clock'
import { cases } from './live'

export const filter = reactive(noFilter())
export const order = ref<SortOrder>('newest')

export const clearFilter = (): void => void Object.assign(filter, noFilter())
export const filtering = computed(() => isFiltering(filter))
export const filterCount = computed(() => activeFilters(filter))

export const placeOf = (feature: CaseFeature): string => inLanguage(feature.state.place, feature.state.place_en)

const words = {
  kindOf,
  searchText: (feature: CaseFeature): string => {
    const { category, number, department } = feature.state
    return [categoryName(category), placeOf(feature), departmentName(department), number, category].join('\n').toLowerCase()
  },
}

export const queue = computed(() => select(cases.value, filter, order.value, words, coarseNow.value))

const HOUR = 3_600_000
/** Figures of the moment, of the open cases that the person may see. */
export const figures = computed(() => {
  const now = coarseNow.value
  let newLastHour = 0
  let overdue = 0
  let critical = 0
  for (const { state } of cases.value) {
    if (Date.parse(state.opened_at) > now - HOUR) newLastHour++
    if (isOver(state.due_at, now)) overdue++
    if (state.urgency === 3) critical++
  }
  return { open: cases.value.length, newLastHour, overdue, critical }
})
