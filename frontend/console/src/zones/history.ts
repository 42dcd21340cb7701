/** Every state that somebody has been through, to go back and forth between. States are never changed in place. */

const MOST_KEPT = 200

export class History<T> {
  private past: T[] = []
  private future: T[] = []
  private kind = ''

  constructor(private state: T) {}

  get present(): T {
    return this.state
  }

  get canUndo(): boolean {
    return this.past.length > 0
  }

  get canRedo(): boolean {
    return this.future.length > 0
  }

  /**
   * Goes on to a next state. Steps in a row with the same `kind` are one, so that a word that is typed is undone as a
   * word; a step without a kind always stands for itself.
   */
  push(next: T, kind = ''): void {
    if (!kind || kind !== this.kind) {
      this.past.push(this.state)
      if (this.past.length > MOST_KEPT) this.past.shift()
    }
    this.kind = kind
    this.future = []
    this.state = next
  }

  undo(): T {
    return this.move(this.past, this.future)
  }

  redo(): T {
    return this.move(this.future, this.past)
  }

  private move(from: T[], to: T[]): T {
    const next = from.pop()
    if (next === undefined) return this.state
    to.push(this.state)
    this.kind = ''
    this.state = next
    return next
  }
}
