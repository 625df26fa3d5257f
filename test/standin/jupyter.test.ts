import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { answers, type Running, start } from './start.ts'

const TOKEN = 'a-token-of-the-test'

async function startJupyter(
  options: { args?: readonly string[]; token?: string; port?: number } = {},
): Promise<Running> {
  const port = options.port ?? (await freePort())
  const at = ['--ServerApp.ip=127.0.0.1', `--ServerApp.port=${port}`, '--ServerApp.port_retries=0']
  const running = start({
    file: 'python3',
    args: ['-m', 'jupyterlab', '--no-browser', '--allow-root', ...at, ...(options.args ?? [])],
    cwd: await tempFolder(),
    env: {
      PYTHONPATH: join(import.meta.dirname, '../support/jupyter'),
      PYTHONDONTWRITEBYTECODE: '1',
      ...(options.token === undefined ? {} : { JUPYTER_TOKEN: options.token }),
    },
    port,
  })
  onTestFinished(async () => {
    running.kill('SIGKILL')
    await running.end
  })
  return running
}

describe('the stand-in JupyterLab', () => {
  it('shows /api to everybody and the rest only to who has the token', async () => {
    const jupyter = await startJupyter({ token: TOKEN })
    await answers(jupyter, '/api')
    const ask = async (path: string, headers = {}) => {
      const answer = await fetch(jupyter.url + path, { redirect: 'manual', headers })
      await answer.text()
      return answer.headers.get('location') ?? answer.status
    }
    expect(await ask('/api')).toBe(200)
    expect(await ask('/lab')).toBe('/login?next=%2Flab')
    expect(await ask('/lab?token=wrong')).toBe('/login?next=%2Flab%3Ftoken%3Dwrong')
    expect(await ask(`/lab?token=${TOKEN}`)).toBe(200)
    expect(await ask('/api/status')).toBe(403)
    expect(await ask('/api/status', { Authorization: `token ${TOKEN}` })).toBe(200)
    expect(jupyter.err()).not.toContain(TOKEN)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s', async (signal) => {
    const jupyter = await startJupyter({ token: TOKEN })
    await answers(jupyter, '/api')
    const startMs = performance.now()
    jupyter.kill(signal)
    expect(await jupyter.end).toEqual({ code: 0, signal: null })
    expect(performance.now() - startMs).toBeLessThan(1000)
  })

  it.each([
    ['without a token', {}, 1],
    ['with an empty token', { token: '' }, 1],
    ['with a token that a flag empties', { token: TOKEN, args: ['--IdentityProvider.token='] }, 1],
    ['with an unknown flag', { token: TOKEN, args: ['--nope'] }, 2],
    ['in a folder that is not there', { token: TOKEN, args: ['--ServerApp.root_dir=/nope'] }, 1],
  ])('refuses to serve %s', async (_, options, code) => {
    const jupyter = await startJupyter(options)
    expect(await jupyter.end).toEqual({ code, signal: null })
  })

  it('refuses a port in use when it may try no other', async () => {
    const first = await startJupyter({ token: TOKEN })
    await answers(first, '/api')
    const second = await startJupyter({ token: TOKEN, port: first.port })
    expect(await second.end).toEqual({ code: 1, signal: null })
  })
})
