/** Longest line of a formatted JSON file. */
const WIDTH = 110

/** A JSON schema as text, short arrays on one line as the formatter of this repository wants them. */
export function schemaPage(schema: object): string {
  const text = JSON.stringify(schema, null, 2)
  return `${text.replace(/^(.*)\[\n([^[\]{}]*)\n\s*\]/gm, inOneLine)}\n`
}

function inOneLine(whole: string, before: string, items: string): string {
  const line = `${before}[${items.trim().replace(/\n\s*/g, ' ')}]`
  return line.length < WIDTH ? line : whole
}
