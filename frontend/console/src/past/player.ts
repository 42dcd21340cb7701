/**
 * The past as it is played: a snapshot, and the changes after it, fetched ahead page by page and applied by their time.
 * It knows nothing of Vue and has no clock of its own. However fast it is played, every change is applied, in order.
 */
import type * as api from '@/api/history'
import type { Change, Feature, SubscriptionEntry } from '@/live/protocol'
import { World } from '@/live/world'

export interface Source {
  snapshot(when: api.When, entries: SubscriptionEntry[]): Promise<api.Snapshot>
  frames(from: number, limit: number, entries: SubscriptionEntry[]): Promise<api.Frames>
}

const PAGE = 2_000
const GREAT_PAGE = 10_000
/** Rows of the journal that wait in memory; more are fetched when they are used up. */
const ENOUGH = 20_000
/** Faster than this, pages are fetched large, but for the first, which is waited for: a day is hundreds of thousands of rows. */
const FAST = 600

export class Player {
  world = new World()
  /** The moment that is shown, milliseconds since 1970. */
  at = 0
  /** The last row that was applied, or is known to concern nothing that is shown. */
  seq = 0
  private epoch = ''
  private waiting: Change[] = []
  private used = 0
  private next = 0
  private known = 0
  private whole = false
  private fetching: Promise<void> | undefined
  /** Answers to what is no longer asked are of no use. */
  private asked = 0

  constructor(
    private readonly source: Source,
    private entries: SubscriptionEntry[],
    /** The city's time: until then the journal is known when its last page has come. */
    private readonly now: () => number,
  ) {}

  /** Shows the city at a moment. False if another moment was asked for meanwhile. */
  async seek(when: api.When, entries = this.entries): Promise<boolean> {
    const mine = ++this.asked
    const found = await this.source.snapshot(when, entries)
    if (mine !== this.asked) return false
    this.entries = entries
    this.begin(found, 'at' in when ? when.at : Date.parse(found.at))
    return true
  }

  private begin(found: api.Snapshot, at: number): void {
    const { epoch, seq } = found
    this.epoch = epoch
    this.world = new World()
    this.world.apply({ op: 'hello', protocol: 1, epoch, seq, now: found.at, heartbeat: 0, user: '' })
    this.world.apply({ op: 'snapshot', seq, part: 1, parts: 1, features: found.features as Feature[] })
    this.at = at
    this.seq = seq
    this.waiting = []
    this.used = 0
    this.next = seq + 1
    this.known = at
    this.whole = false
    this.fetching = undefined
  }

  /**
   * Moves on to a moment, or as near to it as is known, and applies every change on the way. Gives them, in order.
   */
  advance(to: number): Change[] {
    const reached = Math.max(this.at, Math.min(to, this.known))
    const from = this.used
    while (this.used < this.waiting.length && Date.parse(this.waiting[this.used]!.at) <= reached) this.used++
    const changes = this.waiting.slice(from, this.used)
    this.at = reached
    const more = this.used < this.waiting.length
    this.seq = more ? (changes.at(-1)?.seq ?? this.seq) : Math.max(this.seq, changes.at(-1)?.seq ?? 0)
    if (!more && reached >= this.known) this.seq = Math.max(this.seq, this.next - 1)
    this.world.apply({ op: 'frames', from: changes[0]?.seq ?? this.seq, seq: this.seq, changes })
    if (this.used > PAGE) {
      this.waiting = this.waiting.slice(this.used)
      this.used = 0
    }
    return changes
  }

  /** Whether there is nothing left to play: the present is reached. */
  get atEnd(): boolean {
    return this.whole && this.used >= this.waiting.length && this.now() - this.at < 1_500
  }

  /** Fetches what will be wanted soon, if it is not there yet; called as often as one likes. */
  ahead(pace: number): Promise<void> {
    const enough = this.waiting.length - this.used >= ENOUGH || this.known - this.at > pace * 20_000
    if (this.fetching || enough || (this.whole && this.now() - this.known < 1_000)) return this.fetching ?? Promise.resolve()
    const running = this.fetch(pace >= FAST && this.used < this.waiting.length ? GREAT_PAGE : PAGE).finally(() => {
      if (this.fetching === running) this.fetching = undefined
    })
    return (this.fetching = running)
  }

  private async fetch(limit: number): Promise<void> {
    const mine = this.asked
    const since = this.now()
    const page = await this.source.frames(this.next, limit, this.entries)
    if (mine !== this.asked) return
    if (page.epoch !== this.epoch) throw new Error('The history has been replaced.')
    this.waiting.push(...page.changes)
    this.next = page.seq + 1
    this.whole = page.whole
    // At the end of the journal nothing more is to come from before the question.
    this.known = Math.max(this.known, page.whole ? since : Date.parse(page.at))
  }

  /** Goes to the next moment at which something changes; false if there is none yet. */
  async step(): Promise<Change[] | undefined> {
    const mine = this.asked
    while (this.used >= this.waiting.length) {
      if (this.whole && this.now() - this.known < 1_000) return undefined
      await this.ahead(FAST)
      if (mine !== this.asked) return undefined
    }
    return this.advance(Date.parse(this.waiting[this.used]!.at))
  }
}
