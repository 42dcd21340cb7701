/**
 * Keeps one websocket to the city: hello with resume, silence watch, reconnecting with growing pauses.
 * It knows nothing of Vue; time and sockets are handed in, so that it runs in tests.
 */
import { pauseBefore } from './backoff'
import {
  CLOSE,
  PROTOCOL,
  type ClientMessage,
  type LastingMessage,
  type Resume,
  type ServerMessage,
  type SubscriptionEntry,
} from './protocol'

export type ConnectionState =
  | { phase: 'connecting' }
  | { phase: 'live' }
  | { phase: 'stale'; reason: string }
  | { phase: 'waiting'; until: number }
  | { phase: 'stopped'; why: 'closed' | 'not-logged-in' | 'wrong-protocol' | 'bad-message'; reason: string }

export interface Handlers {
  message(message: ServerMessage): void
  /** Positions, as raw typed columns. */
  positions?(data: ArrayBuffer): void
  state(state: ConnectionState): void
  resume(): Resume | undefined
}

/** The part of WebSocket that is used. */
export interface Socket {
  onopen: (() => void) | null
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
  send(text: string): void
  close(code?: number): void
}

const FATAL: Record<number, Extract<ConnectionState, { phase: 'stopped' }>['why']> = {
  [CLOSE.badMessage]: 'bad-message',
  [CLOSE.notLoggedIn]: 'not-logged-in',
  [CLOSE.wrongProtocol]: 'wrong-protocol',
}
const PATIENCE_BEFORE_HELLO = 10 // seconds

export class Connection {
  private socket: Socket | undefined
  private attempt = 0
  private heartbeat = PATIENCE_BEFORE_HELLO / 2
  private retry: ReturnType<typeof setTimeout> | undefined
  private silence: ReturnType<typeof setTimeout> | undefined
  private greeted = false
  /** Subscriptions whose snapshot has not come: until then what is held is not what was asked for. */
  private unanswered = 0
  private readonly lasting = new Map<LastingMessage['op'], LastingMessage>()

  constructor(
    private readonly open: () => Socket,
    private readonly handlers: Handlers,
    private subscription: SubscriptionEntry[],
  ) {}

  start(): void {
    this.drop()
    this.handlers.state({ phase: 'connecting' })
    const socket = this.open()
    this.socket = socket
    socket.onopen = () => this.hello()
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') this.receive(JSON.parse(data) as ServerMessage)
      else this.receivePositions(data)
    }
    socket.onclose = (event) => this.closed(event.code, event.reason)
    this.watch()
  }

  stop(): void {
    this.drop()
    this.handlers.state({ phase: 'stopped', why: 'closed', reason: '' })
  }

  /** Asks for something else to see; a snapshot of it follows. */
  subscribe(subscription: SubscriptionEntry[]): void {
    this.subscription = subscription
    this.unanswered++
    if (this.greeted) this.send({ op: 'subscribe', subscribe: subscription })
  }

  /** Says what holds until it is said anew, on this connection and on those after it. */
  keepSaying(message: LastingMessage): void {
    this.lasting.set(message.op, message)
    if (this.greeted) this.send(message)
  }

  private hello(): void {
    const resume = this.unanswered === 0 ? this.handlers.resume() : undefined
    this.send({ op: 'hello', protocol: PROTOCOL, resume, subscribe: this.subscription })
    this.greeted = true
    this.lasting.forEach((message) => this.send(message))
  }

  private receivePositions(data: ArrayBuffer): void {
    this.watch()
    this.handlers.positions?.(data)
  }

  private receive(message: ServerMessage): void {
    if (message.op === 'hello') this.heartbeat = message.heartbeat
    this.watch()
    this.handlers.message(message)
    if (message.op === 'snapshot' && message.part === message.parts) this.unanswered = 0
    if (message.op === 'stale') this.handlers.state({ phase: 'stale', reason: message.reason })
    // Live means that the picture is whole: a first snapshot, or the frames of a resume.
    else if (message.op !== 'hello' && this.handlers.resume()) {
      this.attempt = 0
      this.handlers.state({ phase: 'live' })
    }
  }

  private closed(code: number, reason: string): void {
    this.drop()
    const why = FATAL[code]
    if (why) this.handlers.state({ phase: 'stopped', why, reason })
    else this.wait()
  }

  private wait(): void {
    const pause = pauseBefore(this.attempt++) * 1000
    this.handlers.state({ phase: 'waiting', until: Date.now() + pause })
    this.retry = setTimeout(() => this.start(), pause)
  }

  /** Two heartbeats of silence: the line is dead, whatever the socket thinks. */
  private watch(): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => this.closed(0, 'silence'), 2000 * this.heartbeat)
  }

  private drop(): void {
    clearTimeout(this.retry)
    clearTimeout(this.silence)
    const socket = this.socket
    this.socket = undefined
    this.greeted = false
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  private send(message: ClientMessage): void {
    this.socket?.send(JSON.stringify(message))
  }
}
