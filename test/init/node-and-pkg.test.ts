import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeBox, type RunOptions } from '../support/container.ts'
import { makeWorld, procOf } from '../support/story.ts'
import { until } from '../support/until.ts'
import { living, ours } from './processes.ts'
import { giveText, stubWorld } from './stub.ts'
import { startedAs, WAYS } from './ways.ts'

test.each(WAYS)('%s, NODE_OPTIONS is for ComfyUI and nobody listens for a debugger', async (way) => {
  const world = await makeWorld()
  const container = await world.boot({ ...startedAs(way), env: { NODE_OPTIONS: '--inspect --bogus' } })
  await world.ready(container)

  const [service] = (await world.status()).services
  expect(procOf(container, service?.pid, 'environ')).toContain('NODE_OPTIONS=--inspect --bogus')
  const [program] = ours(container)
  expect(readFileSync(`/proc/${program?.hostPid}/net/tcp`, 'utf8')).not.toContain('0100007F:23E5')
})

test.each(WAYS)('%s, «node» and our own name mean what they mean to everybody', async (way) => {
  const box = await makeBox()
  writeFileSync(`${box.layer}/usr/local/bin/node`, '#!/bin/sh\necho "node of the image $*"\n', {
    mode: 0o755,
  })
  const said = async (...args: readonly string[]) => {
    const running = await box.run({ ...startedAs(way), args, name: `container-${args.length}` })
    return { code: await running.ended, out: running.out(), err: running.err() }
  }

  expect(await said('node', '-p', '1')).toEqual({ code: 0, out: 'node of the image -p 1\n', err: '' })
  const line = 'node -p 2; sh -c "comfy-init version"; env | grep -c PKG_'
  const { out } = await said('sh', '-c', line, 'of', 'several', 'words')
  expect(out).toMatch(/^node of the image -p 2\ncomfy-init \d.*\n0\n$/)
})

test('what a service calls is what it means: node, comfy-init, and no variable of the packer', async () => {
  const { world, env } = await stubWorld('answers')
  writeFileSync(`${world.box.layer}/usr/local/bin/node`, '#!/bin/sh\necho "node of the image $*"\n', {
    mode: 0o755,
  })
  const line = 'sh -c "node -p 3; comfy-init version; env | grep -c PKG_"'
  const python = giveText(world.box, 'python', `#!/bin/sh\n${line}\nexec ${env.COMFY_PYTHON} "$@"\n`)
  const container = await world.boot({ env: { ...env, COMFY_PYTHON: python } })
  await world.ready(container)

  expect(container.out()).toMatch(/node of the image -p 3\n.*comfy-init \d.*\n.*\b0\n/)
})

test.each([
  ['below another init', 1024, '2048', '2048 4096'],
  ['as PID 1', 1024, '', '4096 4096'],
] as const)(
  '%s, a container’s soft limit of %i open files and COMFY_OPEN_FILES=«%s» give a service %s',
  async (way, soft, wish, limits) => {
    const { world, env } = await stubWorld('answers')
    const python = giveText(world.box, 'python', limitsThen(env.COMFY_PYTHON))
    const { init, before = [] } = startedAs(way)
    const container = await world.boot({
      ...(init === undefined ? {} : { init }),
      before: ['sh', '-c', `ulimit -Sn ${soft}; ulimit -Hn 4096; exec "$@"`, 'sh', ...before],
      env: { ...env, COMFY_PYTHON: python, ...(wish === '' ? {} : { COMFY_OPEN_FILES: wish }) },
    })
    await world.ready(container)

    expect(container.out()).toMatch(new RegExp(`limits ${limits}$`, 'm'))
  },
)

test('a program below another init has the container’s own limit of open files', async () => {
  const box = await makeBox()
  const running = await box.run({
    init: true,
    before: ['sh', '-c', 'ulimit -Sn 1024; ulimit -Hn 4096; exec "$@"', 'sh', '/usr/bin/tini', '--'],
    args: ['sh', '-c', 'echo $(ulimit -Sn) $(ulimit -Hn)'],
  })
  await running.ended

  expect(running.out()).toBe('1024 4096\n')
})

test.each(WAYS)('%s, a service of another user writes to /dev/stdout and its like', async (way) => {
  const { world, env } = await stubWorld('says-paths')
  const container = await world.boot({ ...startedAs(way), env: { ...env, PUID: '1000' } })
  await world.ready(container)

  for (const path of ['/dev/stdout', '/dev/stderr', '/proc/self/fd/1', '/proc/self/fd/2'])
    expect(container.out() + container.err()).toMatch(new RegExp(`by ${path}$`, 'm'))
})

test.each(WAYS)('%s, a dead service is started again while another process holds its output', async (way) => {
  const { world, env } = await stubWorld('holds-pipes')
  const container = await world.boot({ ...startedAs(way), env })

  await until(async () => (await world.status()).services?.[0]?.restarts === 1, 'the restart')
  await world.ready(container)

  expect(living(container, /stub-python/)).toHaveLength(2)
})

const MODES: Readonly<Record<string, RunOptions>> = {
  'below the embedded init': { env: { COMFY_REAPER: 'embedded' } },
  'below a shell': { env: { COMFY_REAPER: 'shell' } },
  'as PID 1 itself': { env: { COMFY_REAPER: 'off' } },
  'below another init': startedAs('below another init'),
}

test.each(Object.keys(MODES))('%s, a program has no signal ignored or blocked', async (mode) => {
  const box = await makeBox()
  const masks = 'grep -E "^Sig(Blk|Ign)" /proc/self/status | cut -f2 | sort -u'
  const line = `yes | head -1; echo \${PIPESTATUS[0]}; ${masks}`
  const running = await box.run({ ...MODES[mode], args: ['bash', '-c', line] })
  await running.ended

  expect(running.out()).toBe('y\n141\n0000000000000000\n')
})

test.each(WAYS)('%s, a service has no signal ignored or blocked', async (way) => {
  const { world, env } = await stubWorld('answers')
  const script = `#!/bin/bash
echo "masks $(grep -E '^Sig(Blk|Ign)' /proc/self/status | cut -f2 | sort -u | tr '\\n' ' ')"
exec ${env.COMFY_PYTHON} "$@"
`
  const python = giveText(world.box, 'python', script)
  const container = await world.boot({ ...startedAs(way), env: { ...env, COMFY_PYTHON: python } })
  await world.ready(container)

  expect(container.out()).toMatch(/masks 0000000000000000 $/m)
})

function limitsThen(python: string | undefined): string {
  return `#!/bin/bash\necho "limits $(ulimit -Sn) $(ulimit -Hn)"\nexec ${python} "$@"\n`
}
