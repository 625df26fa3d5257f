import { layoutOf } from '../base/layout.ts'
import { Problem } from '../base/problem.ts'
import { type OptionKey, type Origins, optionOf, type Settings } from './settings.ts'

type Ask = { readonly settings: Settings; readonly origins: Origins }

/** A rule across options; judged only when all that it reads could be parsed. */
type Rule = { readonly reads: readonly OptionKey[]; readonly broken: (ask: Ask) => readonly Problem[] }

/** Shortest JupyterLab token that is not called easy to guess, in characters. */
const JUPYTER_TOKEN_LEAST = 8

/** The same of the token for actions over HTTP, which most often is made and never typed. */
const TOKEN_LEAST = 16

const RULES: readonly Rule[] = [
  { reads: ['port', 'httpPort', 'jupyter', 'jupyterPort'], broken: portsDiffer },
  { reads: ['jupyterToken', 'jupyter'], broken: jupyterTokenIsLong },
  { reads: ['token'], broken: tokenIsLong },
  { reads: ['workspace'], broken: workspaceIsNotRoot },
  { reads: ['home', 'workspace', 'adopt'], broken: homeIsOutside },
  {
    reads: ['workspace', 'sharedModels', 'shared', 'outputFolder', 'cacheFolder', 'runtimeFolder'],
    broken: sharedIsKept,
  },
]

/** Problems of settings that are well formed each but do not go together. */
export function brokenRules(ask: Ask & { readonly wrong: ReadonlySet<OptionKey> }): readonly Problem[] {
  return RULES.filter((rule) => !rule.reads.some((key) => ask.wrong.has(key))).flatMap((rule) =>
    rule.broken(ask),
  )
}

function portsDiffer({ settings, origins }: Ask): readonly Problem[] {
  const keys = ['port', 'httpPort', ...(settings.jupyter ? ['jupyterPort' as const] : [])] as const
  const byPort = Map.groupBy(keys, (key) => settings[key])
  return [...byPort]
    .filter(([, same]) => same.length > 1)
    .map(
      ([port, same]) =>
        new Problem('PORTS_EQUAL', { port, settings: same.map((key) => named(key, origins)) }),
    )
}

function jupyterTokenIsLong({ settings, origins }: Ask): readonly Problem[] {
  const token = settings.jupyterToken
  if (!settings.jupyter || token === undefined || token.reveal().length >= JUPYTER_TOKEN_LEAST) return []
  const { name } = origins.jupyterToken
  return [new Problem('JUPYTER_TOKEN_SHORT', { name, least: JUPYTER_TOKEN_LEAST })]
}

function tokenIsLong({ settings: { token }, origins }: Ask): readonly Problem[] {
  if (token === undefined || token.reveal().length >= TOKEN_LEAST) return []
  return [new Problem('TOKEN_SHORT', { name: origins.token.name, least: TOKEN_LEAST })]
}

function workspaceIsNotRoot({ settings, origins }: Ask): readonly Problem[] {
  return settings.workspace === '/'
    ? [new Problem('WORKSPACE_IS_ROOT', { name: origins.workspace.name })]
    : []
}

// Moving a tree into a folder of its own, or onto the workspace itself, would move the workspace away with it.
function homeIsOutside({ settings }: Ask): readonly Problem[] {
  const { home, workspace, adopt } = settings
  if (home === undefined || adopt === 'link' || workspace === '/' || !overlaps(home, workspace)) return []
  // The workspace's own ComfyUI is run where it is.
  if (adopt === 'auto' && home === layoutOf(workspace).home) return []
  return [new Problem('HOME_OVERLAPS_WORKSPACE', { home, workspace })]
}

// Model tiers may be mounted somewhere below the workspace, but not where its own state is written.
function sharedIsKept({ settings, origins }: Ask): readonly Problem[] {
  const { workspace, shared, sharedModels } = settings
  const kept = [
    ...sharedModels.map((path) => ({ name: named('sharedModels', origins), path })),
    ...['models', 'input'].map((each) => ({ name: named('shared', origins), path: `${shared}/${each}` })),
  ]
  const written = (['workspace', 'outputFolder', 'cacheFolder', 'runtimeFolder'] as const).flatMap((key) => {
    const path = settings[key]
    return path === undefined || path === '/' ? [] : { name: named(key, origins), path }
  })
  const isOwn = (path: string) =>
    path === workspace ||
    [layoutOf(workspace).home, layoutOf(workspace).own].some((own) => isWithin(path, own))
  return kept.flatMap((low) =>
    written
      .filter((high) => isWithin(high.path, low.path) || (high.path === workspace && isOwn(low.path)))
      .map(
        (high) =>
          new Problem('FOLDERS_OVERLAP', {
            written: high.name,
            writtenPath: high.path,
            kept: low.name,
            keptPath: low.path,
          }),
      ),
  )
}

// The name that was written, or the variable's where the value is the default.
function named(key: OptionKey, origins: Origins): string {
  return origins[key].from === 'default' ? optionOf(key).env : origins[key].name
}

function overlaps(a: string, b: string): boolean {
  return isWithin(a, b) || isWithin(b, a)
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}
