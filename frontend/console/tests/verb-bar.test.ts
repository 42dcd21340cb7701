import { flushPromises, mount } from '@vue/test-utils'
import { NMessageProvider } from 'naive-ui'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { h } from 'vue'
import type { Bootstrap, CaseDetail } from '@/api/models'
import type { Verb, VerbInput } from '@/api/work'
import { i18n } from '@/i18n'
import VerbBar from '@/panel/VerbBar.vue'
import { missing, ranked } from '@/loop/verbs'
import { bootstrap } from '@/store/city'
import { selectCase } from '@/store/selection'

const note = (required: boolean): VerbInput => ({ name: 'note', required, choices: [] })
const verb = (code: string, to: string | null, inputs: VerbInput[]): Verb => ({ code, name_zh: code, name_en: code, axis: '', to, needs_note: false, inputs })
const ACCEPT = verb('accept', 'accepted', [note(false)])
const COMPLETE = verb('complete', 'handled', [note(true)])
const RETURN = verb('return', 'returned', [note(true)])
const CALL_BACK = verb('call_back', null, [{ name: 'reached', required: true, choices: [] }, { name: 'result', required: false, choices: [] }])
const STATUSES = ['dispatched', 'accepted', 'returned', 'handled', 'closed', 'void'].map((code) => ({
  code, name_zh: code, name_en: code, open: !['closed', 'void'].includes(code),
}))
bootstrap.value = { statuses: STATUSES } as unknown as Bootstrap

function detail(version: number, verbs: Verb[], texts: string[]): CaseDetail {
  const timeline = texts.map((text, i) => ({ seq: i + 1, at: '2026-11-23T01:00:00Z', kind: '', actor: 'Wang', text_zh: text, text_en: text }))
  return { id: 812, version, verbs, timeline } as unknown as CaseDetail
}

const open: { unmount(): void }[] = []

function show(one: CaseDetail) {
  const wrapper = mount(() => h(NMessageProvider, () => h(VerbBar, { case: one })), { global: { plugins: [i18n] } })
  open.push(wrapper)
  return { wrapper, click: (id: string) => wrapper.get(`[data-testid="${id}"]`).trigger('click') }
}

function answers(...list: [number, unknown][]) {
  const fetched = vi.fn()
  for (const [status, body] of list) fetched.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }))
  vi.stubGlobal('fetch', fetched)
  return fetched
}

describe('the verbs of a case', () => {
  afterEach(() => {
    open.splice(0).forEach((wrapper) => wrapper.unmount())
    vi.unstubAllGlobals()
  })

  it('are done at once, with the version that the person has seen', async () => {
    const fetched = answers([200, {}])
    await show(detail(3, [ACCEPT], ['opened'])).click('verb-accept')
    expect(fetched.mock.calls[0]?.[0]).toBe('/api/cases/812/actions/accept')
    expect(JSON.parse(fetched.mock.calls[0]?.[1].body)).toEqual({ version: 3 })
  })

  it('ask for a note first where one is needed', async () => {
    const fetched = answers([200, {}])
    const { wrapper, click } = show(detail(3, [COMPLETE], ['opened']))
    await click('verb-complete')
    expect(fetched).not.toHaveBeenCalled()
    expect(wrapper.get('[data-testid="verb-confirm"]').attributes('disabled')).toBeDefined()
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

  it('come with the way on first: what needs nothing, then completion before a return, then what ends the case', () => {
    const VOID = verb('void', 'void', [note(true)])
    const order = ranked([VOID, CALL_BACK, RETURN, COMPLETE, ACCEPT], STATUSES).map(({ code }) => code)
    expect(order).toEqual(['accept', 'complete', 'return', 'void', 'call_back'])
  })

  it('ask for a result only of a caller who was reached', () => {
    expect(missing(CALL_BACK, {})).toEqual(['reached'])
    expect(missing(CALL_BACK, { reached: false })).toEqual([])
    expect(missing(CALL_BACK, { reached: true })).toEqual(['result'])
  })
})
