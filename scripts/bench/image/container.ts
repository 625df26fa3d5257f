import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { LABEL, PREFIX } from '../../image-test/plan.ts'
import { runProgram } from '../../image-test/said.ts'

/** What is measured, with which engine. */
export type Bench = { readonly program: 'docker' | 'podman'; readonly image: string }

/** How a container is started; `entrypoint` is put in place of the image’s. */
export type Starting = {
  readonly entrypoint?: string
  readonly args?: readonly string[]
  readonly volumes: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A container that was started: the moment before (milliseconds since 1970); mustRun throws when it is over. */
export type Started = { readonly startMs: number; readonly mustRun: () => void }

/** Makes a container that is started, killed and started again; only the first round of it is its first start. */
export async function keepContainer({ program, image }: Bench, starting: Starting) {
  const name = freshName()
  const made = await runProgram(program, [
    'create',
    ...optionsOf(name, starting),
    image,
    ...(starting.args ?? []),
  ])
  if (made.code !== 0) throw new Error(`Cannot make a container of ${image}. ${made.err}`)
  return {
    start: async (): Promise<Started> => {
      const startMs = performance.timeOrigin + performance.now()
      const said = await runProgram(program, ['start', name])
      if (said.code !== 0) throw new Error(`Cannot start a container of ${image}. ${said.err}`)
      return { startMs, mustRun: () => undefined }
    },
    kill: async () => {
      await runProgram(program, ['kill', name])
      await runProgram(program, ['wait', name])
    },
    remove: async () => {
      await runProgram(program, ['rm', '--force', '--volumes', name])
    },
  }
}

/** Starts a container in the foreground; gives the moment before (milliseconds since 1970) and what ends it for good. */
export function startContainer({ program, image }: Bench, starting: Starting) {
  const { args = [] } = starting
  const name = freshName()
  const options = ['run', '--rm', ...optionsOf(name, starting)]
  const startMs = performance.timeOrigin + performance.now()
  const child = spawn(program, [...options, image, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  let isOver = false
  const over = new Promise<void>((resolve) =>
    child.once('exit', () => {
      isOver = true
      resolve()
    }),
  )
  return {
    startMs,
    /** Throws with what the container said when it is no longer there. */
    mustRun: () => {
      if (isOver) throw new Error(`The container of ${image} ended. ${said}`)
    },
    end: async () => {
      const atOnce = program === 'podman' ? ['--time', '0'] : []
      await runProgram(program, ['rm', '--force', '--volumes', ...atOnce, name])
      await over
    },
  }
}

function freshName(): string {
  return `${PREFIX}-bench-${randomBytes(4).toString('hex')}`
}

function optionsOf(name: string, { entrypoint, volumes, env = {} }: Starting): readonly string[] {
  return [
    ...['--name', name, '--network', 'host', '--label', `${LABEL}=${process.pid}`],
    ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
    ...volumes.flatMap((volume) => ['--volume', volume]),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
  ]
}

/** Waits until something holds; throws naming what was waited for after the limit (milliseconds). */
export async function waitFor(
  holds: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 300_000,
): Promise<void> {
  const endMs = performance.now() + limitMs
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`Waited ${limitMs} ms in vain for ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** One line of a table: a name, the median, the smallest and the largest, in a unit. */
export function row(name: string, values: readonly number[], unit: string): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(0))
  return `${name.padEnd(52)}${median(values).toFixed(0).padStart(8)} ${unit}   (${least}–${most}, ${values.length} rounds)`
}
