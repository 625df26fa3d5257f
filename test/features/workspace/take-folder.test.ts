import { chmod, stat } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../support/temp-folder.ts'
import { listing } from '../../support/tree-listing.ts'
import { anImageIn, applyOnce, planFor, steadyHost } from './real-boot.ts'

const TARGET = { uid: 1234, gid: 1235, groups: [] }

test.skipIf(process.getuid?.() !== 0)(
  'root gives a fresh volume to the target, who then owns all that is put there',
  async () => {
    const root = await tempFolder()
    const settings = { ...(await anImageIn(root)), uid: TARGET.uid, gid: TARGET.gid }
    await chmod(`${root}/opt/ComfyUI/requirements.txt`, 0o644)
    const host = steadyHost()
    onTestFinished(() => host.users.actAs(undefined))

    const report = await applyOnce(host, await planFor(host, settings), TARGET)

    expect(report.steps.map(({ id, result }) => `${id} ${result}`)).toEqual([
      'workspace/take-folder done',
      'workspace/own-folder done',
      'workspace/adopt-image done',
      'workspace/give-way done',
      'workspace/state-folders done',
    ])
    host.users.actAs(undefined)
    const names = (await listing(`${root}/workspace`)).map((line) => line.replace(/\/? .*/, ''))
    const owners = await Promise.all(
      ['', ...names].map(async (name) => (await stat(`${root}/workspace/${name}`)).uid),
    )
    expect(new Set(owners)).toEqual(new Set([TARGET.uid]))
    expect((await stat(`${root}/opt`)).uid).toBe(0)
    expect((await planFor(host, settings)).steps).toEqual([])
  },
)
