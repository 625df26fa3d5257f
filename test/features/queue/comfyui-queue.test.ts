import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { comfyuiQueue } from '../../../src/features/queue/comfyui-queue.ts'
import { parseFile } from '../../../src/features/queue/queued-prompt.ts'
import { realHost } from '../../../src/host/host.ts'
import { freshPlace, ready } from '../../standin/fresh.ts'
import { QUEUE_NODES, slowPrompt, troublePrompt } from '../../support/queue-nodes.ts'
import { until } from '../../support/until.ts'

const { net } = realHost()
const { signal } = new AbortController()

/** A stand-in with the troublesome node, and its queue. */
async function aComfyui() {
  const running = await ready(await freshPlace({ 'custom_nodes/trouble.py': QUEUE_NODES }))
  const post = async (body: object) => {
    const answer = await fetch(`${running.url}/prompt`, { method: 'POST', body: JSON.stringify(body) })
    return ((await answer.json()) as { prompt_id: string }).prompt_id
  }
  const at = { host: '127.0.0.1', port: running.port, path: '/prompt' }
  return { running, post, queue: comfyuiQueue(net, at) }
}

/** A queue behind a server that answers as is said; `asked` are the paths in order. */
async function aServer(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { asked, queue: comfyuiQueue(net, { host: '127.0.0.1', port, path: '/prompt' }) }
}

test('a look says what runs and how many there are, and nothing of an empty queue', async () => {
  const { queue, post } = await aComfyui()
  expect(await queue.look(signal)).toEqual({ running: undefined, remaining: 0 })

  const first = await post({ prompt: troublePrompt('hang') })
  await post({ prompt: troublePrompt('hang') })

  await until(async () => (await queue.look(signal))?.running === first, 'the first to run')
  expect(await queue.look(signal)).toEqual({ running: first, remaining: 2 })
})

test('what waits is taken out and queued again as it was: number order, client, extra data and outputs', async () => {
  const { queue, post } = await aComfyui()
  await post({ prompt: troublePrompt('hang') })
  const late = await post({ prompt: slowPrompt(1, 'late'), client_id: 'me', extra_data: { mine: [1] } })
  const early = await post({ prompt: slowPrompt(1, 'early'), front: true, partial_execution_targets: ['3'] })
  const before = await queue.all(signal)
  expect(before?.pending.map(({ id }) => id)).toEqual([early, late])

  expect(await queue.remove([early, late], signal)).toBe(true)
  expect((await queue.all(signal))?.pending).toEqual([])
  for (const prompt of before?.pending ?? [])
    expect(await queue.offer(prompt, signal)).toEqual({ outcome: 'queued' })

  const after = await queue.all(signal)
  expect(after?.pending.map(comparable)).toEqual(before?.pending.map(comparable))
})

test('a refused prompt comes with ComfyUI’s own reason', async () => {
  const { queue } = await aComfyui()
  const [prompt] =
    parseFile(
      '[[1, "b67805dd-3462-4f42-a028-aba78480b50e", {"1": {"class_type": "Gone", "inputs": {}}}, {}, []]]',
    )?.prompts ?? []
  if (prompt === undefined) throw new Error('The prompt cannot be read.')

  expect(await queue.offer(prompt, signal)).toEqual({
    outcome: 'refused',
    reason: "Node 'Gone' not found. The custom node may not be installed.: Node ID '#1'",
  })
})

test('a prompt is done once it has run to its end', async () => {
  const { queue, post } = await aComfyui()
  const id = await post({ prompt: slowPrompt(1, 'done') })

  await until(() => queue.isDone(id, signal), 'the end')
  expect(await queue.isDone('b67805dd-3462-4f42-a028-aba78480b50e', signal)).toBe(false)
})

test('a prompt whose id ComfyUI cannot be asked for is not done, and an error of ComfyUI says nothing', async () => {
  const { queue, asked } = await aServer((request, response) =>
    response
      .writeHead(request.url === '/history/a%2Fb' ? 405 : request.url === '/history/' ? 404 : 500)
      .end(),
  )

  expect(await queue.isDone('\ud800', signal)).toBe(false)
  expect(await queue.isDone('a/b', signal)).toBe(false)
  expect(await queue.isDone('', signal)).toBe(false)
  expect(await queue.isDone('c', signal)).toBeUndefined()
  expect(asked).toEqual(['/history/a%2Fb', '/history/', '/history/c'])
})

test('a ComfyUI without jobs is asked for the beginning of its queue', async () => {
  const { queue, asked } = await aServer((request, response) => {
    if (request.url === '/prompt') return response.end('{"exec_info": {"queue_remaining": 1000}}')
    if (request.url !== '/queue') return response.writeHead(404).end()
    return response.end(`{"queue_running": [[3, "old", {"1": "${'x'.repeat(50_000_000)}"}, {}, []]]}`)
  })

  expect(await queue.look(signal)).toEqual({ running: 'old', remaining: 1000 })
  expect(asked).toEqual(['/prompt', '/api/jobs?status=in_progress&limit=1', '/queue'])
})

test('an idle ComfyUI is asked for nothing but its count', async () => {
  const { queue, asked } = await aServer((_, response) =>
    response.end('{"exec_info": {"queue_remaining": 0}}'),
  )

  expect(await queue.look(signal)).toEqual({ running: undefined, remaining: 0 })
  expect(asked).toEqual(['/prompt'])
})

test('a thousand prompts of 100 KB are read whole', async () => {
  const prompts = Array.from(
    { length: 1000 },
    (_, at) => `[${at}, "p${at}", {"1": "${'x'.repeat(100_000)}"}, {}, []]`,
  )
  const { queue } = await aServer((_, response) =>
    response.end(`{"queue_running": [], "queue_pending": [${prompts.join(', ')}]}`),
  )

  expect((await queue.all(signal))?.pending.length).toBe(1000)
})

test('more than can be kept is not read to its end, and is no queue', async () => {
  let sent = 0
  const { queue } = await aServer((_, response) => {
    const more = () => {
      for (let goesOn = true; goesOn && !response.destroyed; sent += 1e6)
        goesOn = response.write('x'.repeat(1e6))
      response.once('drain', more)
    }
    response.write('{"queue_running": [], "queue_pending": ["')
    more()
  })

  expect(await queue.all(signal)).toBeUndefined()
  expect(sent).toBeLessThan(400e6)
})

test('odd answers are no answers', async () => {
  for (const body of ['', 'Bad Gateway', '{"exec_info": {}}', '[]', 'null']) {
    const { queue } = await aServer((_, response) => response.end(body))
    expect(await queue.look(signal), body).toBeUndefined()
    expect(await queue.all(signal), body).toBeUndefined()
  }
})

test('an answer that does not come is not waited for once the signal is aborted', async () => {
  const { queue } = await aServer(() => {})
  const over = new AbortController()

  const looks = [queue.look(over.signal), queue.all(over.signal), queue.isDone('a', over.signal)]
  over.abort()

  expect(await Promise.all(looks)).toEqual([undefined, undefined, undefined])
  expect(await queue.remove(['a'], over.signal)).toBe(false)
})

/** A prompt without its number and its time, which are new each time it is queued. */
function comparable({ text }: { readonly text: string }): unknown {
  const [, ...rest] = JSON.parse(text)
  delete rest[2].create_time
  return rest
}
