/** Which cases wait for whom, by what the live city says of each. Pure. */
import type { CaseFeature } from '@/live/protocol'

export type Tab = 'toAccept' | 'inHandling' | 'toApprove' | 'joint'
export const TABS: Tab[] = ['toAccept', 'inHandling', 'toApprove', 'joint']

export interface Reader {
  roles: string[]
  /** Codes of the person's departments; a department stands for those under it ("UMB" for "UMB.SAN"). Empty: all. */
  departments: string[]
}

const APPROVERS = ['department_head', 'dispatcher', 'duty_chief', 'operator', 'administrator']
const under = (code: string, of: string[]): boolean => of.length === 0 || of.some((one) => code === one || code.startsWith(`${one}.`))

export function belongs({ state }: CaseFeature, tab: Tab, reader: Reader): boolean {
  const leads = under(state.department, reader.departments)
  switch (tab) {
    case 'toAccept':
      return leads && state.status === 'dispatched'
    case 'inHandling':
      return leads && ['accepted', 'suspended'].includes(state.status)
    case 'toApprove':
      return leads && Boolean(state.asking) && reader.roles.some((role) => APPROVERS.includes(role))
    case 'joint':
      return state.joint?.some((code) => under(code, reader.departments)) === true && (reader.departments.length === 0 || !leads)
  }
}
