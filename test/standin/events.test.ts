import { describe, expect, it } from 'vitest'
import { until } from '../support/until.ts'
import { expectRecords, expectRun, promptOf } from './captured.ts'
import { type Listener, listenTo } from './listener.ts'
import { session } from './session.ts'

const comfyui = session()
const { listen, post, queue, runToEnd } = comfyui

function preview(listener: Listener, kind: number): Buffer {
  const found = listener.messages.find(({ name }) => name === `preview-${kind}`)?.data
  return Buffer.from(found instanceof ArrayBuffer ? found : new ArrayBuffer(0))
}

describe('what the client of a prompt is told', () => {
  it('a fresh prompt runs node by node', async () => {
    const listener = await listen('fresh')
    const id = await queue(promptOf('fresh'), 'fresh')
    await listener.heard('executing-null')
    expectRun(listener, 'fresh')
    await expectRecords(comfyui, id, 'completed')
  })

  it('the same prompt again runs nothing and names the old file', async () => {
    await runToEnd(promptOf('fresh', 77))
    const listener = await listen('cached')
    const id = await queue(promptOf('cached', 77), 'cached')
    await listener.heard('executing-null')
    expectRun(listener, 'cached')
    await expectRecords(comfyui, id, 'completed')
  })

  it('after free_memory the same prompt runs afresh', async () => {
    expect(await runToEnd(promptOf('fresh', 78))).toContain('"nodes":[]')
    expect(await runToEnd(promptOf('fresh', 78))).toContain('"nodes":["1","2"]')
    await post('/free', { free_memory: true })
    await until(async () => (await runToEnd(promptOf('fresh', 78))).includes('"nodes":[]'), 'an empty cache')
  })

  it('a slow node shows progress and JPEG previews', async () => {
    const listener = await listen('slow')
    await queue(promptOf('slow'), 'slow')
    await listener.heard('executing-null')
    expectRun(listener, 'slow')
    expect(preview(listener, 1).subarray(0, 10).toString('hex')).toBe('0000000100000001ffd8')
  })

  it('a client that supports it gets previews with metadata', async () => {
    const listener = await listen('meta')
    listener.send({ type: 'feature_flags', data: { supports_preview_metadata: true } })
    await listener.heard('feature_flags')
    const id = await queue(promptOf('slow'), 'meta')
    await listener.heard('executing-null')
    expectRun(listener, 'slow-with-metadata')
    const found = preview(listener, 4)
    const length = found.readUInt32BE(4)
    const node = { node_id: '5', display_node_id: '5', parent_node_id: null, real_node_id: '5' }
    const metadata = { ...node, prompt_id: id, image_type: 'image/jpeg' }
    expect(JSON.parse(found.subarray(8, 8 + length).toString())).toEqual(metadata)
    expect(found.subarray(8 + length, 10 + length).toString('hex')).toBe('ffd8')
  })

  it('a node that raises ends the prompt with its error', async () => {
    const listener = await listen('failing')
    const id = await queue(promptOf('failing'), 'failing')
    await listener.heard('executing-null')
    expectRun(listener, 'failing')
    await expectRecords(comfyui, id, 'failed')
  })

  it.each(['/interrupt', '/api/jobs/ID/cancel'])('POST %s stops the running prompt', async (path) => {
    const clientId = path.replaceAll('/', '-')
    const listener = await listen(clientId)
    const id = await queue(promptOf('interrupted'), clientId)
    await listener.heard('preview-1')
    await post('/interrupt', { prompt_id: 'another' })
    await listener.heard('preview-1', 2)
    await post(path.replace('ID', id))
    await listener.heard('executing-null')
    expectRun(listener, 'interrupted')
    await expectRecords(comfyui, id, 'cancelled')
  })
})

describe('what others are told', () => {
  it('progress of a prompt without a client goes to every socket', async () => {
    const listener = await listen()
    await queue(promptOf('bystander'))
    await listener.heard('status', 3)
    expectRun(listener, 'bystander')
  })

  it('a prompt of another client shows in the status alone', async () => {
    const listener = await listen('bystander')
    const owner = await listen('owner')
    await queue(promptOf('fresh'), 'owner')
    await owner.heard('executing-null')
    await listener.heard('status', 3)
    expect(listener.names()).toBe('status+sid status status status')
  })

  it('a newer socket of one clientId hears nothing once the older one is closed', async () => {
    const older = await listenTo(comfyui.url(), 'twice')
    const newer = await listen('twice')
    await older.close()
    const witness = await listen('witness')
    await until(async () => {
      await runToEnd(promptOf('fresh'))
      const told = newer.messages.length
      await runToEnd(promptOf('fresh'))
      return newer.messages.length === told
    }, 'the older socket to be forgotten')
    await witness.heard('status', 6)
    const told = newer.names()
    await queue(promptOf('fresh'), 'twice')
    await witness.heard('status', 9)
    expect(newer.names()).toBe(told)
  })

  it('who comes back while a prompt runs is told the node it is at', async () => {
    const first = await listenTo(comfyui.url(), 'back')
    const id = await queue(promptOf('interrupted'), 'back')
    await first.heard('preview-1')
    await first.close()
    const second = await listen('back')
    await second.heard('executing')
    expect(second.messages[1]?.data).toEqual({ node: '5' })
    await post(`/api/jobs/${id}/cancel`)
    await until(async () => JSON.stringify(await comfyui.get(`/history/${id}`)) !== '{}', 'the end')
  })

  it('what is written to the log reaches who subscribed', async () => {
    const listener = await listen('reader')
    const body = JSON.stringify({ clientId: 'reader', enabled: true })
    await fetch(`${comfyui.url()}/internal/logs/subscribe`, { method: 'PATCH', body })
    listener.send('not JSON')
    await listener.heard('logs')
    expect(JSON.stringify(listener.messages.at(-1)?.data)).toContain(
      'Invalid JSON received from client reader',
    )
  })
})
