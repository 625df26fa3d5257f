import type { Places } from '../../../base/layout.ts'
import { Problem, systemCode } from '../../../base/problem.ts'
import type { Step } from '../../../engine/plan.ts'
import type { Host } from '../../../host/host.ts'
import { managerDefaults, withDefaults } from './defaults.ts'

/**
 * Gives ComfyUI-Manager our defaults, once in the life of a workspace: keys that are there stay as they are. A crash between
 * file and note makes the next boot look again, which then finds nothing missing.
 */
export function giveManagerDefaults({ base, layout }: Places, offline: boolean): Step {
  const path = `${base}/user/__manager/config.ini`
  return {
    id: 'nodes/give-manager-defaults',
    title: 'Give ComfyUI-Manager safe defaults',
    changes: [path],
    ifFails: 'go-on',
    async apply(host) {
      try {
        await giveAt(host, path, offline)
        await host.fs.makeFolder(parentOf(layout.managerNote))
        await host.fs.write(layout.managerNote, 'given\n')
        return 'done'
      } catch (error) {
        const details = { path, code: systemCode(error) ?? 'EIO' }
        throw new Problem('MANAGER_DEFAULTS_NOT_WRITTEN', details, { cause: error })
      }
    },
  }
}

async function giveAt(host: Host, path: string, offline: boolean): Promise<void> {
  const text = (await host.fs.readText(path)) ?? ''
  const wanted = withDefaults(text, managerDefaults(offline))
  if (wanted === text) return
  await host.fs.makeFolder(parentOf(path))
  await host.fs.write(path, wanted)
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}
