import { describe, expect, it } from 'vitest'
import { boundsOf } from '@/zones-import/bounds'
import { importForm, nothingChosen } from '@/zones-import/form'
import { onPage } from '@/zones-import/sentences'
import { zonesOfThreeDegrees } from '@/zones-import/systems'

const FILE = new File(['x'], 'parks.zip')

describe('the form of an import', () => {
  it('says what is chosen, and nothing of what the city is to find out', () => {
    const chosen = { ...nothingChosen(), kind: 'park', retireMissing: true }
    chosen.fields.code = 'BM'
    const form = importForm(FILE, chosen)
    expect([form.get('kind'), form.get('code'), form.get('retire_missing'), form.get('shapes')]).toEqual(['park', 'BM', 'true', 'true'])
    for (const name of ['crs', 'encoding', 'layer', 'holds_from', 'attributes', 'fix', 'apply']) expect(form.has(name)).toBe(false)
  })

  it('maps no column where a person has chosen none, even if one has the usual name', () => {
    expect(importForm(FILE, nothingChosen()).get('name_en')).toBe('-')
  })

  it('keeps no attributes at all when none are chosen', () => {
    expect(importForm(FILE, { ...nothingChosen(), attributes: [] }).get('attributes')).toBe('[]')
  })

  it('applies the plan that was looked at', () => {
    const form = importForm(FILE, nothingChosen(), 'abc123')
    expect([form.get('apply'), form.get('plan'), form.has('shapes')]).toEqual(['true', 'abc123', false])
  })
})

describe('coordinate systems', () => {
  it('are listed with those of the city first, with and without the number of their zone', () => {
    const [first, second] = zonesOfThreeDegrees(120.3)
    expect([first!.value, second!.value]).toEqual(['EPSG:4549', 'EPSG:4528'])
    expect(first!.en).toContain('120°E')
    expect(zonesOfThreeDegrees(75).map(({ value }) => value)).toContain('EPSG:4554')
  })
})

describe('sentences of the city on this page', () => {
  it('name fields instead of options of the command line', () => {
    const said = onPage('give a later time with --holds-from, or let --fix close it', (key) => `<${key}>`, ['“', '”'])
    expect(said).toBe('give a later time with “<holdsFrom>”, or let “<fix>” close it')
  })
})

describe('bounds', () => {
  it('hold all places of all features', () => {
    const point = (at: [number, number]): GeoJSON.Feature => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: at } })
    expect(boundsOf([point([1, 5]), point([3, 2])])).toEqual([1, 2, 3, 5])
    expect(boundsOf([])).toBeUndefined()
  })
})
