import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { useBrowser } from './browser.ts'
import { fakeDoors } from './fake-doors.ts'
import { DEATH, states } from './states.ts'

const { visit } = useBrowser()

const HEADLINES: Readonly<Record<keyof typeof states, string>> = {
  preparing: 'The workspace is being prepared',
  starting: 'ComfyUI is starting',
  ready: 'ComfyUI is ready',
  degraded: 'ComfyUI is ready, but something is missing',
  safe: 'ComfyUI is ready, in safe mode',
  backoff: 'ComfyUI is starting',
  stalled: 'ComfyUI has stalled',
  gpuLost: 'The GPU is lost',
  draining: 'ComfyUI finishes its last prompt',
  failed: 'ComfyUI does not run',
  stopped: 'ComfyUI has stopped',
}

const PHONE = { width: 360, height: 780 }

test.each(['light', 'dark'] as const)(
  'in %s every state is told without a complaint and without a barrier, wide and on a phone',
  async (scheme) => {
    const doors = await fakeDoors(states.preparing)
    const wide = await visit(doors.url, { scheme })
    const phone = await visit(doors.url, { ...PHONE, scheme })
    doors.line('comfyui', `/workspace/${'long/'.repeat(60)}file.py`)

    for (const [name, state] of Object.entries(states)) {
      doors.show(state)
      for (const seen of [wide, phone]) {
        await seen.sees('h1', HEADLINES[name as keyof typeof states])
        await seen.sees('#about', 'comfy-init 1.2.3')
        expect({ name, barriers: await seen.barriers() }).toEqual({ name, barriers: [] })
      }
      expect({ name, width: await phone.look('document.documentElement.scrollWidth') }).toEqual({
        name,
        width: PHONE.width,
      })
    }

    expect([...wide.complaints, ...phone.complaints]).toEqual([])
  },
)

test('light and dark are the reader’s', async () => {
  const doors = await fakeDoors(states.ready)
  const ground = async (scheme: 'light' | 'dark') => {
    const seen = await visit(doors.url, { scheme })
    return seen.look('Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])')
  }

  expect(await ground('light')).toBeGreaterThan(200)
  expect(await ground('dark')).toBeLessThan(60)
})

test('a step that works has a bar and says in words how far it is', async () => {
  const doors = await fakeDoors(states.preparing)
  const seen = await visit(doors.url)

  await seen.sees('#steps .working', '1.8 GiB of 3.0 GiB, 24310 of 45012 files, 12 s left')
  expect(await seen.text('#steps .working .time')).toBe('61 %')
  expect(await seen.look('document.querySelector("progress").value')).toBe(61)
  expect(await seen.text('#now')).toContain('12 s left')
  expect(await seen.text('#steps-count')).toBe('1 of 3, 12 ms')
})

test('what looks like markup is shown as it was written', async () => {
  const doors = await fakeDoors(states.degraded)
  const seen = await visit(doors.url)
  doors.line('comfyui', '<img src=x onerror=alert(1)>')

  await seen.sees('#problems h3', 'Cannot <b>do</b> it.')
  await seen.sees('#lines', '<img src=x onerror=alert(1)>')
  expect(await seen.look('document.querySelectorAll("h3 b, img").length')).toBe(0)
  expect(seen.complaints).toEqual([])
})

test('a death tells cause, sentence and remedy, and opens to its last lines; the same remedy is said once', async () => {
  const doors = await fakeDoors(states.ready)
  const seen = await visit(doors.url)
  await seen.sees('h1', 'ready')
  doors.died(DEATH)
  doors.show(states.safe)

  await seen.sees('#deaths', DEATH.summary)
  expect(await seen.text('#deaths small')).toBe('traceback')
  expect(await seen.text('#deaths')).toContain(DEATH.remedy)
  expect(await seen.look('document.querySelectorAll("#deaths .remedy").length')).toBe(1)
  await seen.page.click('#deaths summary')
  await seen.sees('#deaths pre', 'No module named <kornia>')

  doors.show({ ...states.safe, deaths: states.safe.deaths.slice(0, 1) })
  await until(() => seen.look('document.querySelectorAll("#deaths li").length === 1'), 'the older one to go')
  expect(await seen.text('#deaths pre')).toContain('No module named <kornia>')
})

test('a change of phase is read out once, and progress is not', async () => {
  const doors = await fakeDoors(states.preparing)
  const seen = await visit(doors.url)
  await seen.sees('h1', 'prepared')
  await seen.look(
    `window.changes = []; new MutationObserver(() => changes.push(document.querySelector('h1').innerText))
     .observe(document.querySelector('h1'), { childList: true, characterData: true, subtree: true })`,
  )

  const { step } = states.preparing
  doors.show({ ...states.preparing, ...(step && { step: { ...step, leftMs: 9000 } }) })
  await seen.sees('#now', '9 s left')
  doors.show(states.starting)
  await seen.sees('h1', 'starting')

  expect(await seen.look('changes')).toEqual(['ComfyUI is starting'])
  expect(await seen.look('document.querySelector("h1").ariaLive')).toBe('polite')
  expect(await seen.look('document.querySelector("#now").closest("[aria-live], [role=status]")')).toBe(null)
})
