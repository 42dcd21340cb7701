/**
 * What a viewer holds: the journal up to one sequence, as features. No socket and no clock in here, so that every
 * rule of the protocol can be tested by feeding messages.
 */
import type { CaseFeature, Change, DeviceFeature, Feature, Resume, ServerMessage } from './protocol'

/** What a message did: nothing a person can see, everything anew, or these changes. */
export type Effect = { kind: 'none' } | { kind: 'reset' } | { kind: 'changed'; changes: Change[] }

export class World {
  cases = new Map<string, CaseFeature>()
  devices = new Map<string, DeviceFeature>()
  /** Where the viewer stands; undefined until the first snapshot is whole. */
  resume: Resume | undefined
  private epoch = ''
  private staged: Feature[] = []

  apply(message: ServerMessage): Effect {
    switch (message.op) {
      case 'hello':
        return this.hello(message.epoch)
      case 'snapshot':
        return this.snapshot(message)
      case 'frames':
        this.standAt(message.seq)
        message.changes.forEach((change) => this.set(change))
        return { kind: 'changed', changes: message.changes }
      case 'heartbeat':
        this.standAt(message.seq)
        return { kind: 'none' }
      case 'stale':
        // What is held is void, but stays on the map until the snapshot that follows is whole.
        this.resume = undefined
        return { kind: 'none' }
      default:
        return { kind: 'none' } // nothing of the journal
    }
  }

  private hello(epoch: string): Effect {
    // A sequence is never carried into another history; the server answers such a resume with "stale".
    if (epoch !== this.epoch) this.resume = undefined
    this.epoch = epoch
    this.staged = []
    return { kind: 'none' }
  }

  private snapshot(message: Extract<ServerMessage, { op: 'snapshot' }>): Effect {
    if (message.part === 1) this.staged = []
    this.staged.push(...message.features)
    if (message.part < message.parts) return { kind: 'none' }
    this.cases = new Map()
    this.devices = new Map()
    this.staged.forEach((feature) => this.set(feature))
    this.staged = []
    this.resume = { epoch: this.epoch, seq: message.seq }
    return { kind: 'reset' }
  }

  /** Moves the resume point; before the first whole snapshot there is none to move. */
  private standAt(seq: number): void {
    if (this.resume) this.resume = { epoch: this.epoch, seq }
  }

  private held(type: Feature['type']): Map<string, Feature> | undefined {
    if (type === 'case') return this.cases
    return type === 'device' ? this.devices : undefined
  }

  private set(object: Feature | Change): void {
    const held = this.held(object.type)
    if (!held) return // zones are drawn from their tiles
    if (object.state === null) held.delete(object.id)
    else held.set(object.id, object as Feature)
  }
}
