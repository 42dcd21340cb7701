/** What the city says once: names, colours, tile addresses. */
import { computed, shallowRef } from 'vue'
import * as api from '@/api/city'
import type { Bootstrap, Named } from '@/api/models'
import { preferences } from './preferences'

export const bootstrap = shallowRef<Bootstrap>()

export async function loadCity(): Promise<Bootstrap> {
  bootstrap.value = await api.bootstrap()
  return bootstrap.value
}

/** The name in the language of the page; the other one where it is missing. */
export function nameOf(thing: Named | undefined): string {
  if (!thing) return ''
  return preferences.locale === 'zh' ? thing.name_zh || thing.name_en : thing.name_en || thing.name_zh
}

/** `stem_zh` or `stem_en` of anything that has both. */
export function inLanguage(zh: string | undefined, en: string | undefined): string {
  return (preferences.locale === 'zh' ? zh || en : en || zh) ?? ''
}

function byCode<T extends { code: string | number }>(list: () => T[] | undefined) {
  return computed(() => new Map((list() ?? []).map((entry) => [entry.code, entry])))
}

const categories = byCode(() => bootstrap.value?.catalogue.categories)
const majors = byCode(() => bootstrap.value?.catalogue.majors)
const departments = byCode(() => bootstrap.value?.departments)
const statuses = byCode(() => bootstrap.value?.statuses)
const urgencies = byCode(() => bootstrap.value?.urgencies)
const channels = byCode(() => bootstrap.value?.channels)
const zoneKinds = byCode(() => bootstrap.value?.zone_kinds)

/** The major class of a category: "E-01-10" belongs to "E-01". */
export const majorOf = (category: string) => category.slice(0, 4)

// A name that the city does not know (any more) is shown by its code: better than nothing, and a person can ask for it.
export const categoryName = (code: string) => nameOf(categories.value.get(code)) || code
export const majorName = (code: string) => nameOf(majors.value.get(code)) || code
export const departmentName = (code: string) => nameOf(departments.value.get(code)) || code
export const statusName = (code: string) => nameOf(statuses.value.get(code)) || code
export const urgencyName = (code: number) => nameOf(urgencies.value.get(code)) || String(code)
export const channelName = (code: string) => nameOf(channels.value.get(code)) || code
export const zoneKindName = (code: string) => nameOf(zoneKinds.value.get(code)) || code
export const kindOf = (category: string) =>
  majors.value.get(majorOf(category))?.kind ?? (category.startsWith('C') ? 'component' : 'event')

export const openStatuses = computed(() => bootstrap.value?.statuses.filter((status) => status.open) ?? [])
export const timezone = computed(() => bootstrap.value?.city.timezone ?? 'Asia/Shanghai')
