/** When which case must be looked at again because time has passed: a heap of instants, the nearest first. */
interface Wake {
  at: number
  id: string
}

export class Wakes {
  private heap: Wake[] = []

  clear(): void {
    this.heap = []
  }

  /** One that is void by then costs a look, no more: nothing is ever taken out before its time. */
  add(at: number, id: string): void {
    const heap = this.heap
    let i = heap.push({ at, id }) - 1
    while (i > 0) {
      const above = (i - 1) >> 1
      if (heap[above]!.at <= at) break
      heap[i] = heap[above]!
      i = above
    }
    heap[i] = { at, id }
  }

  /** The cases whose time has come, which it then forgets. */
  due(now: number): Set<string> {
    const found = new Set<string>()
    while (this.heap.length > 0 && this.heap[0]!.at <= now) found.add(this.pop().id)
    return found
  }

  private pop(): Wake {
    const heap = this.heap
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    let i = 0
    for (;;) {
      let below = 2 * i + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && heap[below + 1]!.at < heap[below]!.at) below++
      if (heap[below]!.at >= last.at) break
      heap[i] = heap[below]!
      i = below
    }
    heap[i] = last
    return first
  }
}
