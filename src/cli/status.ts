import { progressText } from '../app/progress-text.ts'
import type { Status } from '../app/status.ts'
import { Problem } from '../base/problem.ts'
import { columns, durationText, printable } from '../base/text.ts'
import type { Desk, Typed } from './desk.ts'
import { askRunning } from './find-running.ts'
import { json } from './print.ts'
import { problemsText, wantsColour } from './show-problems.ts'

/** `comfy-init status`: what the running comfy-init is doing. 0 when it answers, whatever it says. */
export async function status({ host, acts }: Desk, { flags, json: asJson }: Typed): Promise<number> {
  const { settings } = await acts.ask(host, { flags, comfyArgs: [] })
  const { status: code, body } = await askRunning(host, settings, { path: '/status', orTcp: true })
  if (code !== 200) throw new Problem('DOOR_ANSWER', { path: '/status', status: code, body })
  const found: Status = JSON.parse(body)
  host.out.stdout(asJson ? json(found) : statusText(found, wantsColour(host, 'stdout')))
  return 0
}

/** A status as a person reads it. */
export function statusText(status: Status, coloured: boolean): string {
  // Words of problems are plain already, and may be of several lines.
  const found = { ...printable(status), problems: status.problems }
  const { phase, version, instance, startedAt } = found
  const parts = [
    `${instance} is ${phase} (comfy-init ${version}, since ${startedAt})\n`,
    table(Object.entries(found.addresses)),
    table(found.services.map(serviceRow)),
    table(found.conditions.map(({ condition, text }) => [condition, text])),
    deathsText(found.deaths),
    table(found.steps.map(stepRow)),
    problemsText(found.problems, coloured),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function table(rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${columns(rows)}\n`
}

function deathsText(deaths: Status['deaths']): string {
  if (deaths.length === 0) return ''
  const rows = deaths.map(({ service, at, cause, summary }) => [at, service, cause, summary])
  return `Last deaths (comfy-init deaths shows more):\n${table(rows)}`
}

function serviceRow({
  name,
  state,
  pid,
  restarts,
  why,
  isSafe,
}: Status['services'][number]): readonly string[] {
  const about = [
    ...(isSafe ? ['safe mode'] : []),
    ...(pid === undefined ? [] : [`pid ${pid}`]),
    ...(restarts === 0 ? [] : [`restarts: ${restarts}`]),
    ...(why === undefined ? [] : [why]),
  ]
  return [name, state, about.join(', ')]
}

function stepRow(step: Status['steps'][number]): readonly string[] {
  const { title, state, ms, bytes, files } = step
  if (bytes !== undefined && files !== undefined)
    return [title, state, progressText({ ...step, bytes, files })]
  return [title, state, ms === undefined ? '' : durationText(ms)]
}
