import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { useBrowser, type Visit } from './browser.ts'
import { fakeDoors } from './fake-doors.ts'
import { COMFYUI, DEATH, states } from './states.ts'

const { visit } = useBrowser()

test('who does not know the token is told why and sees no buttons; who knows it may act until they leave', async () => {
  const doors = await fakeDoors(states.ready, { token: 'open sesame' })
  const seen = await visit(doors.url)
  const buttons = () => seen.look('document.querySelectorAll("#services .acts button").length')
  await seen.sees('#services', 'ComfyUI')
  expect(await buttons()).toBe(0)
  await seen.page.click('#doing summary')

  await seen.page.type('#token', 'guess')
  await seen.page.keyboard.press('Enter')
  await seen.sees('#said', 'it is not the one in COMFY_TOKEN')
  expect(await buttons()).toBe(0)

  await seen.page.type('#token', 'open sesame')
  await seen.page.keyboard.press('Enter')
  await seen.sees('#said', 'You may act now.')
  expect(await buttons()).toBe(4)
  expect(await seen.look('document.querySelector("#token").value')).toBe('')
  expect(await seen.barriers()).toEqual([])

  await seen.page.click('#sign-out')
  await until(async () => (await buttons()) === 0, 'the buttons to go')
  // The browser itself notes the 401, as it should.
  expect(seen.complaints.filter((each) => !each.includes('401'))).toEqual([])
})

test('without a token of the container the form says what to set', async () => {
  const doors = await fakeDoors(states.ready)
  const seen = await visit(doors.url)
  await seen.sees('#services', 'ComfyUI')
  await seen.page.click('#doing summary')
  await seen.page.type('#token', 'anything')
  await seen.page.keyboard.press('Enter')

  await seen.sees('#said', 'Set COMFY_TOKEN')
})

test('a restart of what runs is asked about once more, a start is not', async () => {
  const doors = await fakeDoors(states.ready, { token: 'yes' })
  const seen = await visit(doors.url)
  await signIn(seen, 'yes')
  const answers = [false, true]
  const asked: string[] = []
  seen.page.on('dialog', (dialog) => {
    asked.push(dialog.message())
    void (answers.shift() ? dialog.accept() : dialog.dismiss())
  })

  await seen.page.click('[aria-label="Restart ComfyUI"]')
  expect(doors.asked).toEqual([])
  await seen.page.click('[aria-label="Restart ComfyUI"]')
  await seen.sees('#said', 'Restart of ComfyUI is asked for.')
  expect(doors.asked).toEqual(['restart comfyui'])
  expect(asked).toEqual(Array(2).fill('Restart ComfyUI? What it is working on is lost.'))

  doors.show(states.stopped)
  await seen.page.waitForSelector('[aria-label="Start ComfyUI"]')
  await seen.page.click('[aria-label="Start ComfyUI"]')
  await seen.sees('#said', 'Start of ComfyUI is asked for.')
  expect(doors.asked).toEqual(['restart comfyui', 'start comfyui'])
  expect(asked).toHaveLength(2)
  expect(seen.complaints).toEqual([])
})

test('everything is reached by the keyboard, in the order in which it is seen, and focus is seen and kept', async () => {
  const doors = await fakeDoors(states.safe, { token: 'yes' })
  const seen = await visit(doors.url)
  await signIn(seen, 'yes')
  doors.line('comfyui', 'a line')
  await seen.page.reload()
  await seen.sees('#lines', 'a line')
  await seen.sees('#services', 'Restart')

  const stops: string[] = []
  for (;;) {
    await seen.page.keyboard.press('Tab')
    const stop = String(await seen.look(STOP))
    if (stop === 'body' || stop === stops[0]) break
    expect({ stop, outline: await seen.look(OUTLINE) }).toEqual({ stop, outline: 'solid' })
    stops.push(stop)
  }

  expect(stops).toEqual([
    'Skip to the log',
    'Open ComfyUI',
    'Copy',
    'Restart ComfyUI',
    'Stop ComfyUI',
    'Restart and stop from here',
    expect.stringContaining(DEATH.summary),
    'Copy',
    expect.stringContaining(DEATH.summary),
    expect.stringContaining('Steps'),
    'lines',
    'http://127.0.0.1:8188/',
    'status as JSON',
  ])

  await seen.page.focus('[aria-label="Stop ComfyUI"]')
  doors.show({ ...states.safe, services: [{ ...COMFYUI, state: 'stopped' }] })
  await until(async () => (await seen.look(STOP)) === 'Start ComfyUI', 'focus on what took its place')
})

test('the skip link leads to the log', async () => {
  const doors = await fakeDoors(states.ready)
  const seen = await visit(doors.url)
  await seen.page.keyboard.press('Tab')
  await seen.page.keyboard.press('Enter')

  await until(async () => (await seen.look(STOP)) === 'lines', 'focus on the log')
})

test('a remedy is copied, or left selected where the browser does not let us', async () => {
  const doors = await fakeDoors(states.degraded)
  const seen = await visit(doors.url)
  await seen.sees('#problems', 'Do something else.')
  await seen.page.click('#problems button')

  await seen.sees('#said', 'Cop')
  expect(['', 'Do something else.']).toContain(await seen.look('String(getSelection())'))
})

/** What has the focus: its label, or its text, or its id. */
const STOP = `(() => {
  const { ariaLabel, id, innerText, tagName } = document.activeElement
  return tagName === 'BODY' ? 'body' : ariaLabel ?? (id === 'lines' ? id : innerText)
})()`

const OUTLINE = 'getComputedStyle(document.activeElement).outlineStyle'

async function signIn(seen: Visit, token: string): Promise<void> {
  await seen.sees('#services', 'ComfyUI')
  await seen.page.click('#doing summary')
  await seen.page.type('#token', token)
  await seen.page.keyboard.press('Enter')
  await seen.sees('#said', 'You may act now.')
}
