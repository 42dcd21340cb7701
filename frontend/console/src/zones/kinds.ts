/** The kinds of zone, with what an editor must know of them. */
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/zones'
import type { Kind } from '@/api/zones'
import { nameOf } from '@/store/city'

export const kinds = shallowRef<Kind[]>([])
/** Names of icons that a kind may have. */
export const icons = shallowRef<string[]>([])
/** Codes of kinds that are drawn on the map and listed. */
export const hiddenKinds = ref<string[]>([])

const byCode = computed(() => new Map(kinds.value.map((kind) => [kind.code, kind])))

export const kindOf = (code: string | undefined): Kind | undefined => byCode.value.get(code ?? '')
export const kindName = (code: string | undefined): string => nameOf(kindOf(code)) || code || ''
export const kindColor = (code: string | undefined): string => kindOf(code)?.color ?? '#8893a5'

/** From the great to the small, then the places among them. */
export const orderedKinds = computed(() =>
  kinds.value.toSorted((a, b) => Number(b.exclusive) - Number(a.exclusive) || a.precedence - b.precedence),
)
export const visibleKinds = computed(() => orderedKinds.value.filter(({ code }) => !hiddenKinds.value.includes(code)))

export function showKind(code: string, on: boolean): void {
  const others = hiddenKinds.value.filter((hidden) => hidden !== code)
  hiddenKinds.value = on ? others : [...others, code]
}

export async function loadKinds(): Promise<void> {
  const answer = await api.kinds()
  kinds.value = answer.items
  icons.value = answer.icons
}
