import type { Layout, Places } from '../../base/layout.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Overlay } from '../../facts/node-facts.ts'
import { overlayPaths } from '../../facts/overlay-paths.ts'
import type { ChildEnv } from '../../host/exec.ts'
import { inheritedFrom } from '../../settings/inherited.ts'
import type { Settings } from '../../settings/settings.ts'
import { homeOf } from './home.ts'

/** All that a child's environment is made of; `container` is the environment the container was started with. */
export type EnvironmentSources = {
  readonly container: Readonly<Record<string, string | undefined>>
  readonly settings: Settings
  readonly facts: Facts
  readonly places: Places
}

/** The container's environment less what is ours, plus what ComfyUI and its nodes need to find their way. Pure. */
export function childEnvironment(sources: EnvironmentSources): ChildEnv {
  const inherited = inheritedFrom(sources.container, { withShared: true })
  return {
    ...inherited,
    ...person(sources),
    ...python(inherited, sources.facts, sources.places.layout),
    ...gitTrust(inherited),
    ...caches(inherited, sources.settings),
    ...tokens(sources.settings),
    __COMFY_CLI_SESSION__: sources.places.layout.session,
  }
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

// Nodes look up their home and user name and crash without: getpass.getuser() fails for an id without a passwd line.
function person({ container, facts, places }: EnvironmentSources) {
  const name = facts.who.passwd?.name ?? 'comfy'
  return { HOME: homeOf(container, facts, places), USER: name, LOGNAME: name }
}

function python(inherited: ChildEnv, { python, packages }: Facts, layout: Layout): ChildEnv {
  const path = inherited.PATH || DEFAULT_PATH
  const common = { PYTHONUNBUFFERED: '1' }
  const overlay = packages?.current
  const venv = overlay?.path ?? python?.venv
  if (venv === undefined) return { ...common, PATH: path }
  const bins = [venv, ...(overlay === undefined || python?.venv === undefined ? [] : [python.venv])].map(
    (each) => `${each}/bin`,
  )
  const first = path.split(':').slice(0, bins.length)
  return {
    ...common,
    ...(overlay === undefined ? {} : intoOverlay(inherited, overlay, layout)),
    VIRTUAL_ENV: venv,
    PATH: bins.every((bin, at) => bin === first[at]) ? path : [...bins, path].join(':'),
  }
}

// Whatever installs packages later, ComfyUI-Manager and a person in a terminal too, does it into the overlay, and not over torch.
function intoOverlay(inherited: ChildEnv, overlay: Overlay, { packageCache }: Layout): ChildEnv {
  const { constraints } = overlayPaths(overlay.path, overlay.record.identity.python)
  const wanted = {
    PIP_CONSTRAINT: constraints,
    UV_CONSTRAINT: constraints,
    PIP_CACHE_DIR: `${packageCache}/pip`,
    UV_CACHE_DIR: `${packageCache}/uv`,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
  }
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !inherited[name]))
}

// git refuses trees of another owner, and volumes often have one; a file in HOME would outlive this container.
function gitTrust(inherited: ChildEnv) {
  const count = Number(inherited.GIT_CONFIG_COUNT ?? 0)
  const at = Number.isInteger(count) && count > 0 ? count : 0
  return {
    GIT_CONFIG_COUNT: String(at + 1),
    [`GIT_CONFIG_KEY_${at}`]: 'safe.directory',
    [`GIT_CONFIG_VALUE_${at}`]: '*',
  }
}

function caches(inherited: ChildEnv, settings: Settings) {
  const folder = settings.cacheFolder ?? `${settings.workspace}/.cache`
  const wanted = {
    XDG_CACHE_HOME: folder,
    HF_HOME: `${folder}/huggingface`,
    TORCH_HOME: `${folder}/torch`,
  }
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !inherited[name]))
}

function tokens({ hfToken, civitaiToken }: Settings) {
  return {
    ...(hfToken === undefined ? {} : { HF_TOKEN: hfToken.reveal() }),
    ...(civitaiToken === undefined ? {} : { CIVITAI_TOKEN: civitaiToken.reveal() }),
  }
}
