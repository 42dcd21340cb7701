/** The queue as it is shown: filter, order, and the cases that pass; and the figures of all cases. */
import { computed, reactive, ref } from 'vue'
import type { CaseFeature } from '@/live/protocol'
import { Board, type View } from '@/queue/board'
import { activeFilters, COMPARE, isFiltering, matches, noFilter, type QueueFilter, type SortOrder } from '@/queue/select'
import { bootstrap, categoryName, departmentName, inLanguage, kindOf } from './city'
import { coarseNow } from './clock'
import { forget, markOf, marksTick, onMarks, openCase } from './desk'
import { caseById, cases, onCases, showing } from './live'
import { preferences } from './preferences'

export const filter = reactive(noFilter())
export const order = ref<SortOrder>('newest')

export const clearFilter = (): void => void Object.assign(filter, noFilter())
export const setFilter = (wanted: Partial<QueueFilter>): void => void Object.assign(filter, noFilter(), wanted)
export const filtering = computed(() => isFiltering(filter))
export const filterCount = computed(() => activeFilters(filter))

export const placeOf = (feature: CaseFeature): string => inLanguage(feature.state.place, feature.state.place_en)

// What a search looks in is put together once for each state of a case.
let texts = new WeakMap<CaseFeature, string>()
function searchText(feature: CaseFeature): string {
  let found = texts.get(feature)
  if (found === undefined) {
    const { category, number, department } = feature.state
    found = [categoryName(category), placeOf(feature), departmentName(department), number, category].join('\n').toLowerCase()
    texts.set(feature, found)
  }
  return found
}
/** The past has no marks: what a person has looked at since says nothing of it. */
export const shownMark = (feature: CaseFeature) => (showing.value === 'past' ? undefined : markOf(feature))
const words = { kindOf, searchText, markOf: shownMark }

const view = computed((): View => {
  void [preferences.locale, bootstrap.value] // names are searched
  texts = new WeakMap()
  const wanted = JSON.parse(JSON.stringify(filter)) as QueueFilter
  const marked = wanted.marks.length > 0
  return {
    takes: (feature, now) => matches(feature, wanted, words, now) || (marked && feature.id === openCase.value),
    compare: COMPARE[order.value],
  }
})

const board = new Board()
const touched = new Set<string>()
let anew = true
let shown: View | undefined
onCases((ids) => {
  if (ids) ids.forEach((id) => touched.add(id))
  else anew = true
  forget((id) => caseById(id) !== undefined)
})
onMarks((ids) => {
  if (ids) ids.forEach((id) => touched.add(id))
  else shown = undefined
})

/** Keeps up with whatever has come since it was last asked: a page that shows no queue does no work for it. */
const state = computed(() => {
  void [cases.value, marksTick.value]
  const wanted = view.value
  const now = coarseNow.value
  if (anew || now < board.now) board.load(cases.value, now)
  else board.touch(touched, caseById)
  if (now > board.now) board.advance(now)
  if (shown !== wanted) board.show(wanted)
  anew = false
  shown = wanted
  touched.clear()
  return { rows: board.rows(), figures: board.figures() }
})

export const queue = computed(() => state.value.rows)
/** Figures of the moment, of the open cases that the person may see. */
export const figures = computed(() => state.value.figures)
