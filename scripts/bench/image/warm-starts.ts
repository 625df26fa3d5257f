import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../test/support/free-port.ts'
import {
  type Bench,
  keepContainer,
  median,
  row,
  type Started,
  type Starting,
  startContainer,
  waitFor,
} from './container.ts'

const WITHIN_MS = 150

/** Stands for ComfyUI’s Python: writes down when it was executed, and stays. */
const STAMP = '#!/bin/bash\necho "$EPOCHREALTIME" > /bench/exec\nexec sleep 60\n'

/**
 * Prints how long it is from the engine’s start to the exec of a program under tini alone, and of ComfyUI’s Python under
 * comfy-init in a workspace that was booted before, and the difference: what a warm start costs beside the engine itself.
 * Both for a container that is started again, and for a new one, where /opt/ComfyUI is to become a link first.
 */
export async function measureWarmStarts(bench: Bench, rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'comfy-init-bench-'))
  try {
    for (const name of ['bench', 'workspace']) {
      mkdirSync(`${folder}/${name}`)
      chownSync(`${folder}/${name}`, 1000, 1000)
    }
    writeFileSync(`${folder}/bench/python`, STAMP, { mode: 0o755 })
    for (const [title, begin] of [
      ['the same container again', again],
      ['a new container', anew],
    ] as const) {
      console.log(`warm start of ${title}, from ${bench.program} to exec, interleaved`)
      await compare(begin(bench, folder), rounds)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Way = Omit<Starting, 'volumes'>
type Start = { readonly toExec: (way: Way) => Promise<number>; readonly end: () => Promise<void> }

async function compare({ toExec, end }: Start, rounds: number): Promise<void> {
  const plain: number[] = []
  const ours: number[] = []
  const withUs = await ourWay()
  try {
    // Two rounds are not counted: the first adopts the image, the second is the first warm one.
    for (let round = -2; round < rounds; round++) {
      const [plainMs, oursMs] = [await toExec(PLAIN), await toExec(withUs)]
      if (round < 0) continue
      plain.push(plainMs)
      ours.push(oursMs)
    }
  } finally {
    await end()
  }
  console.log(row('a program under tini', plain, 'ms'))
  console.log(row('ComfyUI’s Python under comfy-init', ours, 'ms'))
  const more = (median(ours) - median(plain)).toFixed(0)
  console.log(`${'difference'.padEnd(52)}${more.padStart(8)} ms   (bar ${WITHIN_MS} ms)\n`)
}

const PLAIN: Way = { entrypoint: '/usr/bin/tini', args: ['--', '/bench/python'] }

async function ourWay(): Promise<Way> {
  const ports = { COMFY_PORT: String(await freePort()), COMFY_HTTP_PORT: String(await freePort()) }
  return {
    env: {
      COMFY_PYTHON: '/bench/python',
      COMFY_NODE_CHECK: 'off',
      COMFY_PACKAGES: 'off',
      COMFY_OFFLINE: 'on',
      ...ports,
    },
  }
}

function anew(bench: Bench, folder: string): Start {
  const volumes = volumesIn(folder)
  const toExec = async (way: Way) => {
    const container = startContainer(bench, { ...way, volumes })
    try {
      return await stamped(folder, container)
    } finally {
      await container.end()
    }
  }
  return { toExec, end: async () => {} }
}

function again(bench: Bench, folder: string): Start {
  const made = new Map<Way, ReturnType<typeof keepContainer>>()
  const toExec = async (way: Way) => {
    const kept = made.get(way) ?? keepContainer(bench, { ...way, volumes: volumesIn(folder) })
    made.set(way, kept)
    const container = await (await kept).start()
    try {
      return await stamped(folder, container)
    } finally {
      await (await kept).kill()
    }
  }
  const end = async () => {
    for (const kept of made.values()) await (await kept).remove()
  }
  return { toExec, end }
}

function volumesIn(folder: string): readonly string[] {
  return [`${folder}/bench:/bench`, `${folder}/workspace:/workspace`]
}

/** Milliseconds from the start until the program wrote down its own. */
async function stamped(folder: string, container: Pick<Started, 'startMs' | 'mustRun'>): Promise<number> {
  const stamp = `${folder}/bench/exec`
  await waitFor(() => {
    container.mustRun()
    return existsSync(stamp) && readFileSync(stamp, 'utf8').endsWith('\n')
  }, 'the exec')
  const execMs = Number(readFileSync(stamp, 'utf8')) * 1000
  rmSync(stamp)
  return execMs - container.startMs
}
