/**
 * Many calls as few: the first is answered after a pause, those that come before or during the work are one more.
 * `pause` in milliseconds. A failure is no reason to stop: the next call tries again.
 */
export function coalesced(work: () => Promise<unknown>, pause: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy = false
  let again = false

  const run = async (): Promise<void> => {
    timer = undefined
    busy = true
    await work().catch(() => undefined)
    busy = false
    if (again) call()
    again = false
  }
  const call = (): void => {
    if (busy) again = true
    else timer ??= setTimeout(run, pause)
  }
  return call
}
