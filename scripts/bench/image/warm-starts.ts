import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../test/support/free-port.ts'
import { type Bench, median, row, type Starting, startContainer, waitFor } from './container.ts'

const WITHIN_MS = 150

/** Stands for ComfyUI’s Python: writes down when it was executed, and stays. */
const STAMP = '#!/bin/bash\necho "$EPOCHREALTIME" > /bench/exec\nexec sleep 60\n'

/**
 * Prints how long it is from the engine’s start to the exec of a program under tini alone, and of ComfyUI’s Python under
 * comfy-init in a workspace that was booted before, and the difference: what a warm start costs beside the engine itself.
 */
export async function measureWarmStarts(bench: Bench, rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'comfy-init-bench-'))
  try {
    for (const name of ['bench', 'workspace']) {
      mkdirSync(`${folder}/${name}`)
      chownSync(`${folder}/${name}`, 1000, 1000)
    }
    writeFileSync(`${folder}/bench/python`, STAMP, { mode: 0o755 })
    const plain: number[] = []
    const ours: number[] = []
    // Two rounds are not counted: the first adopts the image, the second is the first warm one.
    for (let round = -2; round < rounds; round++) {
      const [plainMs, oursMs] = [
        await toExec(bench, folder, PLAIN),
        await toExec(bench, folder, await withUs()),
      ]
      if (round < 0) continue
      plain.push(plainMs)
      ours.push(oursMs)
    }
    console.log(`warm start, from ${bench.program} run to exec, interleaved`)
    console.log(row('a program under tini', plain, 'ms'))
    console.log(row('ComfyUI’s Python under comfy-init', ours, 'ms'))
    console.log(
      `${'difference'.padEnd(52)}${(median(ours) - median(plain)).toFixed(0).padStart(8)} ms   (bar ${WITHIN_MS} ms)\n`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Way = Omit<Starting, 'volumes'>

const PLAIN: Way = { entrypoint: '/usr/bin/tini', args: ['--', '/bench/python'] }

async function withUs(): Promise<Way> {
  const ports = { COMFY_PORT: String(await freePort()), COMFY_HTTP_PORT: String(await freePort()) }
  return { env: { COMFY_PYTHON: '/bench/python', COMFY_NODES: '', COMFY_PACKAGES: 'off', ...ports } }
}

async function toExec(bench: Bench, folder: string, way: Way): Promise<number> {
  const stamp = `${folder}/bench/exec`
  rmSync(stamp, { force: true })
  const volumes = [`${folder}/bench:/bench`, `${folder}/workspace:/workspace`]
  const container = startContainer(bench, { ...way, volumes })
  try {
    await waitFor(() => {
      container.mustRun()
      return existsSync(stamp) && readFileSync(stamp, 'utf8').endsWith('\n')
    }, 'the exec')
    return Number(readFileSync(stamp, 'utf8')) * 1000 - container.startMs
  } finally {
    await container.end()
  }
}
