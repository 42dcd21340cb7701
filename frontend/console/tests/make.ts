/** Things for tests, with only what a test cares about to be said. */
import type { CaseFeature, CaseState, Change, DeviceFeature, Feature } from '@/live/protocol'

export function aCase(id: string, state: Partial<CaseState> = {}): CaseFeature {
  const plain: CaseState = {
    number: `2026${id}`,
    category: 'E-01-10',
    urgency: 1,
    status: 'dispatched',
    channel: 'hotline',
    lon: 120.3,
    lat: 31.57,
    department: 'UMB.SAN',
    zones: [],
    cell: null,
    place: '人民路 1 号',
    opened_at: '2026-11-23T01:00:00Z',
    warn_at: '2026-11-23T04:00:00Z',
    due_at: '2026-11-23T05:00:00Z',
    stage_due_at: null,
    exercise: '',
  }
  return { type: 'case', id, version: 1, state: { ...plain, ...state } }
}

export function aDevice(id: string): DeviceFeature {
  return { type: 'device', id, version: 1, state: { code: id, kind: 'noise', status: 'online', lon: 120.3, lat: 31.57, zones: [], exercise: '' } }
}

export function change(feature: Feature, seq: number, kind = 'case.accepted'): Change {
  return { ...feature, seq, at: '2026-11-23T01:00:00Z', kind } as Change
}
