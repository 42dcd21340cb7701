/** The person's saved filters, which the city keeps: they are there at every desk. */
import { shallowRef, toRaw } from 'vue'
import * as api from '@/api/queue'
import { noFilter, ORDERS, type QueueFilter, type SortOrder } from '@/queue/select'
import { filter, order, setFilter } from './queue'

export const saved = shallowRef<api.SavedFilter[]>([])

export async function loadFilters(): Promise<void> {
  saved.value = await api.savedFilters()
}

const content = (): object => ({ ...toRaw(filter), order: order.value })

export async function saveAs(name: string): Promise<void> {
  const same = saved.value.find((one) => one.name === name.trim())
  const kept = same ? await api.changeFilter(same.id, name, content()) : await api.saveFilter(name, content())
  saved.value = same ? saved.value.map((one) => (one.id === kept.id ? kept : one)) : [...saved.value, kept]
}

export async function forgetFilter(id: number): Promise<void> {
  await api.removeFilter(id)
  saved.value = saved.value.filter((one) => one.id !== id)
}

/** Fields that this console does not know, or no longer, are left aside. */
function read(one: api.SavedFilter): { wanted: QueueFilter; by: SortOrder } {
  const wanted = noFilter()
  for (const name of Object.keys(wanted) as (keyof QueueFilter)[]) {
    const value = one.content[name]
    const fits = Array.isArray(wanted[name]) ? Array.isArray(value) : typeof value === typeof wanted[name]
    if (fits) Object.assign(wanted, { [name]: structuredClone(value) })
  }
  return { wanted, by: ORDERS.find((known) => known === one.content.order) ?? 'newest' }
}

export function apply(one: api.SavedFilter | undefined): void {
  if (!one) return
  const { wanted, by } = read(one)
  setFilter(wanted)
  order.value = by
}

export function isInUse(one: api.SavedFilter): boolean {
  const { wanted, by } = read(one)
  return by === order.value && JSON.stringify(wanted) === JSON.stringify({ ...noFilter(), ...filter })
}
