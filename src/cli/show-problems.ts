import { problemLines } from '../app/problem-lines.ts'
import { exitCodeOf } from '../base/exit-code.ts'
import { Problem, type ProblemText, Refusal } from '../base/problem.ts'
import { lookSurroundings } from '../facts/runtime.ts'
import type { Host } from '../host/host.ts'
import { json } from './print.ts'

/** Shows what was thrown on standard error, as JSON on standard output too when asked; gives the exit code. */
export async function showThrown(
  host: Host,
  thrown: unknown,
  { asJson }: { readonly asJson: boolean },
): Promise<number> {
  const problems = problemsOf(thrown)
  const texts = await inWords(host, problems)
  host.out.stderr(problemsText(texts, wantsColour(host, 'stderr')))
  if (host.env.COMFY_LOG_LEVEL === 'debug' && thrown instanceof Error)
    host.out.stderr(`\n${stackOf(thrown)}\n`)
  if (asJson) host.out.stdout(json({ problems: texts }))
  return exitCodeOfTexts(texts)
}

/** Problems as blocks with a count at the end, each line ended; empty for none. */
export function problemsText(problems: readonly ProblemText[], coloured: boolean): string {
  if (problems.length === 0) return ''
  const blocks = problems.map((problem) => blockText(problem, coloured))
  return `${blocks.join('\n')}\n${countText(problems)}\n`
}

/** Exit code of these problems; warnings alone are 0. */
export function exitCodeOfTexts(problems: readonly ProblemText[]): number {
  return exitCodeOf(problems.filter((each) => each.level === 'blocking').map((each) => each.kind))
}

/** Whether a stream is to be coloured: a terminal, unless NO_COLOR is set or the terminal is dumb. */
export function wantsColour({ env, terminals }: Host, stream: 'stdout' | 'stderr'): boolean {
  return terminals[stream] && !env.NO_COLOR && env.TERM !== 'dumb'
}

async function inWords(host: Host, problems: readonly Problem[]): Promise<readonly ProblemText[]> {
  const { runtime } = await lookSurroundings(host)
  return problems.map((problem) => problem.in(runtime))
}

/** Anything thrown as problems: what is no Problem is our own mistake. */
function problemsOf(thrown: unknown): readonly Problem[] {
  if (thrown instanceof Refusal) return thrown.problems
  if (thrown instanceof Problem) return [thrown]
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return [new Problem('INTERNAL', { message }, { cause: thrown })]
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by: ${stackOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}

const LABEL_WIDTH = 9
const PLAIN = '\x1b[0m'
const BOLD = '\x1b[1m'
const DIM = '\x1b[2m'
const RED = '\x1b[31m'
const YELLOW = '\x1b[33m'

function blockText(problem: ProblemText, coloured: boolean): string {
  const lines = problemLines(problem).map(({ label, text }) => {
    const indented = text.split('\n').join(`\n${' '.repeat(LABEL_WIDTH)}`)
    const [labelColour, textColour] = coloured ? coloursOf(label) : ['', '']
    const end = coloured ? PLAIN : ''
    return `${labelColour}${label.padEnd(LABEL_WIDTH)}${end}${textColour}${indented}${end}\n`
  })
  return lines.join('')
}

function coloursOf(label: string): readonly [string, string] {
  if (label === 'problem') return [`${BOLD}${RED}`, BOLD]
  if (label === 'warning') return [`${BOLD}${YELLOW}`, BOLD]
  return [DIM, '']
}

/** `2 problems, 1 warning`. */
function countText(problems: readonly ProblemText[]): string {
  const warnings = problems.filter((each) => each.level === 'warning').length
  const parts = [counted(problems.length - warnings, 'problem'), counted(warnings, 'warning')]
  return parts.filter((part) => part !== '').join(', ')
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`
}
