import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  addNode,
  bootIntoPipes,
  comfyuiOf,
  LOUD,
  LOUDLY,
  logOf,
  memoryOf,
  sizeOf,
  UNTRIED,
  untilStill,
} from '../support/loud-node.ts'
import { makeWorld } from '../support/story.ts'
import { until } from '../support/until.ts'

test('500 MB to a reader that stands still need no memory, and all of it comes in order once it reads', async () => {
  const world = await makeWorld()
  // Before the server and its threads are there, so that nobody else writes in between.
  addNode(world, LOUDLY, { inThread: false })
  const { container, out, ours } = await bootIntoPipes(world)
  await untilStill(world)
  expect(memoryOf(ours, 'VmRSS')).toBeLessThan(150)

  let next = 0
  let rest = ''
  out.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const number = /^\[comfyui\] loud (\d+) x{987}$/.exec(line)?.[1]
      if (number !== undefined) next = Number(number) === next ? next + 1 : Number.NaN
    }
  })
  out.resume()
  await until(() => next >= LOUD / 2 || Number.isNaN(next), 'half of it', 90_000)
  out.pause()
  await untilStill(world)
  await until(() => memoryOf(ours, 'VmRSS') < 150, 'memory given back while the reader rests')
  out.resume()
  await until(() => next === LOUD || Number.isNaN(next), 'all of it', 90_000)
  expect(next).toBe(LOUD)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test('a TERM while nobody reads ends ComfyUI in order, and the container soon after', async () => {
  const world = await makeWorld()
  addNode(world, LOUDLY)
  const { container } = await bootIntoPipes(world)
  await untilStill(world)
  const comfyui = comfyuiOf(container)

  container.kill('SIGTERM')

  await until(() => comfyuiOf(container) !== comfyui, 'the end of ComfyUI')
  expect(await container.ended).toBe(0)
})

test('standard error that was full from the first line on holds nothing up', async () => {
  const world = await makeWorld()

  const { container, err } = await bootIntoPipes(world, { errIsFull: true })

  await world.ready(container)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
  expect(String(err.read())).toMatch(/^ +/)
})

