import type { Layout, Places } from '../../base/layout.ts'
import { redact } from '../../base/secret.ts'
import type { PythonFacts } from '../../facts/device-facts.ts'
import type { PackagesFacts } from '../../facts/node-facts.ts'
import type { ChildEnv, Finished } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'
import { installerEnv } from './installer-env.ts'

/** All that installing packages works with. */
export type Workbench = {
  readonly host: Host
  readonly signal: AbortSignal
  readonly settings: Pick<Settings, 'nodeTimeoutMs' | 'offline' | 'vendorFolder'>
  readonly packages: PackagesFacts
  readonly python: PythonFacts
  readonly places: Pick<Places, 'code' | 'base'>
  readonly layout: Layout
  /** Folder for what is of no use after this installation. */
  readonly scratch: string
  /** Folder of wheels that come before the network; undefined where there is none. */
  readonly wheels: string | undefined
  readonly env: ChildEnv
}

/** What a workbench is made of. */
export type WorkbenchParts = Omit<Workbench, 'scratch' | 'wheels' | 'env'>

/** Makes the scratch folder, empty. What a crash leaves in it is removed by the next one. */
export async function makeWorkbench(parts: WorkbenchParts): Promise<Workbench> {
  const { host, layout, settings } = parts
  const scratch = `${layout.packages}/scratch`
  await host.fs.remove(scratch)
  await host.fs.makeFolder(scratch)
  const wheels = `${settings.vendorFolder}/wheels`
  const hasWheels = (await host.fs.follow(wheels).catch(() => undefined))?.kind === 'folder'
  return {
    ...parts,
    scratch,
    wheels: hasWheels ? wheels : undefined,
    env: installerEnv(host.env, { layout, scratch }),
  }
}

/** Writes lines into a file of the scratch folder, and gives its path. */
export async function scratchFile(
  { host, scratch }: Workbench,
  name: string,
  lines: readonly string[],
): Promise<string> {
  const path = `${scratch}/${name}`
  await host.fs.write(path, lines.map((line) => `${line}\n`).join(''))
  return path
}

/** Runs a program to its end, in a folder where nobody's configuration lies. Throws the signal's reason after an abort. */
export async function runTool(
  { host, env, settings, signal }: Workbench,
  file: string,
  args: readonly string[],
): Promise<Finished> {
  const timeoutMs = settings.nodeTimeoutMs
  const finished = await host.exec.run({ file, args, env, cwd: '/', timeoutMs, signal })
  signal.throwIfAborted()
  return { ...finished, stdout: redact(finished.stdout), stderr: redact(finished.stderr) }
}
