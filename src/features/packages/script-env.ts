import type { PackageSource } from '../../base/node.ts'
import { overlayPaths } from '../../facts/overlay-paths.ts'
import type { ChildEnv } from '../../host/exec.ts'
import { inheritedFrom } from '../../settings/inherited.ts'
import type { Workbench } from './workbench.ts'

/** Name of the variable by which a script's processes are known, wherever they go. */
export const SCRIPT_MARK = 'COMFY_NODE_SCRIPT'

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The environment of an install script: the container's without any token, and what leads pip and uv into the overlay. Pure. */
export function scriptEnv(
  bench: Workbench,
  {
    source,
    overlay,
    mark,
  }: { readonly source: PackageSource; readonly overlay: string; readonly mark: string },
): ChildEnv {
  const { host, env, packages, python, places, settings } = bench
  const { bin, constraints } = overlayPaths(overlay, packages.identity.python)
  const inherited = inheritedFrom(host.env, { withShared: false })
  const below = python.venv === undefined ? [] : [`${python.venv}/bin`]
  return {
    ...inherited,
    ...env,
    ...(settings.offline ? { PIP_NO_INDEX: '1', UV_OFFLINE: '1' } : {}),
    USER: inherited.USER || 'comfy',
    LOGNAME: inherited.LOGNAME || 'comfy',
    VIRTUAL_ENV: overlay,
    PATH: [bin, ...below, inherited.PATH || DEFAULT_PATH].join(':'),
    PIP_CONSTRAINT: constraints,
    UV_CONSTRAINT: constraints,
    COMFYUI_PATH: places.code,
    COMFYUI_FOLDERS_BASE_PATH: places.base,
    ...source.env,
    [SCRIPT_MARK]: mark,
  }
}
