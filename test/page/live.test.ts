import { request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { serve } from '../../src/host/serve.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { useBrowser, type Visit } from './browser.ts'
import { fakeDoors } from './fake-doors.ts'
import { COMFYUI, states } from './states.ts'

const { visit } = useBrowser()

test('the log follows, rests where somebody scrolled to, counts what came since, and follows again', async () => {
  const doors = await fakeDoors(states.ready)
  const seen = await visit(doors.url)
  await seen.sees('h1', 'ready')
  for (let n = 0; n < 80; n++) doors.line('comfyui', `line ${n}`)
  await seen.sees('#lines', 'line 79')
  expect(await seen.look(IS_AT_END)).toBe(true)

  await seen.look('document.querySelector("#lines").scrollTop = 40')
  await until(() => seen.look('!document.querySelector("#follow").hidden'), 'the way back')
  doors.line('comfyui', 'much later')
  await seen.sees('#follow', 'Follow (1 new)')
  expect(await seen.look('document.querySelector("#lines").scrollTop')).toBe(40)

  await seen.page.click('#follow')
  expect(await seen.look(IS_AT_END)).toBe(true)
  expect(await seen.look('document.querySelector("#follow").hidden')).toBe(true)
  expect(seen.complaints).toEqual([])
})

test('of several services one can be chosen; of one alone nothing is to be chosen', async () => {
  const doors = await fakeDoors(states.ready)
  const seen = await visit(doors.url)
  await seen.sees('h1', 'ready')
  doors.line('comfyui', 'loads nodes')
  await seen.sees('#lines', 'loads nodes')
  expect(await seen.text('#lines')).not.toContain('comfyui')
  expect(await seen.text('#choice')).toBe('')

  doors.line('jupyter', 'serves notebooks')
  await seen.sees('#lines', 'serves notebooks')
  expect(await seen.text('#lines')).toMatch(/comfyui\s*loads nodes\s*jupyter\s*serves notebooks/)
  await seen.page.select('#service', 'jupyter')
  expect(await seen.text('#lines')).toBe('serves notebooks')
})

test('a progress bar is one line, and no more than the last thousand lines are kept', async () => {
  const doors = await fakeDoors(states.ready)
  const seen = await visit(doors.url)
  await seen.sees('h1', 'ready')
  doors.line('comfyui', ' 10%|#', true)
  await seen.sees('#lines', '10%')
  doors.line('comfyui', ' 90%|#########', true)
  await seen.sees('#lines', '90%')
  expect(await seen.text('#lines')).not.toContain('10%')

  for (let n = 0; n < 800; n++) doors.line('comfyui', `line ${n}`)
  await seen.sees('#lines', 'line 799')
  for (let n = 800; n < 1600; n++) doors.line('comfyui', `line ${n}`)
  await seen.sees('#lines', 'line 1599')
  expect(await seen.look('document.querySelector("#lines").childElementCount')).toBe(1000)
})

test('lines of before the page was opened are there, and once only when the connection was lost meanwhile', async () => {
  const doors = await fakeDoors(states.ready)
  const first = await visit(doors.url)
  await first.sees('h1', 'ready')
  doors.line('comfyui', 'the first line')
  await first.sees('#lines', 'the first line')
  const late = await visit(doors.url)
  await late.sees('#lines', 'the first line')

  await doors.close()
  await late.sees('h1', 'comfy-init does not answer')
  expect(await late.text('#now')).toContain('Asked again every 2 s')
  const again = await fakeDoors(states.safe, { port: doors.port })
  await late.sees('h1', 'safe mode')
  again.line('comfyui', 'a line of the next life')
  await late.sees('#lines', 'next life')
  expect(await late.text('#lines')).not.toContain('the first line')
})

test('a browser without events asks every 2 s, and says why there is no log', async () => {
  const doors = await fakeDoors(states.starting)
  const seen = await visit('about:blank')
  await seen.page.evaluateOnNewDocument('delete window.EventSource')
  await seen.page.goto(doors.url)
  await seen.sees('h1', 'ComfyUI is starting')
  doors.show(states.ready)

  await seen.sees('h1', 'ComfyUI is ready')
  expect(await seen.look('document.querySelector("#lines").dataset.quiet')).toContain('docker logs')
  expect(await seen.barriers()).toEqual([])
})

test('behind a proxy that gives it a path of its own, everything is asked for below that path', async () => {
  const doors = await fakeDoors(states.ready, { token: 'yes' })
  const asked: string[] = []
  const url = await aProxy(doors.port, async (path, when) => {
    if (when === 'asked') asked.push(path)
    return path.replace(/^\/pod-7/, '')
  })
  const seen = await visit(`${url}pod-7/`)
  doors.line('comfyui', 'a line')
  await seen.sees('#lines', 'a line')
  await seen.page.click('#doing summary')
  await seen.page.type('#token', 'yes')
  await seen.page.keyboard.press('Enter')
  await seen.sees('#said', 'You may act now.')

  expect(asked.length).toBeGreaterThan(3)
  expect(asked.filter((path) => !path.startsWith('/pod-7/'))).toEqual([])
  expect(seen.complaints).toEqual([])
})

test('an answer that is slower than the event after it is not shown', async () => {
  const doors = await fakeDoors(states.preparing)
  let isLate = false
  const url = await aProxy(doors.port, async (path, when) => {
    if (path === '/status' && when === 'ready to go') await until(() => isLate, 'the event to be shown')
    return path
  })
  const seen = await visit(url)
  await seen.sees('h1', 'prepared')
  doors.show(states.ready)
  await seen.sees('h1', 'ready')

  const late = seen.page.waitForResponse((answer) => answer.url().endsWith('/status'))
  isLate = true
  await late
  // Asked after it, answered after it.
  await seen.look("fetch('session').then((answer) => answer.json())")

  expect(await seen.text('h1')).toBe('ComfyUI is ready')
})

test('who asked for it is led to ComfyUI when it is ready; nobody else is, nor anybody into safe mode', async () => {
  const comfyui = await aComfyui()
  const addresses = { comfyui: comfyui.url, status: 'http://127.0.0.1:3000' }
  const doors = await fakeDoors({ ...states.starting, addresses })
  const reader = await visit(doors.url)
  const goer = await visit(`${doors.url}?go`)
  const chooser = await visit(doors.url)
  for (const seen of [reader, goer, chooser]) await seen.sees('h1', 'starting')
  await chooser.page.click('#go')
  expect(chooser.page.url()).toBe(`${doors.url}?go`)

  doors.show({ ...states.safe, addresses })
  for (const seen of [reader, goer, chooser]) await seen.sees('h1', 'safe mode')
  doors.show({ ...states.ready, addresses })

  for (const seen of [goer, chooser]) await until(() => seen.page.url() === comfyui.url, 'the way to ComfyUI')
  await reader.sees('h1', 'ComfyUI is ready')
  expect(await reader.look('document.querySelector("#open").href')).toBe(comfyui.url)
  await reader.page.click('#open')
  await until(() => reader.page.url() === comfyui.url, 'the link to lead there')
})

test('on ComfyUI’s port the page only reads, and becomes ComfyUI when that has taken over', async () => {
  const port = await freePort()
  const doors = await fakeDoors(states.preparing, { isEarly: true, port })
  const seen = await visit(doors.url)
  await seen.sees('h1', 'prepared')
  expect(await isHidden(seen, '#open')).toBe(true)
  expect(await isHidden(seen, '#go-box')).toBe(true)
  for (const path of ['prompt', 'system_stats', 'api/queue', 'services/comfyui/stop']) {
    const answer = await fetch(`${doors.url}${path}`, { method: path.includes('stop') ? 'POST' : 'GET' })
    expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 503, '5'])
  }
  expect((await fetch(doors.url)).status).toBe(503)

  await doors.close()
  await seen.sees('#now', 'This page makes room for it')
  await aComfyui(port)

  await seen.sees('body', 'ComfyUI itself')
})

