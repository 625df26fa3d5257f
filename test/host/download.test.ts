import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type FileWanted, realDownload } from '../../src/host/download.ts'
import { localServer } from '../support/local-server.ts'
import { nodeRegistry } from '../support/node-registry.ts'
import { tempFolder } from '../support/temp-folder.ts'

const download = realDownload()
const CONTENT = Buffer.from('0123456789'.repeat(10_000))
const SHA256 = sha256Of(CONTENT)

test('a file is got whole, with its digest, and nothing else is left', async () => {
  const { wanted, folder } = await world()
  expect(await download.file(wanted)).toEqual({ kind: 'got', bytes: CONTENT.length, sha256: SHA256 })
  expect(await readdir(folder)).toEqual(['a.zip'])
  expect(await readFile(wanted.path)).toEqual(CONTENT)
})

test('one that lies there whole is not asked for again, unless another digest is wanted', async () => {
  const { wanted, registry } = await world()
  await download.file(wanted)
  registry.forget()
  expect(await download.file({ ...wanted, sha256: SHA256 })).toMatchObject({ kind: 'got', sha256: SHA256 })
  expect(registry.requests()).toEqual([])
  const other = Buffer.from('other')
  registry.behave({ content: other })
  const again = await download.file({ ...wanted, sha256: sha256Of(other) })
  expect(again).toMatchObject({ kind: 'got', sha256: sha256Of(other) })
})

test('what a cut line left is gone on with', async () => {
  const { wanted, registry, folder } = await world()
  registry.behave({ cut: { afterBytes: 40_960, times: 1 } })
  expect(await download.file(wanted)).toEqual({ kind: 'unreachable', reason: expect.any(String) })
  expect((await readFile(`${wanted.path}.part`)).length).toBeGreaterThan(0)
  expect(await download.file(wanted)).toEqual({ kind: 'got', bytes: CONTENT.length, sha256: SHA256 })
  expect(await readFile(wanted.path)).toEqual(CONTENT)
  expect(await readdir(folder)).toEqual(['a.zip'])
})

test('nothing is asked for twice where the server gives ranges', async () => {
  const ranges: (string | undefined)[] = []
  const server = await localServer((request, response) => {
    ranges.push(request.headers.range)
    const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
    const range = `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}`
    response.writeHead(start > 0 ? 206 : 200, {
      etag: '"same"',
      ...(start > 0 ? { 'content-range': range } : {}),
    })
    response.write(CONTENT.subarray(start, start + 60_000), () => {
      if (start === 0) response.destroy()
      else response.end()
    })
  })
  const wanted = await into(`${server.url}/a.zip`)
  await download.file(wanted)
  const part = (await readFile(`${wanted.path}.part`)).length
  expect(await download.file(wanted)).toMatchObject({ kind: 'got', sha256: SHA256 })
  expect(ranges).toEqual([undefined, `bytes=${part}-`])
})

test('two files are never mixed: one that changed meanwhile is got afresh', async () => {
  const { wanted, registry } = await world()
  const other = Buffer.from('abcdefghij'.repeat(10_000))
  await writeFile(`${wanted.path}.part`, CONTENT.subarray(0, 5000))
  registry.behave({ content: other })
  // No tag was kept, so nobody knows of what this is a part.
  expect(await download.file(wanted)).toMatchObject({ kind: 'got', sha256: sha256Of(other) })
  const next = await world()
  await writeFile(`${next.wanted.path}.part`, other.subarray(0, 5000))
  expect(await download.file({ ...next.wanted, sha256: SHA256 })).toMatchObject({
    kind: 'got',
    sha256: SHA256,
  })
})

test('a server without ranges begins again', async () => {
  const { wanted, registry } = await world()
  registry.behave({ noRange: true, cut: { afterBytes: 40_960, times: 1 } })
  await download.file(wanted)
  expect(await download.file(wanted)).toMatchObject({ kind: 'got', sha256: SHA256 })
})

test('a part that was whole already is taken', async () => {
  const { wanted } = await world()
  await writeFile(`${wanted.path}.part`, CONTENT)
  expect(await download.file({ ...wanted, sha256: SHA256 })).toMatchObject({ kind: 'got', sha256: SHA256 })
})

test('refusals, overload, silence and too much are told apart', async () => {
  const { wanted, registry } = await world()
  registry.behave({ status: 404 })
  expect(await download.file(wanted)).toEqual({ kind: 'refused', status: 404 })
  registry.behave({ status: 503 })
  expect(await download.file(wanted)).toEqual({ kind: 'unreachable', reason: 'it answers 503' })
  registry.behave({})
  expect(await download.file({ ...wanted, mostBytes: 10 })).toEqual({ kind: 'too-large', mostBytes: 10 })
  registry.goAway()
  expect(await download.file(wanted)).toMatchObject({ kind: 'unreachable' })
  await registry.close()
  expect(await download.file(wanted)).toEqual({ kind: 'unreachable', reason: 'ECONNREFUSED' })
  expect(await download.text({ url: wanted.url, timeoutMs: 5000 })).toMatchObject({ kind: 'unreachable' })
})

test('somebody who sends without end is not listened to for long', async () => {
  const server = await localServer((_, response) => {
    const more = () => response.destroyed || response.write(Buffer.alloc(65_536), () => setImmediate(more))
    more()
  })
  const wanted = await into(`${server.url}/a.zip`)
  expect(await download.file({ ...wanted, mostBytes: 100_000 })).toEqual({
    kind: 'too-large',
    mostBytes: 100_000,
  })
  expect((await readFile(`${wanted.path}.part`)).length).toBeLessThanOrEqual(100_000)
})

test('nobody waits longer than was said, nor when nobody wants it any more', async () => {
  const server = await localServer((_, response) => void response.writeHead(200).write('slow'))
  const wanted = await into(`${server.url}/a.zip`)
  expect(await download.file({ ...wanted, timeoutMs: 100 })).toEqual({
    kind: 'unreachable',
    reason: 'it took too long',
  })
  const stop = new AbortController()
  const waiting = download.file({ ...wanted, signal: stop.signal })
  stop.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
})

test('redirects are followed, and not for ever', async () => {
  const server = await localServer((_, response, url) => {
    if (url.pathname === '/there') response.end('text')
    else response.writeHead(302, { location: url.pathname === '/loop' ? '/loop' : '/there' }).end()
  })
  const ask = (path: string) => download.text({ url: `${server.url}${path}`, timeoutMs: 5000 })
  expect(await ask('/here')).toEqual({ kind: 'answered', status: 200, text: 'text' })
  expect(await ask('/loop')).toMatchObject({
    kind: 'unreachable',
    reason: expect.stringContaining('on and on'),
  })
})

async function world() {
  const registry = await nodeRegistry()
  const url = registry.putZip('a.zip', CONTENT)
  const wanted = await into(url)
  return { registry, wanted, folder: wanted.path.slice(0, -'/a.zip'.length) }
}

async function into(url: string): Promise<FileWanted> {
  return { url, path: `${await tempFolder()}/a.zip`, mostBytes: 10_000_000, timeoutMs: 10_000 }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
