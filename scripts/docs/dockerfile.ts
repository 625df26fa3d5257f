/** One instruction of a Dockerfile, its lines joined. */
export type Instruction = {
  /** In capitals: FROM, ARG, ENV… */
  readonly keyword: string
  /** What follows the keyword, on one line. */
  readonly text: string
  /** The comment right above it, or above the first of several of its kind that follow each other. */
  readonly comment: string
  /** 0 before the first FROM, then 1, 2… */
  readonly stage: number
}

/** A name with its value as written, quotes taken off; undefined where none is given. */
export type Pair = { readonly name: string; readonly value: string | undefined }

/** Reads a Dockerfile without here-documents. */
export function readDockerfile(text: string): readonly Instruction[] {
  const found: Instruction[] = []
  let comment: string[] = []
  let stage = 0
  for (const line of joined(text)) {
    if (line === '') comment = []
    else if (line.startsWith('#')) comment.push(line.replace(/^#\s*/, ''))
    else {
      const [, keyword = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? []
      const last = found.at(-1)
      const about = comment.length === 0 && last?.keyword === keyword ? last.comment : sentence(comment)
      if (keyword === 'FROM') stage += 1
      found.push({ keyword, text: rest, comment: about, stage })
      comment = []
    }
  }
  return found
}

/** Logical lines: what ends in a backslash goes on, and comments between its lines are no part of it. */
function joined(text: string): readonly string[] {
  const lines: string[] = []
  let open = ''
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (open !== '' && (line === '' || line.startsWith('#'))) continue
    open += line.replace(/\\$/, '')
    if (line.endsWith('\\')) continue
    lines.push(open.replace(/\s+/g, ' '))
    open = ''
  }
  return lines
}

function sentence(comment: readonly string[]): string {
  return comment.filter((line) => !/^(syntax=|hadolint )/.test(line)).join(' ')
}

/** The instructions that make the image: those of the last stage, and of the stages of this file that it is built on. */
export function ofImage(instructions: readonly Instruction[]): readonly Instruction[] {
  const froms = instructions.filter(({ keyword }) => keyword === 'FROM')
  const named = new Map(froms.map(({ text, stage }) => [/ AS (\S+)$/i.exec(text)?.[1], stage]))
  const stages: number[] = []
  let stage = froms.at(-1)?.stage
  while (stage !== undefined) {
    stages.unshift(stage)
    const [base] = froms.find((each) => each.stage === stages[0])?.text.split(' ') ?? []
    stage = named.get(base)
  }
  return stages.flatMap((each) => instructions.filter((one) => one.stage === each))
}

/** The pairs of an ARG, ENV or LABEL, in order. */
export function pairsOf(text: string): readonly Pair[] {
  const found = text.matchAll(/([^\s=]+)(?:=("(?:[^"\\]|\\.)*"|'[^']*'|\S*))?/g)
  return [...found].map(([, name = '', value]) => ({ name, value: value?.replace(/^(["'])(.*)\1$/s, '$2') }))
}
