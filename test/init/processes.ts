import { readdirSync, readlinkSync } from 'node:fs'
import type { Running } from '../support/container.ts'
import { textOf } from '../support/proc.ts'

/** A process of a container, by the container's own numbers. */
export type Process = {
  readonly pid: number
  /** Its number outside. */
  readonly hostPid: number
  readonly parent: number
  readonly state: string
  readonly group: number
  readonly args: string
  readonly program: string
}

/** Every process of a container. */
export function processesOf(running: Running): readonly Process[] {
  const namespace = linkOf(`/proc/${running.pid}/ns/pid`)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && linkOf(`/proc/${name}/ns/pid`) === namespace)
    .flatMap((name) => readProcess(running, Number(name)) ?? [])
}

/** The processes of the program itself, without an init above it. */
export function ours(running: Running): readonly Process[] {
  return processesOf(running).filter(({ program }) => program.endsWith('/comfy-init'))
}

/** Living processes whose words begin so. */
export function living(running: Running, args: RegExp): readonly Process[] {
  return processesOf(running).filter((each) => each.state !== 'Z' && args.test(each.args))
}

function readProcess(running: Running, hostPid: number): Process | undefined {
  const inner = Number(/^NSpid:.*\t(\d+)$/m.exec(textOf(`/proc/${hostPid}/status`))?.[1])
  const proc = `/proc/${running.pid}/root/proc/${inner}`
  const [, state = '', parent, group] = /\) (\S) (\d+) (\d+)/.exec(textOf(`${proc}/stat`)) ?? []
  if (state === '') return undefined
  const args = textOf(`${proc}/cmdline`).replaceAll('\0', ' ').trim()
  const program = linkOf(`/proc/${hostPid}/exe`)
  return { pid: inner, hostPid, parent: Number(parent), state, group: Number(group), args, program }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
