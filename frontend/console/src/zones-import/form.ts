/** What a person has chosen, as the form that the city takes. Pure, so that it can be tested. */
import { ZONE_FIELDS, type ZoneField } from '@/api/zones-import'

/** No column, also where one has the usual name. */
export const NONE = '-'

export interface Choices {
  kind: string
  /** Empty: the file's own. */
  crs: string
  encoding: string
  layer: string
  /** A column, a text that begins with `=`, or NONE. */
  fields: Record<ZoneField, string>
  /** null: all columns that are nothing else. */
  attributes: string[] | null
  /** In the city's time, without a zone; null: from now on. */
  holdsFrom: string | null
  fix: boolean
  retireMissing: boolean
  allowOutside: boolean
}

export const nothingChosen = (): Choices => ({
  kind: '',
  crs: '',
  encoding: '',
  layer: '',
  fields: { code: NONE, name_zh: NONE, name_en: NONE, department: NONE, precedence: NONE },
  attributes: null,
  holdsFrom: null,
  fix: false,
  retireMissing: false,
  allowOutside: false,
})

export function openingForm(file: File, { layer, encoding }: Choices): FormData {
  return filled({ layer, encoding }, file)
}

export function importForm(file: File, chosen: Choices, token?: string): FormData {
  const { kind, crs, encoding, layer, attributes, holdsFrom } = chosen
  const fields = Object.fromEntries(ZONE_FIELDS.map((field) => [field, chosen.fields[field] || NONE]))
  const flags = { fix: chosen.fix, retire_missing: chosen.retireMissing, allow_outside: chosen.allowOutside }
  const on = Object.fromEntries(Object.entries(flags).map(([name, set]) => [name, set ? 'true' : '']))
  const step: Record<string, string> = token === undefined ? { shapes: 'true' } : { apply: 'true', plan: token }
  const kept = attributes === null ? '' : JSON.stringify(attributes)
  return filled({ kind, crs, encoding, layer, holds_from: holdsFrom ?? '', attributes: kept, ...fields, ...on, ...step }, file)
}

function filled(texts: Record<string, string>, file: File): FormData {
  const form = new FormData()
  for (const [name, text] of Object.entries(texts)) if (text) form.append(name, text)
  form.append('file', file)
  return form
}
