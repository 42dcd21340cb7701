/** One question before unsaved changes go, for every page that has something to save. */
import { onMounted, onUnmounted, shallowRef, type Ref } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'

/** A question whether unsaved changes may go; the answer decides what goes on. */
export const leaving = shallowRef<(go: boolean) => void>()

/** Asks, and waits for the answer: false if the person would rather keep what is unsaved. */
export async function askToLeave(): Promise<boolean> {
  leaving.value?.(false) // who asks anew has not answered the question before
  const go = await new Promise<boolean>((answer) => (leaving.value = answer))
  leaving.value = undefined
  return go
}

/** Holds a page with unsaved changes: the way to another page asks here, closing the window asks the browser's way. */
export function holdUnsaved(dirty: Readonly<Ref<boolean>>): void {
  const holdBack = (event: BeforeUnloadEvent): void => {
    if (dirty.value) event.preventDefault()
  }
  onBeforeRouteLeave(() => !dirty.value || askToLeave())
  onMounted(() => addEventListener('beforeunload', holdBack))
  onUnmounted(() => removeEventListener('beforeunload', holdBack))
}
