import type { PackagePin } from '../../base/node.ts'
import { Problem } from '../../base/problem.ts'
import { redact } from '../../base/secret.ts'
import { installerEnv } from '../../features/packages/installer-env.ts'
import type { Host } from '../../host/host.ts'
import type { NodesScene } from './view.ts'

/** What came of getting wheels: how many packages they are for. */
export type Wheels = {
  readonly count: number
  readonly notes: readonly string[]
  readonly problems: readonly Problem[]
}

/** What is to be got, into which folder, and what ends it. */
type Wanted = {
  readonly packages: readonly PackagePin[]
  readonly folder: string
  readonly signal: AbortSignal
}

/**
 * Puts a wheel of each locked package into a folder, built where there is none to be had. By the pip of the Python that ComfyUI runs
 * with: wheels are for one Python. A crash leaves some of them.
 */
export async function vendorWheels(
  host: Host,
  { facts, settings, places }: NodesScene,
  { packages, folder, signal }: Wanted,
): Promise<Wheels> {
  if (packages.length === 0)
    return {
      count: 0,
      notes: ['No Python packages are locked, so there are no wheels. A lock that a start wrote has them.'],
      problems: [],
    }
  const python = facts.packages?.current?.python ?? facts.python?.path
  if (python === undefined) return failed('there is no Python to get them with')
  const scratch = `${folder}/.partial`
  await host.fs.remove(scratch)
  await host.fs.makeFolder(scratch)
  try {
    const list = `${scratch}/exact.txt`
    await host.fs.write(list, packages.map(({ name, version }) => `${name}==${version}\n`).join(''))
    const offline = settings.offline ? ['--no-index'] : []
    const args = ['-m', 'pip', 'wheel', '--no-deps', '--find-links', folder, '--wheel-dir', folder]
    const finished = await host.exec.run({
      file: python,
      args: [...args, ...offline, '-r', list],
      env: installerEnv(host.env, { layout: places.layout, scratch }),
      cwd: '/',
      timeoutMs: settings.nodeTimeoutMs,
      signal,
    })
    signal.throwIfAborted()
    if (finished.code === 0) return { count: packages.length, notes: [], problems: [] }
    return failed(finished.timedOut ? 'pip was not done in time' : lastLine(finished.stderr))
  } finally {
    await host.fs.remove(scratch)
  }
}

function failed(reason: string): Wheels {
  const problem = new Problem('WHEELS_NOT_GOT', { reason }, { level: 'warning' })
  return { count: 0, notes: [], problems: [problem] }
}

function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const telling = lines.find((line) => line.startsWith('ERROR: ')) ?? lines.at(-1) ?? 'pip said nothing'
  return redact(telling.replace(/^ERROR: /, '').trim()).replace(/\.$/, '')
}
