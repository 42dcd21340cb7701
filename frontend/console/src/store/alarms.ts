/** Urgent cases that have just come: they make themselves heard and seen until somebody has looked, or wants quiet. */
import { computed, shallowReactive, watch } from 'vue'
import type { Change } from '@/live/protocol'
import { chime } from '@/lib/chime'
import { alarms, openCase } from './desk'
import { caseById, onCases, onChanges, showing } from './live'

/** Ids, the oldest first. */
export const alarming = shallowReactive(new Set<string>())
export const loudEnough = computed(() => ({ critical: 3, urgent: 2, quiet: Infinity })[alarms.value])

const isAlarm = (change: Change): boolean =>
  change.type === 'case' && change.kind === 'case.opened' && change.state !== null && change.state.urgency >= loudEnough.value

onChanges((changes) => {
  if (showing.value === 'past') return
  const found = changes.filter(isAlarm)
  found.forEach(({ id }) => alarming.add(id))
  if (found.length > 0) chime()
})

// What was looked at, has ended, or is to be quiet, is no alarm.
watch(openCase, (id) => id !== undefined && alarming.delete(id))
watch(alarms, (level) => level === 'quiet' && alarming.clear())
onCases((ids) => {
  for (const id of ids ?? alarming) if (alarming.has(id) && !caseById(id)) alarming.delete(id)
})

const TITLE = document.title
watch(
  () => alarming.size,
  (count) => (document.title = count > 0 ? `(${count}) ${TITLE}` : TITLE),
)
