/** What a person types, handed on when they pause: with 100,000 rows each search costs more than a key stroke may. */
import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** `pause` in milliseconds. What others set is shown at once, and an emptied field is handed on at once. */
export function typedInto(read: () => string, write: (text: string) => void, pause = 160): Ref<string> {
  const typed = ref(read())
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(read, (text) => {
    clearTimeout(timer)
    typed.value = text
  }, { flush: 'sync' })
  watch(typed, (text) => {
    clearTimeout(timer)
    if (text === read()) return
    if (text === '') write(text)
    else timer = setTimeout(write, pause, text)
  }, { flush: 'sync' })
  onScopeDispose(() => clearTimeout(timer))
  return typed
}
