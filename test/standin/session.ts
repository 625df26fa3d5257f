import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { until } from '../support/until.ts'
import { type Listener, listenTo } from './listener.ts'
import { differences } from './shape.ts'
import { makePlace, type Place, type Running, startReady } from './start.ts'

/** A prompt: its nodes by id. */
export type Prompt = Record<string, { class_type: string; inputs: Record<string, unknown> }>

/** One stand-in ComfyUI for all tests of a file, and what they ask of it. */
export type Session = {
  readonly place: () => Place
  readonly url: () => string
  readonly get: (path: string) => Promise<unknown>
  readonly post: (path: string, body?: unknown) => Promise<unknown>
  readonly queue: (prompt: Prompt, clientId?: string, more?: object) => Promise<string>
  readonly runToEnd: (prompt: Prompt) => Promise<string>
  readonly listen: (clientId?: string) => Promise<Listener>
}

/** Starts a stand-in before the tests of a file and ends it after them; `prepare` may lay files into its place. */
export function session(prepare: (place: Place) => Promise<void> = async () => {}): Session {
  let place: Place
  let comfyui: Running
  beforeAll(async () => {
    place = await makePlace()
    await prepare(place)
    comfyui = await startReady(place)
  })
  afterAll(async () => {
    comfyui.kill('SIGKILL')
    await comfyui.end
    await place.remove()
  })
  const url = () => comfyui.url
  const queue = (prompt: Prompt, clientId?: string, more: object = {}) =>
    queueAt(url(), { prompt, ...(clientId === undefined ? {} : { client_id: clientId }), ...more })
  return {
    place: () => place,
    url,
    get: (path) => getAt(url(), path),
    post: (path, body) => postAt(url(), path, body),
    queue,
    runToEnd: async (prompt) => historyOf(url(), await queue(prompt)),
    listen: async (clientId) => {
      const listener = await listenTo(url(), clientId)
      onTestFinished(() => listener.close())
      return listener
    },
  }
}

async function getAt(url: string, path: string): Promise<unknown> {
  return (await fetch(url + path)).json()
}

async function postAt(url: string, path: string, body: unknown = {}): Promise<unknown> {
  const answer = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) })
  expect(answer.status).toBe(200)
  const text = await answer.text()
  return text === '' ? undefined : JSON.parse(text)
}

async function queueAt(url: string, body: object): Promise<string> {
  const answer = await postAt(url, '/prompt', body)
  expect(differences({ prompt_id: 'string', number: 'number', node_errors: {} }, answer)).toEqual([])
  return (answer as { prompt_id: string }).prompt_id
}

async function historyOf(url: string, id: string): Promise<string> {
  return until(async () => {
    const text = JSON.stringify(await getAt(url, `/history/${id}`))
    return text !== '{}' && text
  }, `the history of ${id}`)
}
