/**
 * Leaves out of a line, step by step, what it has no room for. Words of two languages, numbers of any size and the pages
 * of each role need room that no fixed width of a screen foretells, so the line itself is asked whether it overflows.
 *
 * The element gets the classes `fit-1` to `fit-STEPS`, as many as it takes; its style says what each leaves out.
 */
import { onMounted, onUnmounted, type Ref } from 'vue'

export function fit(line: HTMLElement, steps: number): number {
  for (let step = 1; step <= steps; step++) line.classList.remove(`fit-${step}`)
  let taken = 0
  while (taken < steps && line.scrollWidth > line.clientWidth) line.classList.add(`fit-${++taken}`)
  return taken
}

export function useFit(line: Readonly<Ref<HTMLElement | null>>, steps: number): void {
  const sizes = new ResizeObserver(() => line.value && fit(line.value, steps))
  // Parts come and go with the page and the role of the person.
  const parts = new MutationObserver(watchParts)

  function watchParts(): void {
    sizes.disconnect()
    if (!line.value) return
    for (const element of [line.value, ...line.value.children]) sizes.observe(element)
  }

  onMounted(() => {
    watchParts()
    if (line.value) parts.observe(line.value, { childList: true })
  })
  onUnmounted(() => {
    sizes.disconnect()
    parts.disconnect()
  })
}