test('a service that is alone keeps its place when another one comes', async () => {
  const doors = await fakeDoors({ ...states.ready, services: [COMFYUI] })
  const seen = await visit(doors.url)
  await seen.sees('#services', 'running')
  doors.show(states.ready)

  await seen.sees('#services', 'JupyterLab')
  expect((await seen.text('#services')).indexOf('ComfyUI')).toBeLessThan(
    (await seen.text('#services')).indexOf('JupyterLab'),
  )
})

const IS_AT_END =
  '(({ scrollTop, clientHeight, scrollHeight }) => scrollTop + clientHeight >= scrollHeight - 2)(document.querySelector("#lines"))'

function isHidden(seen: Visit, selector: string): Promise<unknown> {
  return seen.look(`document.querySelector("${selector}").hidden`)
}

type Pass = (path: string, when: 'asked' | 'ready to go') => Promise<string>

/** A proxy in front of a door: `pass` says what path is asked for there, and holds what it likes for as long as it likes. */
async function aProxy(port: number, pass: Pass): Promise<string> {
  const proxy = await serve({ host: '127.0.0.1', port: 0 }, async (from, to) => {
    const { method, headers, url = '' } = from
    const onward = request({ port, path: await pass(url, 'asked'), method, headers }, async (answer) => {
      await pass(url, 'ready to go')
      to.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(to)
    })
    onward.on('error', () => to.destroy())
    from.pipe(onward)
  })
  onTestFinished(proxy.close)
  return `http://127.0.0.1:${proxy.port}/`
}

/** A page in ComfyUI's place that answers like it, as far as a browser meets it. */
async function aComfyui(port = 0): Promise<{ readonly url: string }> {
  const served = await serve({ host: '127.0.0.1', port }, (_, response) =>
    response.setHeader('content-type', 'text/html').end('<title>C</title>ComfyUI itself'),
  )
  onTestFinished(served.close)
  return { url: `http://127.0.0.1:${served.port}/` }
}
