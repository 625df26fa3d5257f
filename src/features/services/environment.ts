import type { Places } from '../../base/layout.ts'
import type { Facts } from '../../facts/facts.ts'
import type { ChildEnv } from '../../host/exec.ts'
import { options, type Settings } from '../../settings/settings.ts'
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
  const inherited = inheritedFrom(sources.container)
  return {
    ...inherited,
    ...person(sources),
    ...python(inherited, sources.facts),
    ...gitTrust(inherited),
    ...caches(inherited, sources.settings),
    ...tokens(sources.settings),
    __COMFY_CLI_SESSION__: sources.places.layout.session,
  }
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Secrets that children are meant to have; every other secret of ours is kept from them. */
const SHARED_SECRETS: ReadonlySet<string> = new Set(['hfToken', 'civitaiToken'])

function inheritedFrom(container: EnvironmentSources['container']): Record<string, string> {
  const hidden = hiddenNames()
  const kept = Object.entries(container).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && !hidden.has(pair[0]) && !/^(COMFY_INIT_|PKG_EXECPATH$)/.test(pair[0]),
  )
  return Object.fromEntries(kept)
}

function hiddenNames(): ReadonlySet<string> {
  const hidden = Object.entries(options).flatMap(([key, option]) => {
    if (!('secret' in option) || option.secret !== true) return []
    const names = [option.env, ...(option.aliases ?? [])]
    const files = names.map((name) => `${name}_FILE`)
    return SHARED_SECRETS.has(key) ? files : [...names, ...files]
  })
  return new Set(hidden)
}

// Nodes look up their home and user name and crash without: getpass.getuser() fails for an id without a passwd line.
function person({ container, facts, places }: EnvironmentSources) {
  const name = facts.who.passwd?.name ?? 'comfy'
  return { HOME: homeOf(container, facts, places), USER: name, LOGNAME: name }
}

function python(inherited: ChildEnv, facts: Facts) {
  const venv = facts.python?.venv
  const path = inherited.PATH || DEFAULT_PATH
  const common = { PYTHONUNBUFFERED: '1' }
  if (venv === undefined) return { ...common, PATH: path }
  const bin = `${venv}/bin`
  return {
    ...common,
    VIRTUAL_ENV: venv,
    PATH: path.split(':')[0] === bin ? path : `${bin}:${path}`,
  }
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
