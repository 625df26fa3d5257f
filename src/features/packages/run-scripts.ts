import { failureOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { distributionsIn } from '../../facts/distributions.ts'
import { overlayPaths } from '../../facts/overlay-paths.ts'
import type { Held } from './held.ts'
import type { Resolution } from './resolve.ts'
import type { ScriptResult } from './run-script.ts'
import { runUnlessCut } from './run-unless-cut.ts'
import type { Workbench } from './workbench.ts'

/** What came of install scripts, by their node's folder. */
export type Scripts = ReadonlyMap<string, ScriptResult>

/** What came of all of them; `harmful` are those whose effects must not stay, `added` the packages that others added. */
export type ScriptsRun = {
  readonly results: Scripts
  readonly harmful: Scripts
  readonly added: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * Runs the nodes’ install scripts one after another. It stops at the first that failed after it had changed packages, or that
 * put one into the overlay that the image holds: the overlay cannot be used then.
 */
export async function runScripts(
  bench: Workbench,
  about: { readonly resolution: Resolution; readonly overlay: string; readonly without: Scripts },
): Promise<ScriptsRun> {
  const { resolution, overlay, without } = about
  const { site } = overlayPaths(overlay, bench.packages.identity.python)
  const results = new Map(without)
  const added = new Map<string, ReadonlySet<string>>()
  for (const { source } of resolution.accepted) {
    const { script, folder } = source
    if (script === undefined || without.has(folder)) continue
    const before = await packagesAt(bench, site)
    const result = await runUnlessCut(bench, { source, script, overlay })
    const after = await packagesAt(bench, site)
    const changed = [...after].filter(([name, version]) => before.get(name) !== version).map(([name]) => name)
    const isChanged = changed.length > 0 || after.size !== before.size
    const replaced = replacedIn(bench, after, resolution.held)
    if (replaced !== undefined)
      return {
        results,
        added,
        harmful: new Map([[folder, asReplacing(bench, result, { folder, replaced })]]),
      }
    if (result.failure !== undefined && (isChanged || (await isGone(bench, overlay))))
      return { results, added, harmful: new Map([[folder, result]]) }
    results.set(folder, result)
    added.set(folder, new Set(changed))
  }
  return { results, added, harmful: new Map() }
}

// The next script would be blamed for it.
async function isGone({ host, packages }: Workbench, overlay: string): Promise<boolean> {
  const { python, site } = overlayPaths(overlay, packages.identity.python)
  const found = await Promise.all([python, site].map((path) => host.fs.follow(path).catch(() => undefined)))
  return found.includes(undefined)
}

async function packagesAt({ host }: Workbench, site: string): Promise<ReadonlyMap<string, string>> {
  const found = (await distributionsIn(host.fs, site)) ?? []
  return new Map(found.map(({ name, version }) => [name, version]))
}

// Also the same version once more: it would lie before the image's, and be another build of it.
function replacedIn(
  { packages }: Workbench,
  installed: ReadonlyMap<string, string>,
  { pins }: Held,
): string | undefined {
  for (const [name, version] of installed) {
    const wanted = pins.get(name)
    if (wanted === undefined || (wanted === version && !packages.versions.has(name))) continue
    return `${name}==${version}, where the image holds ${wanted}`
  }
  return undefined
}

function asReplacing(
  { layout }: Workbench,
  { script }: ScriptResult,
  { folder, replaced }: { readonly folder: string; readonly replaced: string },
): ScriptResult {
  const log = `${layout.nodeLogs}/${folder}.log`
  const details = { folder, reason: `installed ${replaced}; that was taken back`, said: script.line, log }
  return {
    script: { ...script, result: 'failed' },
    failure: failureOf(new Problem('NODE_SCRIPT_FAILED', details), false),
  }
}
