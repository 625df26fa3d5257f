import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFixture } from './read-fixture.ts'
import { session } from './session.ts'
import { differences, type Shape } from './shape.ts'

type Expected = {
  readonly method?: string
  readonly path: string
  readonly send?: unknown
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
  readonly type: string | null
  readonly body: Shape
}
type ExpectedError = {
  readonly name: string
  readonly send: object
  readonly status: number
  readonly body: Shape
}

const routes = await readFixture<readonly Expected[]>('routes')
const posted = await readFixture<readonly Expected[]>('answers')
const errors = await readFixture<readonly ExpectedError[]>('prompt-errors')

const comfyui = session(async ({ base }) => {
  await mkdir(join(base, 'input/sub'), { recursive: true })
})

async function ask(expected: Expected): Promise<{ status: number; type: string | null; body: unknown }> {
  const method = expected.method ?? 'GET'
  const body = expected.send === undefined ? expected.raw : JSON.stringify(expected.send)
  const headers = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const answer = await fetch(comfyui.url() + expected.path, {
    method,
    headers: { ...headers, ...expected.headers },
    ...(body === undefined ? {} : { body }),
  })
  const type = answer.headers.get('content-type')
  const text = await answer.text()
  const isJson = type?.startsWith('application/json') && text !== ''
  return { status: answer.status, type, body: isJson ? JSON.parse(text) : text }
}

describe('what is asked', () => {
  it.each(routes)('GET $path is answered $status with the captured keys', async (expected) => {
    const answer = await ask(expected)
    expect(answer.status).toBe(expected.status)
    expect(answer.type).toBe(expected.type)
    expect(differences(expected.body, answer.body)).toEqual([])
  })
})

describe('what is sent', () => {
  it.each(posted)('$method $path with $send$raw$headers is answered $status', async (expected) => {
    const answer = await ask(expected)
    expect(answer.status).toBe(expected.status)
    expect(answer.type).toBe(expected.type)
    expect(differences(expected.body, answer.body)).toEqual([])
  })
})

describe('prompts that are refused', () => {
  it.each(errors)('$name is answered $status with the captured error', async ({ send, status, body }) => {
    const answer = await ask({ method: 'POST', path: '/prompt', send, status, type: null, body })
    expect(answer.status).toBe(status)
    expect(differences(body, answer.body)).toEqual([])
  })
})

describe('files', () => {
  const form = (fields: Record<string, string | Blob>, filename = 'a.png') => {
    const data = new FormData()
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'string') data.append(name, value)
      else data.append(name, value, filename)
    }
    return fetch(`${comfyui.url()}/upload/image`, { method: 'POST', body: data })
  }

  it('an upload of other bytes under a taken name gets a number, the same bytes do not', async () => {
    const upload = (bytes: string) => form({ image: new Blob([bytes]), subfolder: 'sub' })
    const names = []
    for (const bytes of ['one', 'two', 'two', 'one']) names.push(await (await upload(bytes)).json())
    const named = (name: string) => ({ name, subfolder: 'sub', type: 'input' })
    expect(names).toEqual(['a.png', 'a (1).png', 'a (1).png', 'a.png'].map(named))
  })

  it('an upload outside the folder and one without an image are refused', async () => {
    expect((await form({ image: new Blob(['x']), subfolder: '../..' })).status).toBe(400)
    expect((await form({ subfolder: 'sub' })).status).toBe(400)
  })

  it('a part of a picture is served by range, with the name it has', async () => {
    const picture = new Blob(['0123456789'])
    await form({ image: picture }, 'r.png')
    const headers = { Range: 'bytes=2-4' }
    const answer = await fetch(`${comfyui.url()}/view?filename=r.png&type=input`, { headers })
    expect([answer.status, await answer.text()]).toEqual([206, '234'])
    expect(answer.headers.get('content-disposition')).toBe('filename="r.png"')
  })
})
