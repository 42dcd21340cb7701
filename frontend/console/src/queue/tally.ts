/** Counts of all cases, kept by what each adds to them: a change takes away what it added, and adds anew. */
import type { CaseFeature } from '@/live/protocol'
import { isOver, isRecent } from './select'

export interface Figures {
  open: number
  newLastHour: number
  overdue: number
  critical: number
  /** Code and number, the largest first. */
  channels: [code: string, count: number][]
  departments: [code: string, count: number][]
}

interface Share {
  recent: boolean
  over: boolean
  critical: boolean
  channel: string
  department: string
}

export class Tally {
  private shares = new Map<string, Share>()
  private counts = { newLastHour: 0, overdue: 0, critical: 0 }
  private channels = new Map<string, number>()
  private departments = new Map<string, number>()

  set(id: string, feature: CaseFeature | undefined, now: number): void {
    const was = this.shares.get(id)
    if (was) this.count(was, -1)
    if (!feature) {
      this.shares.delete(id)
      return
    }
    const { opened_at, due_at, urgency, channel, department } = feature.state
    const share = { recent: isRecent(opened_at, now), over: isOver(due_at, now), critical: urgency === 3, channel, department }
    this.shares.set(id, share)
    this.count(share, 1)
  }

  private count(share: Share, by: 1 | -1): void {
    if (share.recent) this.counts.newLastHour += by
    if (share.over) this.counts.overdue += by
    if (share.critical) this.counts.critical += by
    this.channels.set(share.channel, (this.channels.get(share.channel) ?? 0) + by)
    this.departments.set(share.department, (this.departments.get(share.department) ?? 0) + by)
  }

  figures(): Figures {
    return { open: this.shares.size, ...this.counts, channels: largest(this.channels), departments: largest(this.departments) }
  }
}

const largest = (counts: Map<string, number>): [string, number][] =>
  [...counts].filter(([, count]) => count > 0).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
