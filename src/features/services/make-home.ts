import type { Step } from '../../engine/plan.ts'

/** Makes the folder that is HOME for services without another. A crash leaves it made or not. */
export function makeHome(path: string): Step {
  return {
    id: 'services/home',
    title: 'Make a home folder for the services',
    changes: [path],
    ifFails: 'go-on',
    apply: async (host) => {
      if ((await host.fs.follow(path)) !== undefined) return 'not-needed'
      await host.fs.makeFolder(path, 0o700)
      return 'done'
    },
  }
}
