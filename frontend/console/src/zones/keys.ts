/** The keyboard of the editor. Keys are left alone while somebody types, save those that step back and forth. */
import { onMounted, onUnmounted } from 'vue'
import { fitCity } from '@/map/camera'
import { keysOpen } from '@/store/shell'
import { leaving } from '@/leave/leaving'
import { closeZone, drawnAs, snapping, tool, work, type Tool } from './editor'
import { ready, review, reviewing, save } from './saving'
import { chooseNone, chosen } from './shaping'
import { cancelDrawing, dropRing, stepBack, stepOn } from './use-drawing'
import { menu } from './use-zone-map'

export const SEARCH_FIELD = 'zone-search'

export const TOOL_KEYS: Record<string, Tool> = {
  v: 'look',
  e: 'vertices',
  p: 'polygon',
  r: 'rectangle',
  c: 'circle',
  h: 'freehand',
  g: 'cells',
  x: 'split',
  m: 'merge',
}

const COMMANDS: Record<string, () => void> = {
  a: () => (drawnAs.value = drawnAs.value === 'add' ? 'cut' : 'add'),
  s: () => (snapping.value = !snapping.value),
  f: () => fitCity(),
  '/': () => document.getElementById(SEARCH_FIELD)?.querySelector('input')?.focus(),
  '?': () => (keysOpen.value = !keysOpen.value),
  Delete: dropRing,
  Backspace: dropRing,
}

/** A tool is there once there is something that it can work on. */
export function canUse(wanted: Tool): boolean {
  if (wanted === 'look') return true
  if (!work.value) return false
  return ['vertices', 'split', 'merge'].includes(wanted) ? work.value.draft.shape.length > 0 : true
}

/** Lets go of one thing for each press: what lies on top first. */
function escape(): void {
  if (keysOpen.value) keysOpen.value = false
  else if (menu.value) menu.value = undefined
  else if (cancelDrawing()) return
  else if (tool.value === 'cells' && chosen.value.size > 0) chooseNone()
  else if (tool.value !== 'look') tool.value = 'look'
  else if (reviewing.value) reviewing.value = false
  else if (work.value) void closeZone()
}

function withControl(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase()
  if (key === 'z' && event.shiftKey) stepOn()
  else if (key === 'z') stepBack()
  else if (key === 'y') stepOn()
  else if (key === 's') void (reviewing.value ? save() : ready.value && review())
  else return false
  return true
}

const types = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLElement &&
  target.matches('input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]')

function press(event: KeyboardEvent): void {
  if (event.altKey || event.isComposing || leaving.value) return
  if (event.ctrlKey || event.metaKey) {
    if (withControl(event)) event.preventDefault()
    return
  }
  if (event.key === 'Escape') {
    if (types(event.target)) event.target.blur()
    else escape()
    return
  }
  if (types(event.target)) return
  const wanted = TOOL_KEYS[event.key]
  if (wanted && canUse(wanted)) tool.value = wanted
  else if (!wanted) COMMANDS[event.key]?.()
  if (wanted || COMMANDS[event.key]) event.preventDefault()
}

export function useEditorKeys(): void {
  onMounted(() => addEventListener('keydown', press))
  onUnmounted(() => removeEventListener('keydown', press))
}
