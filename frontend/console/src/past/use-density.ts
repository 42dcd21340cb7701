/** What the bar shows of the history: how far it reaches, and how much happened when. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import * as api from '@/api/history'
import { moment } from '@/store/past'
import { cityNow, coarseNow } from '@/store/clock'
import { stretchFor, type Span, type Stretch } from './span'

const STEPS = 240
const EVERY = 20_000

export interface Bar {
  at: number
  opened: number
  other: number
}

export function useDensity() {
  const span = ref<Span>('day')
  const range = shallowRef<api.Range>()
  const stretch = shallowRef<Stretch>({ from: cityNow() - 86_400_000, until: cityNow() })
  const first = computed(() => (range.value ? Date.parse(range.value.first.at) : cityNow() - 86_400_000))

  const place = (): void => {
    const keep = moment.value === undefined ? undefined : stretch.value
    stretch.value = stretchFor(span.value, moment.value ?? cityNow(), first.value, cityNow(), keep)
  }
  async function ask(): Promise<void> {
    const { from, until } = stretch.value
    const found = await api.range(Math.max(from, first.value), until, STEPS).catch(() => undefined)
    if (found) range.value = found
    place()
  }
  watch([span, moment, coarseNow], place)
  watch(stretch, (now, before) => {
    if (now.from < before.from || now.until - before.until > EVERY || now.until < before.until) void ask()
  })
  void api.range(undefined, undefined, 1).then((found) => {
    range.value = found
    place()
    return ask()
  }, () => undefined)
  const timer = setInterval(() => document.hidden || void ask(), EVERY)
  onScopeDispose(() => clearInterval(timer))

  const bars = computed((): Bar[] =>
    (range.value?.density ?? []).map(({ at, kinds }) => {
      const opened = kinds['case.opened'] ?? 0
      return { at: Date.parse(at), opened, other: Object.values(kinds).reduce((sum, n) => sum + n, 0) - opened }
    }),
  )
  const step = computed(() => (range.value?.step ?? 0) * 1000)
  const uncounted = computed(() => range.value !== undefined && range.value.density === null)
  return { span, stretch, first, bars, step, uncounted }
}
