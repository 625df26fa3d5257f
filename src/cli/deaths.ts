import type { Death } from '../base/death.ts'
import { layoutOf } from '../base/layout.ts'
import { Problem, systemCode } from '../base/problem.ts'
import { columns, printable, shortList, sizeText } from '../base/text.ts'
import { lifeText } from '../features/deaths/evidence.ts'
import { type Reports, readReports } from '../features/deaths/reports.ts'
import { endingText } from '../features/supervise/ending-text.ts'
import type { Desk, Typed } from './desk.ts'
import { json } from './print.ts'

/**
 * `comfy-init deaths [N]`: why services died, from the reports in the workspace, so also while nothing runs. The newest is 1;
 * one death is told with all that is known and its last lines.
 */
export async function deaths({ host, acts }: Desk, { flags, words, json: asJson }: Typed): Promise<number> {
  const number = numberOf(words[0])
  const { settings } = await acts.ask(host, { flags, comfyArgs: [] })
  const { deaths: folder } = layoutOf(settings.workspace)
  const reports = await read(host, folder)
  if (number !== undefined) {
    const death = reports.deaths[number - 1]
    if (death === undefined) throw notKept(number, reports.deaths.length)
    host.out.stdout(asJson ? json(death) : deathText(shown(death)))
    return 0
  }
  if (reports.unreadable.length > 0) host.out.stderr(unreadableText(reports.unreadable, folder))
  host.out.stdout(asJson ? json(reports.deaths.map(numbered)) : listText(reports.deaths.map(shown)))
  return 0
}

function numberOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined
  if (/^[1-9]\d{0,5}$/.test(word)) return Number(word)
  throw refused(`N is the number of a death, 1 the newest; «${word}» is none.`)
}

function notKept(number: number, kept: number): Problem {
  return refused(`There is no death ${number}: ${kept === 0 ? 'none is' : `${kept} are`} kept.`)
}

function refused(message: string): Problem {
  return new Problem('ARGUMENTS_INVALID', { command: 'deaths', message, hint: 'comfy-init deaths' })
}

async function read({ fs }: Desk['host'], folder: string): Promise<Reports> {
  try {
    return await readReports(fs, folder)
  } catch (error) {
    throw new Problem('TREE_NOT_READ', { path: folder, code: systemCode(error) ?? 'EIO' }, { cause: error })
  }
}

function unreadableText(names: readonly string[], folder: string): string {
  return `Left out, for they are no reports: ${shortList(printable(names))} in ${folder}.\n`
}

// The workspace is written by others too: nothing in it steers the terminal.
function shown(death: Death): Death {
  const lines = death.lines.map((line) => line.replaceAll('\t', '    '))
  return printable({ ...death, lines })
}

function listText(all: readonly Death[]): string {
  if (all.length === 0) return 'No service has died.\n'
  const rows = all.map(({ at, service, cause, summary }, index) => [
    String(index + 1),
    timeText(at),
    service,
    cause,
    summary,
  ])
  return `${columns(rows)}\n`
}

function deathText(death: Death): string {
  const { at, service, cause, summary, remedy, ending, uptimeMs, isSafe, lines } = death
  const rows = [
    ['remedy', remedy],
    ['ended', ending.code === null && ending.signal === null ? 'stopped' : endingText(ending)],
    ['lived', lifeText(uptimeMs)],
    ['mode', isSafe ? 'safe mode' : undefined],
    ['prompt', death.promptId],
    ['memory', death.ramBytes && sizeText(death.ramBytes)],
    ['GPU memory', death.vramBytes && sizeText(death.vramBytes)],
  ].flatMap(([name = '', value]) => (value ? [[String(name), String(value)]] : []))
  const last = lines.length === 0 ? 'It had printed nothing.\n' : `Its last lines:\n\n${lines.join('\n')}\n`
  return `${timeText(at)}  ${service}  ${cause}\n${summary}\n\n${columns(rows)}\n\n${last}`
}

function timeText(at: string): string {
  return at.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
}

function numbered({ lines: _, ...death }: Death, index: number) {
  return { number: index + 1, ...death }
}
