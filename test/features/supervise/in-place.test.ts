import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { realNet } from '../../../src/host/net.ts'
import { freePort } from '../../support/free-port.ts'
import { aService, fasterClock, superviseOn } from '../../support/supervised.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'

test('a service that starts itself again in its process is asked until it is ready; that is a restart and no death', async () => {
  const port = await freePort()
  const file = `${await tempFolder()}/go-on`
  const spec = await aService('serve.py', [String(port)])
  const ready = { host: '127.0.0.1', port, path: '/prompt' }
  const { supervisor, states, events } = superviseOn({ clock: fasterClock(20) }, [{ ...spec, ready }])
  await until(() => supervisor.states()[0]?.ready, 'the first run')
  const before = supervisor.states()[0]

  void realNet().ask({ port, path: `/again?${file}`, timeoutMs: 2000 })
  await until(() => !supervisor.states()[0]?.ready, 'the silence to be noticed')
  expect(supervisor.states()[0]).toMatchObject({ state: 'starting', pid: before?.pid, restarts: 1 })
  await writeFile(file, '')
  await until(() => supervisor.states()[0]?.ready, 'the second run')

  expect(supervisor.states()[0]?.pid).toBe(before?.pid)
  expect(states()).toEqual(['starting', 'running', 'starting', 'running'])
  expect(events.filter(({ type }) => type === 'service-death')).toEqual([])
})
