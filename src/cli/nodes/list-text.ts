import type { NodeState, Receipt } from '../../app/nodes/receipts.ts'
import type { NodesView } from '../../app/nodes/view.ts'
import { printable } from '../../base/text.ts'

/** All nodes, one line each with its state, name and pin; below it why, where something is to be said. Fits a narrow terminal. */
export function listText({ customNodes, nodes, problems }: NodesView): string {
  const said = printable(problems.map(({ what, why, remedy }) => `${what}\n  ${why}\n  ${remedy}`))
  if (nodes.length === 0) return [...said, `No custom nodes in ${customNodes}.`, ''].join('\n')
  return [...said, ...nodeLines(nodes), '', summary(nodes), ''].join('\n')
}

/** The same lines for some of the nodes. */
export function nodeLines(nodes: readonly Receipt[]): readonly string[] {
  return printable(nodes).flatMap((node) => {
    const { state, folder, why, problems, log } = node
    const remedies = problems.map(({ remedy }) => remedy)
    const look = log === undefined ? [] : [`See what it printed: ${log}`]
    const below = [why, ...remedies, ...look].filter((text) => text !== undefined)
    return [
      `${WORDS[state].padEnd(WIDTH)}${folder}${asideOf(node)}`,
      ...below.map((text) => `${' '.repeat(WIDTH)}${text}`),
    ]
  })
}

/** What a state is called. */
export const WORDS: Readonly<Record<NodeState, string>> = {
  ok: 'ok',
  unchecked: 'there',
  changed: 'changed',
  'built-in': 'built in',
  failed: 'failed',
  'left-out': 'left out',
  'switched-off': 'off',
  absent: 'absent',
}

const WIDTH = 2 + Math.max(...Object.values(WORDS).map(({ length }) => length))

/** A pin short enough to be read: twelve digits of a commit or digest, a version as it is. */
export function shortPin(pin: string): string {
  return /^[0-9a-f]{40,64}$/.test(pin) ? pin.slice(0, 12) : pin
}

function asideOf({ pin, origin, isLeftOut, state }: Receipt): string {
  const words = [
    pin === undefined ? '' : shortPin(pin),
    ORIGINS[origin],
    isLeftOut && state !== 'left-out' && state !== 'switched-off' ? 'left out' : '',
  ].filter((word) => word !== '')
  return words.length === 0 ? '' : `  ${words.join(', ')}`
}

const ORIGINS = { asked: '', image: 'the image’s', 'by-hand': 'by hand' } as const

function summary(nodes: readonly Receipt[]): string {
  const counts = Object.entries(WORDS)
    .map(([state, word]) => ({ word, count: nodes.filter((node) => node.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
  const noun = nodes.length === 1 ? 'node' : 'nodes'
  return `${nodes.length} ${noun}: ${counts.join(', ')}\nAll about one: comfy-init nodes why NAME`
}
