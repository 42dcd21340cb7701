/** The keys of the console's queue besides those that every page has. */
import type { Commands } from '@/shell/keys'
import { readAll, toggleQuiet } from '@/store/desk'
import { apply, saved } from '@/store/filters'
import { cases } from '@/store/live'
import { inPast } from '@/store/past'
import { pickAll, picked, pickNext, toggle } from '@/store/picked'
import { selectedId } from '@/store/selection'
import { figuresOpen } from '@/store/shell'

/** The past can be looked at, and nothing be done there. */
const now = (act: () => void) => (): void => void (inPast.value || act())

export const QUEUE_KEYS: Commands = {
  x: now(() => toggle(selectedId.value)),
  J: now(() => pickNext(1)),
  K: now(() => pickNext(-1)),
  a: now(pickAll),
  r: now(() => readAll(cases.value)),
  s: toggleQuiet,
  i: () => (figuresOpen.value = !figuresOpen.value),
  Escape: () => picked.clear(),
  ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [String(i + 1), () => apply(saved.value[i])])),
}
