/** The attributes of a kind, as rows of a form and as the flat JSON Schema that the city keeps. */
import type { AttributeSchema, KindSchema } from '@/api/zones'

export type Sort = 'string' | 'number' | 'integer' | 'boolean' | 'date' | 'enum'

export interface AttributeRow {
  key: string
  title_zh: string
  title_en: string
  sort: Sort
  required: boolean
  /** Separated by commas, for options. */
  options: string
  /** What else the schema says of it, kept as it is. */
  rest: Partial<AttributeSchema>
}

export function rowsOf(schema: KindSchema): AttributeRow[] {
  return Object.entries(schema.properties ?? {}).map(([key, attribute]) => {
    const { type, format, title, 'x-title-zh': zh, enum: options, ...rest } = attribute
    const sort: Sort = options ? 'enum' : format === 'date' ? 'date' : type
    const required = schema.required?.includes(key) === true
    return { key, title_zh: zh ?? '', title_en: title ?? '', sort, required, options: options?.join(', ') ?? '', rest }
  })
}

export function schemaOf(rows: AttributeRow[]): KindSchema {
  const named = rows.filter(({ key }) => key.trim())
  const properties = Object.fromEntries(named.map((row) => [row.key.trim(), attributeOf(row)]))
  const required = named.filter((row) => row.required).map(({ key }) => key.trim())
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

function attributeOf({ sort, title_zh, title_en, options, rest }: AttributeRow): AttributeSchema {
  const names = { ...(title_en && { title: title_en }), ...(title_zh && { 'x-title-zh': title_zh }) }
  if (sort === 'date') return { ...rest, ...names, type: 'string', format: 'date' }
  if (sort !== 'enum') return { ...rest, ...names, type: sort }
  const values = options.split(/[,，、]/).map((value) => value.trim())
  return { ...rest, ...names, type: 'string', enum: values.filter(Boolean) }
}
