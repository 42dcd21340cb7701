/** Who is logged in. */
import { ref, shallowRef } from 'vue'
import * as api from '@/api/city'
import { onLostSession, Problem } from '@/api/http'
import type { Me } from '@/api/models'

export const me = shallowRef<Me>()
/** `asking` until the city has said who we are. */
export const sessionState = ref<'asking' | 'out' | 'in' | 'unreachable'>('asking')

export async function resumeSession(): Promise<void> {
  sessionState.value = 'asking'
  try {
    entered(await api.me())
  } catch (error) {
    sessionState.value = error instanceof Problem && error.status > 0 && error.status < 500 ? 'out' : 'unreachable'
  }
}

/** `before` is told who it is before anything of the city is shown: it may choose the page. */
export async function logIn(username: string, password: string, before?: (person: Me) => Promise<unknown>): Promise<void> {
  await api.logIn(username, password)
  const person = await api.me() // this request also renews the CSRF cookie, which a login replaces
  await before?.(person)
  entered(person)
}

export async function logOut(): Promise<void> {
  await api.logOut()
  sessionEnded()
}

/** The city no longer knows us: show the login page. */
export function sessionEnded(): void {
  me.value = undefined
  sessionState.value = 'out'
}

onLostSession(() => {
  if (sessionState.value === 'in') sessionEnded()
})

function entered(person: Me): void {
  me.value = person
  sessionState.value = 'in'
}
