import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { become } from '../../../src/features/identity/become.ts'
import { type Host, realHost } from '../../../src/host/host.ts'
import type { Ids, Users } from '../../../src/host/users.ts'

const TARGET: Ids = { uid: 1000, gid: 1000, groups: [44, 109] }
const ROOT: Ids = { uid: 0, gid: 0, groups: [] }

/** A machine on which become() ends in these ids, or throws. */
function machine(start: Ids, becomes: (wanted: Ids) => Ids) {
  let now = start
  const tried: Ids[] = []
  const users: Users = {
    actingUid: () => 0,
    ids: () => now,
    actAs: () => {},
    asStarted: (act) => act(),
    become: (wanted) => {
      tried.push(wanted)
      now = becomes(wanted)
    },
    umask: () => {},
  }
  const host: Host = { ...realHost(), users }
  const run = () => become(TARGET, 'Become 1000:1000').apply(host, () => {}, new AbortController().signal)
  return { run, tried, now: () => now }
}

describe('becoming somebody else', () => {
  it('changes once and reads the ids back', async () => {
    const { run, tried, now } = machine(ROOT, (wanted) => wanted)
    expect(await run()).toBe('done')
    expect(await run()).toBe('not-needed')
    expect(tried).toEqual([TARGET])
    expect(now()).toEqual(TARGET)
  })

  it('does nothing when the ids are already so', async () => {
    const { run, tried } = machine(TARGET, (wanted) => wanted)
    expect(await run()).toBe('not-needed')
    expect(tried).toEqual([])
  })

  it.each<[string, (wanted: Ids) => Ids]>([
    ['nothing happened', () => ROOT],
    ['only the user changed', (wanted) => ({ ...wanted, gid: 0 })],
    ['a group was lost', (wanted) => ({ ...wanted, groups: [44] })],
    ['a group of root’s was kept', (wanted) => ({ ...wanted, groups: [44, 109, 0] })],
  ])('a change that silently failed stops the boot: %s', async (_, becomes) => {
    await expect(machine(ROOT, becomes).run()).rejects.toMatchObject({
      code: 'IDENTITY_CANNOT_CHANGE',
      level: 'blocking',
    })
  })

  it('the system’s refusal is told with its code and kept as the cause', async () => {
    const refusal = Object.assign(new Error('setgroups EPERM'), { code: 'EPERM' })
    const { run } = machine(ROOT, () => {
      throw refusal
    })
    const problem = await run().catch((error: unknown) => error)
    expect(problem).toMatchObject({ code: 'IDENTITY_CANNOT_CHANGE', cause: refusal })
    expect(problem).toMatchObject({ details: { obstacle: { kind: 'refused', code: 'EPERM' } } })
  })

  it.runIf(process.getuid?.() === 0)('really drops root for good, in a process of its own', async () => {
    const script = `
      import { become } from ${JSON.stringify(new URL('../../../src/features/identity/become.ts', import.meta.url).href)}
      import { realHost } from ${JSON.stringify(new URL('../../../src/host/host.ts', import.meta.url).href)}
      const target = { uid: 12345, gid: 54321, groups: [44] }
      const result = await become(target, 'x').apply(realHost(), () => {}, new AbortController().signal)
      let back = 'came back'
      try { process.setuid(0) } catch (error) { back = error.code }
      console.log(JSON.stringify([result, process.getuid(), process.getgid(), process.getgroups().sort(), back]))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: '/',
    })
    expect(JSON.parse(stdout)).toEqual(['done', 12345, 54321, [44, 54321], 'EPERM'])
  })
})
