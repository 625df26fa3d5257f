import { existsSync, readdirSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { layoutOf } from '../../src/base/layout.ts'
import { comfyuiQueue } from '../../src/features/queue/comfyui-queue.ts'
import { keptPrompts } from '../../src/features/queue/kept-prompts.ts'
import { realHost } from '../../src/host/host.ts'
import { freshPlace } from '../standin/fresh.ts'
import { type Running, startReady } from '../standin/start.ts'
import { QUEUE_NODES } from './queue-nodes.ts'
import { until } from './until.ts'

const HOST = realHost()

const FINDING = { now: HOST.clock.now, onUnreadable: () => {} }

/** The stand-in, one run after the other in one place, and what is kept of its queue in a workspace. */
export async function queueWorld() {
  const place = await freshPlace({ 'custom_nodes/trouble.py': QUEUE_NODES })
  const layout = layoutOf(place.base)
  const { net, fs } = HOST
  return {
    place,
    layout,
    kept: keptPrompts(fs, layout, FINDING),
    keptIds: async () => (await keptPrompts(fs, layout, FINDING).read()).map(({ id }) => id),
    start: async () => {
      const running = await startReady(place, { isLeader: true })
      onTestFinished(() => running.kill('SIGKILL'))
      return aRun(running, comfyuiQueue(net, { host: '127.0.0.1', port: running.port, path: '/prompt' }))
    },
    /** Beginnings of the names of the pictures that were made, in the order of their names. */
    pictures: () => {
      const folder = `${place.base}/output`
      const names = existsSync(folder) ? readdirSync(folder) : []
      return names.filter((name) => name.endsWith('.png')).map((name) => name.replace(/_\d+_\.png$/, ''))
    },
  }
}

type Answer = {
  readonly prompt_id: string
  readonly queue_running: readonly [number, string][]
  readonly queue_pending: readonly [number, string][]
}

function aRun(running: Running, queue: ReturnType<typeof comfyuiQueue>) {
  const ask = async (path: string, body?: object) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    return (await (await fetch(running.url + path, init)).json()) as Answer
  }
  const ids = async () => {
    const { queue_running, queue_pending } = await ask('/queue')
    return { running: idsIn(queue_running), pending: idsIn(queue_pending) }
  }
  return {
    running,
    queue,
    ids,
    post: async (prompt: object, more: object = {}): Promise<string> =>
      (await ask('/prompt', { prompt, ...more })).prompt_id,
    runs: (id: string) => until(async () => (await ids()).running[0] === id, `${id} to run`),
    isIdle: () =>
      until(async () => (await queue.look(new AbortController().signal))?.remaining === 0, 'an empty queue'),
    kill: async () => {
      running.kill('SIGKILL')
      await running.end
    },
  }
}

function idsIn(items: readonly [number, string][]): readonly string[] {
  return items.toSorted(([a], [b]) => a - b).map(([, id]) => id)
}
