import { get, post } from './http'
import type * as m from './models'

export const me = () => get<m.Me>('/api/me')
export const demoLogins = () => get<m.DemoLogin[]>('/api/demo-logins')
export const logIn = (username: string, password: string) => post<m.Me>('/api/login', { username, password })
export const logOut = () => post<unknown>('/api/logout')

export const bootstrap = () => get<m.Bootstrap>('/api/bootstrap')
export const figures = () => get<m.Figures>('/api/figures')

export const oneCase = (id: string) => get<m.CaseDetail>(`/api/cases/${encodeURIComponent(id)}`)

/** The id of a case by its number; undefined if there is none that the person may see. */
export async function caseIdOf(number: string): Promise<string | undefined> {
  const page = await get<m.Page<{ id: number }>>(`/api/cases?number=${encodeURIComponent(number)}&limit=1`)
  return page.items[0] && String(page.items[0].id)
}

export const deadLetters = (cursor: string) =>
  get<m.Page<m.DeadLetter>>(`/api/dead-letters?state=waiting&limit=50${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
export const deadLetter = (id: number) => get<m.DeadLetterDetail>(`/api/dead-letters/${id}`)
export const sendAgain = (id: number) => post<m.SentAgain>(`/api/dead-letters/${id}/send-again`)

export const parkedReports = () => get<m.Page<m.ParkedReport>>('/api/reports?state=to_be_located')
export const locate = (id: number, lon: number, lat: number) =>
  post<m.Located>(`/api/reports/${id}/locate`, { lon, lat })
