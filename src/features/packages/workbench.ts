import type { Layout, Places } from '../../base/layout.ts'
import type { Secret } from '../../base/secret.ts'
import type { PythonFacts } from '../../facts/device-facts.ts'
import type { PackagesFacts } from '../../facts/node-facts.ts'
import type { ChildEnv } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'
import { installerEnv } from './installer-env.ts'
import { knownSecrets } from './known-secrets.ts'

/** All that installing packages works with. */
export type Workbench = {
  readonly host: Host
  readonly signal: AbortSignal
  readonly settings: Settings
  readonly packages: PackagesFacts
  readonly python: PythonFacts
  readonly places: Pick<Places, 'code' | 'base'>
  readonly layout: Layout
  /** Folder for what is of no use after this installation. */
  readonly scratch: string
  /** Folder of wheels that come before the network; undefined where there is none. */
  readonly wheels: string | undefined
  readonly env: ChildEnv
  /** Never in what is kept or told of a program's output. */
  readonly secrets: readonly Secret[]
}

/** What a workbench is made of. */
export type WorkbenchParts = Omit<Workbench, 'scratch' | 'wheels' | 'env' | 'secrets'>

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
    secrets: knownSecrets(settings, host.env),
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
