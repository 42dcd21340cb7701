/** Areas and times as the editor writes them. */
import { useI18n } from 'vue-i18n'
import { moment } from '@/lib/time'
import { timezone } from '@/store/city'
import { coarseNow } from '@/store/clock'
import { preferences } from '@/store/preferences'

export function useWords() {
  const { t } = useI18n()
  const number = (value: number): string =>
    value.toLocaleString('en', value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 })
  return {
    t,
    /** Square metres; square kilometres from a million on. */
    area: (m2: number): string => (m2 < 1e6 ? t('zones.units.m2', { n: number(m2) }) : t('zones.units.km2', { n: (m2 / 1e6).toFixed(2) })),
    at: (when: string | number): string =>
      moment(typeof when === 'string' ? Date.parse(when) : when, coarseNow.value, timezone.value, preferences.locale),
  }
}
