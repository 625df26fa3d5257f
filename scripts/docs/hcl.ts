/** An expression, with templates already cut into their parts. */
export type Expression =
  | { readonly is: 'value'; readonly value: Value }
  | { readonly is: 'template'; readonly parts: readonly Expression[] }
  | { readonly is: 'list'; readonly items: readonly Expression[] }
  | { readonly is: 'map'; readonly entries: readonly (readonly [string, Expression])[] }
  | { readonly is: 'name'; readonly path: readonly string[] }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly is: 'item'; readonly of: Expression; readonly at: Expression }
  | { readonly is: 'choice'; readonly of: readonly [Expression, Expression, Expression] }
  | { readonly is: 'compare'; readonly sign: string; readonly of: readonly [Expression, Expression] }

/** What an expression comes to. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

/** One block: `target "cpu" { … }`. */
export type Block = {
  readonly kind: string
  readonly label: string
  readonly attributes: Readonly<Record<string, Expression>>
  /** The comment right above it, or above the first of several of its kind without a line between. */
  readonly comment: string
}

/** Reads the blocks of an HCL file, as bake files use it: no loops, no nested blocks but `validation`, which is left out. */
export function readHcl(text: string): readonly Block[] {
  const tokens = tokensOf(text)
  const blocks: Block[] = []
  let comment: string[] = []
  let about = ''
  while (tokens.length > 0) {
    const token = take(tokens)
    if (token.startsWith('#')) comment.push(token.replace(/^#\s*/, ''))
    else if (token === '\n\n') {
      comment = []
      about = ''
    } else if (token !== '\n') {
      const label = tokens[0]?.startsWith('"') ? take(tokens).slice(1, -1) : ''
      about = comment.splice(0).join(' ') || (blocks.at(-1)?.kind === token ? about : '')
      blocks.push({ kind: token, label, attributes: readBody(tokens), comment: about })
    }
  }
  return blocks
}

const TOKEN =
  /\s*?(\n\s*\n|\n)|[^\S\n]*((?:#|\/\/)[^\n]*|"(?:\$\{[^}]*\}|\\.|[^"\\])*"|[\w-]+(?:\.[\w-]+)*|[=!]=|&&|\|\||=>|.)/g

function tokensOf(text: string): string[] {
  return [...text.matchAll(TOKEN)]
    .map(([, line, token = '']) => (line === undefined ? token : /\n\s*\n/.test(line) ? '\n\n' : '\n'))
    .filter((token) => token.trim() !== '' || token.startsWith('\n'))
}

function take(tokens: string[], wanted?: string): string {
  const token = tokens.shift() ?? ''
  if (wanted !== undefined && token !== wanted)
    throw new Error(`Cannot read HCL at «${token}»: wants «${wanted}»`)
  return token
}

// Line ends and comments mean nothing inside an expression.
function skip(tokens: string[]): void {
  while (tokens[0] !== undefined && /^(\n|#|\/\/)/.test(tokens[0])) tokens.shift()
}

function readBody(tokens: string[]): Readonly<Record<string, Expression>> {
  const attributes: Record<string, Expression> = {}
  take(tokens, '{')
  for (skip(tokens); tokens[0] !== '}'; skip(tokens)) {
    const name = take(tokens)
    if (tokens[0] === '{') readBody(tokens)
    else {
      take(tokens, '=')
      attributes[name] = readExpression(tokens)
    }
  }
  take(tokens, '}')
  return attributes
}

function readExpression(tokens: string[]): Expression {
  const first = readCompared(tokens)
  if (tokens[0] !== '?') return first
  take(tokens)
  const yes = readExpression(tokens)
  skip(tokens)
  take(tokens, ':')
  return { is: 'choice', of: [first, yes, readExpression(tokens)] }
}

function readCompared(tokens: string[]): Expression {
  const left = readItem(tokens)
  if (!/^([=!]=|&&|\|\|)$/.test(tokens[0] ?? '')) return left
  return { is: 'compare', sign: take(tokens), of: [left, readCompared(tokens)] }
}

function readItem(tokens: string[]): Expression {
  let expression = readOne(tokens)
  while (tokens[0] === '[') {
    take(tokens)
    expression = { is: 'item', of: expression, at: readExpression(tokens) }
    take(tokens, ']')
  }
  return expression
}

function readOne(tokens: string[]): Expression {
  skip(tokens)
  const token = take(tokens)
  if (token === '[') return { is: 'list', items: readUntil(tokens, ']', readExpression) }
  if (token === '{') return { is: 'map', entries: readUntil(tokens, '}', readEntry) }
  if (token === '(') return readUntil(tokens, ')', readExpression)[0] ?? { is: 'value', value: null }
  if (token.startsWith('"')) return readTemplate(token.slice(1, -1))
  if (/^-?\d+$/.test(token)) return { is: 'value', value: Number(token) }
  if (/^(true|false|null)$/.test(token))
    return { is: 'value', value: token === 'null' ? null : token === 'true' }
  if (tokens[0] !== '(') return { is: 'name', path: token.split('.') }
  take(tokens)
  return { is: 'call', name: token, args: readUntil(tokens, ')', readExpression) }
}

function readUntil<T>(tokens: string[], end: string, read: (tokens: string[]) => T): T[] {
  const items: T[] = []
  for (skip(tokens); tokens[0] !== end; skip(tokens)) {
    if (tokens.length === 0) throw new Error(`Cannot read HCL: no ${end}`)
    if (tokens[0] === ',') take(tokens)
    else items.push(read(tokens))
  }
  take(tokens)
  return items
}

function readEntry(tokens: string[]): readonly [string, Expression] {
  const key = take(tokens).replace(/^"(.*)"$/, '$1')
  if (take(tokens) === '') throw new Error('Cannot read HCL: a map ends early')
  return [key, readExpression(tokens)]
}

function readTemplate(text: string): Expression {
  const parts = text
    .split(/\$\{([^}]*)\}/)
    .map(
      (part, at): Expression =>
        at % 2 === 1 ? readWhole(tokensOf(part)) : { is: 'value', value: part.replace(/\\(.)/g, '$1') },
    )
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { is: 'template', parts }
}

function readWhole(tokens: string[]): Expression {
  const expression = readExpression(tokens)
  if (tokens.length > 0) throw new Error(`Cannot read HCL at «${tokens.join(' ')}»`)
  return expression
}
