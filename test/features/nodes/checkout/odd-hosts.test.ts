import { mkdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { secret } from '../../../../src/base/secret.ts'
import { makeRepository } from '../../../support/git-repository.ts'
import { gitServer } from '../../../support/git-server.ts'
import { localServer } from '../../../support/local-server.ts'
import { checkoutWorld, fromGitAt } from './world.ts'

test('credentials do not follow to another host, and what is for everybody is got there without them', async () => {
  const { get, record, problem, server } = await world()
  const leading = await localServer((request, response) => {
    response.writeHead(302, { location: `${server.url}${request.url}` }).end()
  })
  const gitCredentials = secret(leading.url.replace('//', '//me:hunter2@'))
  await get([{ folder: 'a', source: fromGitAt(`${leading.url}/my-node.git`) }], {
    settings: { gitCredentials },
  })
  expect((await record('a'))?.failure).toBeUndefined()
  server.lock('me:hunter2')
  await get([{ folder: 'b', source: fromGitAt(`${leading.url}/my-node.git`) }], {
    settings: { gitCredentials },
  })
  expect(await problem('b')).toMatchObject({ code: 'NODE_REFUSED', temporary: true })
  expect((await problem('b'))?.why).toContain('where the credentials are not sent')
  expect(server.credentials()).toEqual([])
})

test.each(['<html>', '<html>\n<body>login</body></html>\n'])(
  'a page that asks for a login is a temporary problem: %j',
  async (page) => {
    const { get, problem, first } = await world()
    const portal = await localServer((_, response) => void response.end(page))
    const source = fromGitAt(`${portal.url}/a.git`, 'main')
    await get([
      { folder: 'a', source },
      { folder: 'b', source: fromGitAt(source.kind === 'git' ? source.url : '') },
      { folder: 'c', source, locked: { folder: 'c', source, commit: first } },
    ])
    for (const folder of ['a', 'b', 'c'])
      expect(await problem(folder)).toMatchObject({ code: 'NODE_REFUSED', temporary: true })
  },
)

test('a server that answers drop by drop is given up when the time is over', async () => {
  const { get, problem } = await world()
  const dripping = await localServer((_, response) => {
    response.setHeader('content-type', 'application/x-git-upload-pack-advertisement')
    const drops = setInterval(() => response.write('x'), 50)
    response.on('close', () => clearInterval(drops))
    response.write('001e# service=git-upload-pack\n000003e8')
  })
  await get([{ folder: 'a', source: fromGitAt(`${dripping.url}/a.git`) }], {
    settings: { nodeTimeoutMs: 1000 },
  })
  expect(await problem('a')).toMatchObject({ code: 'NODE_UNREACHABLE', temporary: true })
})

async function world() {
  const checkout = await checkoutWorld()
  const served = `${checkout.root}/served`
  await mkdir(served)
  const repository = makeRepository(served, 'my-node', { '__init__.py': 'version = 1\n' })
  const server = await gitServer(served)
  return { ...checkout, first: repository.head(), server }
}
