import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../test/support/free-port.ts'
import { type Bench, row, type Starting, startContainer, waitFor } from './container.ts'

/**
 * Prints how long a first boot takes until ComfyUI is ready: into an empty volume under comfy-init, and of the image’s own
 * ComfyUI started directly. Both from a page cache that was dropped before, where this machine allows that.
 */
export async function measureFirstBoots(bench: Bench, rounds: number): Promise<void> {
  const direct: number[] = []
  const ours: number[] = []
  const isCold = dropCaches()
  for (let round = 0; round < rounds; round++) {
    direct.push(await bootDirectly(bench))
    ours.push(await bootWithUs(bench))
  }
  console.log(
    `first boot to ready, page cache ${isCold ? 'dropped before' : 'warm: it cannot be dropped here'}`,
  )
  console.log(row('python main.py', direct, 'ms'))
  console.log(row('comfy-init, an empty volume', ours, 'ms'))
}

async function bootDirectly(bench: Bench): Promise<number> {
  const port = String(await freePort())
  const args = ['/opt/ComfyUI/main.py', '--cpu', '--listen', '127.0.0.1', '--port', port]
  const starting = { entrypoint: '/opt/venv/bin/python', args, volumes: [] }
  return toAnswer(bench, starting, `http://127.0.0.1:${port}/system_stats`)
}

async function bootWithUs(bench: Bench): Promise<number> {
  const workspace = mkdtempSync(join(tmpdir(), 'comfy-init-bench-'))
  chownSync(workspace, 1000, 1000)
  const [port, httpPort] = [await freePort(), await freePort()]
  try {
    const env = { COMFY_PORT: String(port), COMFY_HTTP_PORT: String(httpPort) }
    const starting = { env, volumes: [`${workspace}:/workspace`] }
    return await toAnswer(bench, starting, `http://127.0.0.1:${httpPort}/ready`)
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

async function toAnswer(bench: Bench, starting: Starting, url: string): Promise<number> {
  dropCaches()
  const container = startContainer(bench, starting)
  try {
    await waitFor(async () => {
      container.mustRun()
      const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
      return answer?.status === 200
    }, url)
    return performance.timeOrigin + performance.now() - container.startMs
  } finally {
    await container.end()
  }
}

function dropCaches(): boolean {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3')
    return true
  } catch {
    return false
  }
}
