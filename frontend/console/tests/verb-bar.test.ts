import { flushPromises, mount } from '@vue/test-utils'
import { NMessageProvider } from 'naive-ui'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { h } from 'vue'
import type { CaseDetail, Verb } from '@/api/models'
import { i18n } from '@/i18n'
import VerbBar from '@/panel/VerbBar.vue'
import { selectCase } from '@/store/selection'

const ACCEPT: Verb = { code: 'accept', name_zh: '签收', name_en: 'Accept', needs_note: false }
const COMPLETE: Verb = { code: 'complete', name_zh: '处置反馈', name_en: 'Report completion', needs_note: true }

function detail(version: number, verbs: Verb[], texts: string[]): CaseDetail {
  const timeline = texts.map((text, i) => ({ seq: i + 1, at: '2026-11-23T01:00:00Z', kind: '', actor: 'Wang', text_zh: text, text_en: text }))
  return { id: 812, version, verbs, timeline } as unknown as CaseDetail
}

function show(one: CaseDetail) {
  const wrapper = mount(() => h(NMessageProvider, () => h(VerbBar, { case: one })), { global: { plugins: [i18n] } })
  return { wrapper, click: (id: string) => wrapper.get(`[data-testid="${id}"]`).trigger('click') }
}

function answers(...list: [number, unknown][]) {
  const fetched = vi.fn()
  for (const [status, body] of list) fetched.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }))
  vi.stubGlobal('fetch', fetched)
  return fetched
}

describe('the verbs of a case', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('are done at once, with the version that the person has seen', async () => {
    const fetched = answers([200, {}])
    await show(detail(3, [ACCEPT], ['opened'])).click('verb-accept')
    expect(fetched.mock.calls[0]?.[0]).toBe('/api/cases/812/actions/accept')
    expect(JSON.parse(fetched.mock.calls[0]?.[1].body)).toEqual({ version: 3, note: '' })
  })

  it('ask for a note first where one is needed', async () => {
    const fetched = answers([200, {}])
    const { wrapper, click } = show(detail(3, [COMPLETE], ['opened']))
    await click('verb-complete')
    expect(fetched).not.toHaveBeenCalled()
    await wrapper.get('textarea').setValue('cleared')
    await wrapper.get('form').trigger('submit')
    expect(JSON.parse(fetched.mock.calls[0]?.[1].body)).toEqual({ version: 3, note: 'cleared' })
  })

  it('show what somebody else did when they come too late', async () => {
    answers([200, detail(3, [ACCEPT], ['opened'])], [409, { status: 409 }], [200, detail(4, [], ['opened', 'accepted'])])
    selectCase('812')
    await flushPromises()
    const { wrapper, click } = show(detail(3, [ACCEPT], ['opened']))
    await click('verb-accept')
    await flushPromises()
    const notice = wrapper.get('[data-testid="conflict"]').text()
    expect(notice).toContain('accepted')
    expect(notice).not.toContain('opened')
  })
})
