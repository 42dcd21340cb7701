import { describe, expect, it } from 'vitest'
import { addressOf, viewOf } from '@/shell/address'

describe('the address', () => {
  it('keeps a view and a case, and gives the view back', () => {
    const address = addressOf({ zoom: 14.256, center: [120.3, 31.567891] }, '20261123000812')
    expect(address).toBe('?case=20261123000812&z=14.26&c=120.30000,31.56789')
    expect(viewOf(address)).toEqual({ zoom: 14.26, center: [120.3, 31.56789] })
  })

  it('is empty for nothing', () => {
    expect(addressOf(undefined, undefined)).toBe('')
  })

  it.each(['', '?z=12', '?z=x&c=1,2', '?z=12&c=1'])('gives no view for %o', (search) => {
    expect(viewOf(search)).toBeUndefined()
  })
})
