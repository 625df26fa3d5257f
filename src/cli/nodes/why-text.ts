import type { Receipt } from '../../app/nodes/receipts.ts'
import type { RequirementLine, Why } from '../../app/nodes/why.ts'
import type { NodeSource } from '../../base/node.ts'
import { redact } from '../../base/secret.ts'
import { columns, durationText, printable } from '../../base/text.ts'
import { WORDS } from './list-text.ts'

/** All about one node, or one Python package, one line per thing that is known. */
export function whyText(why: Why): string {
  const rows = why.kind === 'node' ? nodeRows(why.node, why.requirements) : packageRows(why)
  return `${columns(printable(rows))}\n`
}

type Rows = readonly (readonly [string, string])[]

function nodeRows(node: Receipt, requirements: readonly RequirementLine[]): Rows {
  const { folder, state, why, path, source, from, pin, required, problems, packages, script, at, ms } = node
  return [
    ['node', folder],
    ['state', `${WORDS[state]}${why === undefined ? '' : `: ${why}`}`],
    ...row('started', node.isLeftOut ? 'without it' : undefined),
    ...problems.flatMap(
      ({ why: reason, remedy }): Rows => [
        ['', reason],
        ['to type', remedy],
      ],
    ),
    ['asked for by', from === undefined ? BY[node.origin] : `${from}${required ? ', required' : ''}`],
    ...row('from', source && sourceText(source)),
    ...row('exactly', pin),
    ...row('lies in', path),
    ...row(
      pin === undefined ? 'tried' : 'got',
      at && `${at.slice(0, 16).replace('T', ' ')} UTC, in ${durationText(ms ?? 0)}`,
    ),
    ...listed(
      'requires',
      requirements.map(({ line }) => line),
    ),
    ...listed('packages', packages),
    ...row('install.py', script && `${script.result}, in ${durationText(script.ms)}: ${script.line}`),
    ...row('import', node.import && importText(node.import)),
    ...row('log', node.log),
  ]
}

const BY = { asked: 'nobody', image: 'the image', 'by-hand': 'nobody: it was put there by hand' } as const

function packageRows(why: Extract<Why, { kind: 'package' }>): Rows {
  const { name, installed, image, lines } = why
  const used = installed ?? image
  return [
    ['package', name],
    ['in use', used === undefined ? 'none: it is not installed' : used],
    ['in the image', image ?? 'none'],
    ...row('over it', installed && `${installed}, in the workspace`),
    ...listed('for', why.for.length > 0 || installed === undefined ? why.for : ['somebody, by hand']),
    ...listed(
      'asked by',
      lines.map(({ folder, line }) => `${folder}: ${line}`),
    ),
  ]
}

/** Where a node comes from, as a person writes it. */
export function sourceText(source: NodeSource): string {
  switch (source.kind) {
    case 'git':
      return `${redact(source.url)}${source.ref === undefined ? '' : `@${source.ref}`}`
    case 'registry':
      return `${source.id}${source.version === undefined ? '' : `@${source.version}`}, in the registry`
    case 'zip':
      return redact(source.url)
    case 'path':
      return source.path
  }
}

function importText({ result, line, seconds }: NonNullable<Receipt['import']>): string {
  const took = seconds === undefined ? '' : `, in ${seconds.toFixed(1)} s`
  return `${RESULTS[result]}${took}${line === undefined ? '' : `: ${line}`}`
}

const RESULTS = {
  ok: 'ok',
  failed: 'failed',
  'breaks-start': 'ComfyUI does not start with it',
  'not-loaded': 'not loaded',
} as const

function row(name: string, text: string | undefined): Rows {
  return text === undefined ? [] : [[name, text]]
}

function listed(name: string, texts: readonly string[]): Rows {
  return texts.map((text, at) => [at === 0 ? name : '', text] as const)
}
