/** The city's sentences name the options of its command line; a page names them as it shows them. */
const OPTIONS: Record<string, string> = {
  '--code': 'field.code',
  '--name-zh': 'field.name_zh',
  '--name-en': 'field.name_en',
  '--department': 'field.department',
  '--precedence': 'field.precedence',
  '--attribute': 'attributes',
  '--crs': 'crs',
  '--encoding': 'encoding',
  '--layer': 'layer',
  '--holds-from': 'holdsFrom',
  '--allow-outside': 'allowOutside',
  '--retire-missing': 'retireMissing',
  '--fix': 'fix',
}

/** `name` gives the text of a key of this room's words; it is put in quotation marks of the language. */
export function onPage(sentence: string, name: (key: string) => string, quotes: [string, string]): string {
  return sentence.replace(/--[a-z]+(?:-[a-z]+)*/g, (option) => {
    const key = OPTIONS[option]
    return key ? quotes[0] + name(key) + quotes[1] : option
  })
}
