/** The keyboard of the console. Keys are left alone while somebody types. */
import { onMounted, onUnmounted } from 'vue'
import { chooseForward } from '@/loop/chosen'
import { locating, startLocating } from '@/store/inbox'
import { detail, selectCase, selectedId, selectNext } from '@/store/selection'
import { comeBack, inPast, stepOn, toggle } from '@/store/past'
import { deadLettersOpen, dock, figuresOpen, keysOpen, layersOpen } from '@/store/shell'
import { fitCity } from '@/map/camera'
import { measuring, startMeasuring } from '@/map/measure/measuring'

export const SEARCH_FIELD = 'queue-search'

const COMMANDS: Record<string, () => void> = {
  j: () => selectNext(1),
  k: () => selectNext(-1),
  '/': search,
  '?': () => (keysOpen.value = !keysOpen.value),
  f: () => fitCity(),
  d: () => chooseForward(detail.value),
  p: toggle,
  n: () => void (inPast.value && stepOn()),
  '0': () => inPast.value && comeBack(),
  l: () => (layersOpen.value = !layersOpen.value),
  m: () => startMeasuring(!measuring.value),
  g: () => document.getElementById('map-find')?.focus(),
}

export type Commands = Record<string, () => void>

function search(): void {
  dock.value = 'queue'
  requestAnimationFrame(() => document.getElementById(SEARCH_FIELD)?.querySelector('input')?.focus())
}

/** Closes what lies on top, one thing for each press. False: there was nothing. */
function escape(): boolean {
  if (keysOpen.value) keysOpen.value = false
  else if (deadLettersOpen.value) deadLettersOpen.value = false
  else if (layersOpen.value) layersOpen.value = false
  else if (measuring.value) startMeasuring(false)
  else if (locating.value) startLocating(undefined)
  else if (figuresOpen.value) figuresOpen.value = false
  else if (selectedId.value !== undefined) selectCase(undefined)
  else return false
  return true
}

function types(target: EventTarget | null): target is HTMLElement {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
}

function press(event: KeyboardEvent, more: Commands): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (event.key === 'Escape') {
    if (types(event.target)) event.target.blur()
    else if (!escape()) more.Escape?.()
    return
  }
  const command = more[event.key] ?? COMMANDS[event.key]
  if (!command || types(event.target)) return
  event.preventDefault()
  command()
}

/** `more`: keys that one page has besides; its Escape comes when nothing else is to be closed. */
export function useKeys(more: Commands = {}): void {
  const listener = (event: KeyboardEvent): void => press(event, more)
  onMounted(() => addEventListener('keydown', listener))
  onUnmounted(() => removeEventListener('keydown', listener))
}