test('a reader that goes away ends nothing: ComfyUI answers, its log file has all, TERM works', async () => {
  const world = await makeWorld()
  addNode(world, 'for n in range(200_000): os.write(1, b"loud %d\\n" % n)')
  const { container, out, err } = await bootIntoPipes(world)
  out.resume()
  await new Promise((resolve) => out.once('data', resolve))
  out.destroy()
  err.destroy()

  await world.ready(container)
  await until(() => logOf(world).includes('\nloud 199999\n'), 'the last line')

  const numbers = [...logOf(world).matchAll(/^loud (\d+)$/gm)].map(([, number]) => Number(number))
  expect(numbers).toEqual(Array.from({ length: 200_000 }, (_, at) => at))
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test('300,000 lines and an end at once reach a slow reader complete and in order', async () => {
  const world = await makeWorld()
  const code =
    'os.write(1, b"")\nfor n in range(300_000): sys.stdout.write(f"loud {n}\\n")\nsys.stdout.flush(); os._exit(3)'
  addNode(world, code, { inThread: false })
  const { container, out } = await bootIntoPipes(world, { env: { COMFY_RESTART: 'never' } })
  let text = ''
  for await (const chunk of out) {
    text += chunk
    // At first as slow as a disk that has other things to do, then at a pace that a test can wait for.
    const isEarly = text.length < 200_000
    await new Promise((resolve) => (isEarly ? setTimeout(resolve, 700) : setImmediate(resolve)))
  }
  expect(await container.ended).toBe(3)
  const numbers = [...text.matchAll(/^\[comfyui\] loud (\d+)$/gm)].map(([, number]) => Number(number))
  expect(numbers).toEqual(Array.from({ length: 300_000 }, (_, at) => at))
})

test('the last lines of a short run reach a reader that rests for seconds', async () => {
  const world = await makeWorld()
  addNode(
    world,
    'sys.stdout.write("".join(f"loud {n}\\n" for n in range(12_000))); sys.stdout.flush(); os._exit(3)',
    {
      inThread: false,
    },
  )
  const { container, out, ours } = await bootIntoPipes(world, { env: { COMFY_RESTART: 'never' } })
  await until(() => logOf(world).includes('loud 100'), 'the lines')
  await until(() => comfyuiOf(container) === undefined, 'the end of ComfyUI')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  let text = ''
  for await (const chunk of out) text += chunk
  expect(await container.ended).toBe(3)
  expect(ours).toBeGreaterThan(0)
  const numbers = [...text.matchAll(/^\[comfyui\] loud (\d+)$/gm)].map(([, number]) => Number(number))
  expect(numbers).toEqual(Array.from({ length: 12_000 }, (_, at) => at))
})

test('a log without prefixes is what the services wrote, byte for byte', async () => {
  const world = await makeWorld()
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7919) % 256))
  const sent = Buffer.concat([
    Buffer.from('<<<'),
    bytes,
    Buffer.alloc(1_000_000, 'y'),
    Buffer.from('\r50%\r\n>>>'),
  ])
  writeFileSync(`${world.box.layer}/opt/bytes`, sent)
  addNode(world, 'data = open("/opt/bytes", "rb").read()\nwhile data: data = data[os.write(1, data):]', {
    inThread: false,
  })
  const { container, out } = await bootIntoPipes(world, { env: { COMFY_LOG_PREFIX: 'off' } })
  const chunks: Buffer[] = []
  out.on('data', (chunk: Buffer) => chunks.push(chunk)).resume()

  await until(() => Buffer.concat(chunks).includes('>>>'), 'all bytes')

  const got = Buffer.concat(chunks)
  const own = got.subarray(got.indexOf('<<<'), got.indexOf('>>>') + 3)
  expect(own.equals(sent), `${own.length} bytes for ${sent.length}`).toBe(true)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test('a log of JSON has every line of a service as an object, and ours too', async () => {
  const world = await makeWorld()
  addNode(world, 'os.write(2, b"loud \\xff\\0 " + b"z" * 100_000 + b"\\nend\\n")')
  const container = await world.boot({ env: { COMFY_LOG: 'json' } })
  await world.ready(container)
  await until(() => container.out().includes('"end"'), 'the line')
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)

  const [lines, own] = [container.out(), container.err()].map((text) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  )
  expect(new Set(lines?.map(({ from, stream }) => `${from} ${stream}`))).toEqual(
    new Set(['comfyui stdout', 'comfyui stderr']),
  )
  const loud = lines?.findIndex(({ text }) => text.startsWith('loud \ufffd\0 z')) ?? -1
  expect(lines?.slice(loud, loud + 2)).toMatchObject([
    { partial: true },
    { text: expect.stringMatching(/^z+$/) },
  ])
  expect(lines?.[loud + 1]).not.toHaveProperty('partial')
  for (const { time } of lines ?? []) expect(new Date(time).toISOString()).toBe(time)
  expect(own?.at(-1)).toMatchObject({ from: 'comfy-init', phase: 'stopped' })
})

test('logs -f follows ComfyUI over its restart and over rotations, and leaves nothing out', async () => {
  // Two files' worth: no more than lie beside the current one, however late the reader comes.
  const world = await makeWorld()
  addNode(
    world,
    'for n in range(20_000): os.write(1, b"loud %05d %s\\n" % (n, b"x" * 987))\nopen("/workspace/done", "a").write("x")',
  )
  const container = await world.boot({ env: UNTRIED })
  const runs = () => sizeOf(`${world.workspace}/done`)
  await until(() => runs() === 1 && logOf(world).includes('loud 19999'), 'the first run', 60_000)
  const followed = `${world.workspace}/followed`
  const follow = `comfy-init logs -f --lines 1 comfyui >/workspace/followed`
  void world.box.exec(container, ['sh', '-c', follow], { COMFY_RUNTIME_DIR: '' })
  await until(() => sizeOf(followed) > 0, 'the last line so far')

  expect((await world.ask(container, 'restart', 'comfyui')).code).toBe(0)

  await until(() => runs() === 2, 'the second run', 60_000)
  const numbers = () =>
    [...readFileSync(followed, 'latin1').matchAll(/^loud (\d+) x{987}$/gm)].map((each) => Number(each[1]))
  await until(() => sizeOf(followed) > 19_900_000 && numbers().at(-1) === 19_999, 'the last line')
  expect(numbers()).toEqual([19_999, ...Array.from({ length: 20_000 }, (_, at) => at)])
})
