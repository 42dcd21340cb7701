/** RFC 9457 problem details, as the city answers every refusal. */
export interface ProblemDetails {
  type?: string
  title?: string
  status: number
  detail?: string
  detail_zh?: string
  [member: string]: unknown
}

/** A request that was refused, or that never reached the city (status 0). */
export class Problem extends Error {
  constructor(readonly details: ProblemDetails) {
    super(details.detail ?? details.title ?? `HTTP ${details.status}`)
  }

  get status(): number {
    return this.details.status
  }

  /** The sentence for the person, in their language where the city has it. */
  sentence(locale: string): string {
    return (locale.startsWith('zh') && this.details.detail_zh) || this.message
  }
}

let lostSession = (): void => {}

/** Says what to do when the city no longer knows the person. */
export function onLostSession(handler: () => void): void {
  lostSession = handler
}

function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? ''
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback = { title: response.statusText, status: response.status }
  try {
    return new Problem({ ...fallback, ...(await response.json()) })
  } catch {
    return new Problem(fallback)
  }
}

async function fetched(path: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init })
  } catch (error) {
    throw new Problem({ status: 0, title: error instanceof Error ? error.message : String(error) })
  }
  if (response.status === 401) lostSession()
  if (!response.ok) throw await problemOf(response)
  return response
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  return (await (await fetched(path, init)).json()) as T
}

/** Sends a form with files in it; the browser writes its headers. */
export function postForm<T>(path: string, form: FormData): Promise<T> {
  return request<T>(path, { method: 'POST', headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken() }, body: form })
}

/** A file, with the name that the city gives it. */
export async function download(path: string): Promise<{ name: string; content: Blob }> {
  const response = await fetched(path, {})
  const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1]
  return { name: name ?? 'download', content: await response.blob() }
}

export function get<T>(path: string): Promise<T> {
  return request<T>(path, { headers: { Accept: 'application/json' } })
}

function send<T>(method: string, path: string, body: unknown): Promise<T> {
  const headers = { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() }
  return request<T>(path, { method, headers, body: JSON.stringify(body) })
}

export const post = <T>(path: string, body: unknown = {}): Promise<T> => send('POST', path, body)
export const put = <T>(path: string, body: unknown): Promise<T> => send('PUT', path, body)
export const del = <T>(path: string): Promise<T> => send('DELETE', path, undefined)
