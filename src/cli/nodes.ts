import type { Input } from '../app/input.ts'
import type { NodesDone } from '../app/nodes/act.ts'
import { Problem, type ProblemText } from '../base/problem.ts'
import { nearest, printable } from '../base/text.ts'
import type { Host } from '../host/host.ts'
import type { Desk, Typed } from './desk.ts'
import { NODE_ACTS, type NodeAct } from './nodes/acts.ts'
import { doneCode, doneText } from './nodes/done-text.ts'
import { listText } from './nodes/list-text.ts'
import { lockedText, vendoredText } from './nodes/made-text.ts'
import { whyText } from './nodes/why-text.ts'
import { json } from './print.ts'
import { exitCodeOfTexts, problemsText, wantsColour } from './show-problems.ts'

/**
 * `comfy-init nodes ACT …`. 0 when the question was answered or all is as asked for, 1 when something of a node did not work
 * out, else the code of what was refused. Each act is loaded only when it is asked for.
 */
export async function nodes({ host }: Desk, typed: Typed): Promise<number> {
  const [word = '', ...names] = typed.words
  const act = actOf(word)
  refuseWords(act, names)
  return answer(host, { act, names, typed, input: { flags: typed.flags, comfyArgs: [] } })
}

type Asked = {
  readonly act: NodeAct
  readonly names: readonly string[]
  readonly typed: Typed
  readonly input: Pick<Input, 'flags' | 'comfyArgs'>
}

async function answer(host: Host, asked: Asked): Promise<number> {
  const { act, names, typed, input } = asked
  const [name = ''] = names
  const print = <T>(found: T, text: (found: T) => string) =>
    host.out.stdout(typed.json ? json(found) : text(found))
  switch (act) {
    case 'list': {
      const { listNodes } = await import('../app/nodes/view.ts')
      print(await listNodes(host, input), listText)
      return 0
    }
    case 'why': {
      const { whyNode } = await import('../app/nodes/why.ts')
      print(await whyNode(host, input, name), whyText)
      return 0
    }
    case 'lock': {
      const { lockNodes } = await import('../app/nodes/lock.ts')
      const made = await lockNodes(host, input, { write: !typed.json })
      host.out.stdout(typed.json ? made.text : lockedText(made))
      return withProblems(host, made.problems)
    }
    case 'vendor': {
      const { vendorNodes } = await import('../app/nodes/vendor.ts')
      const made = await vendorNodes(host, input, name)
      print(made, vendoredText)
      return withProblems(host, made.problems)
    }
    case 'export': {
      const { exportNodes, FORMATS } = await import('../app/nodes/exchange.ts')
      const format = formatOf(typed.as, FORMATS)
      const { text, notes } = await exportNodes(host, input, format)
      host.out.stdout(text)
      for (const note of notes) host.out.stderr(`${printable(note)}\n`)
      return 0
    }
    case 'sync':
    case 'check':
    case 'update':
    case 'add':
    case 'remove':
    case 'freeze':
    case 'import':
      return tellDone(host, asked, await perform(host, { ...asked, act }))
  }
}

/** Acts that change something, and say what they did in the same way. */
type Change = Exclude<NodeAct, 'list' | 'why' | 'lock' | 'vendor' | 'export'>

async function perform(
  host: Host,
  { act, names, input }: Asked & { readonly act: Change },
): Promise<NodesDone> {
  switch (act) {
    case 'sync':
      return (await import('../app/nodes/sync.ts')).syncNodes(host, input)
    case 'check':
      return (await import('../app/nodes/sync.ts')).checkNodes(host, input)
    case 'update':
      return (await import('../app/nodes/update.ts')).updateNodes(host, input, names)
    case 'add':
      return (await import('../app/nodes/edit.ts')).addNodes(host, input, names)
    case 'remove':
      return (await import('../app/nodes/edit.ts')).removeNodes(host, input, names)
    case 'freeze':
      return (await import('../app/nodes/freeze.ts')).freezeNodes(host, input)
    case 'import':
      return (await import('../app/nodes/exchange.ts')).importNodes(host, input, names[0] ?? '')
  }
}

function tellDone(host: Host, { act, typed }: Asked, done: NodesDone): number {
  host.out.stdout(typed.json ? json(done) : doneText(act, done))
  return doneCode(host, done)
}

// Where the answer itself goes to standard output, what is wrong with it goes beside it.
function withProblems(host: Host, problems: readonly ProblemText[]): number {
  host.out.stderr(problemsText(problems, wantsColour(host, 'stderr')))
  return exitCodeOfTexts(problems) || (problems.length === 0 ? 0 : 1)
}

function formatOf<T extends string>(typed: string | undefined, formats: readonly T[]): T {
  const format = formats.find((each) => each === typed)
  if (format !== undefined) return format
  throw new Problem('ARGUMENTS_INVALID', {
    command: 'nodes',
    message: `--as is one of ${formats.join(', ')}.`,
    hint: `comfy-init nodes export --as ${nearest(typed ?? '', formats) ?? formats[0]}`,
  })
}

/** How many words follow an act, at least and at most, and what they are. */
const WORDS: Readonly<Record<NodeAct, readonly [least: number, most: number, name: string]>> = {
  list: [0, 0, ''],
  why: [1, 1, 'the name of a node or a Python package'],
  sync: [0, 0, ''],
  update: [0, 1000, ''],
  add: [1, 1000, 'a node: ID[@VERSION], owner/repository[@REF], an address or a folder'],
  remove: [1, 1000, 'the name of a node’s folder'],
  lock: [0, 0, ''],
  freeze: [0, 0, ''],
  check: [0, 0, ''],
  vendor: [1, 1, 'the folder to fill'],
  import: [1, 1, 'the file to read'],
  export: [0, 0, ''],
}

function refuseWords(act: NodeAct, words: readonly string[]): void {
  const [least, most, name] = WORDS[act]
  if (words.length >= least && words.length <= most) return
  const message =
    words.length < least
      ? `${act} needs ${name}.`
      : most === 0
        ? `${act} takes no word behind it.`
        : `${act} takes one word behind it: ${name}.`
  throw new Problem('ARGUMENTS_INVALID', { command: 'nodes', message })
}

function actOf(word: string): NodeAct {
  const act = NODE_ACTS.find((each) => each === word)
  if (act !== undefined) return act
  throw new Problem('ARGUMENTS_INVALID', {
    command: 'nodes',
    message: `ACT is one of ${NODE_ACTS.join(', ')}.`,
    hint: `comfy-init nodes ${nearest(word, NODE_ACTS) ?? 'list'}`,
  })
}
