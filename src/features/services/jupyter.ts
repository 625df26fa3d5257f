import { dirname } from 'node:path'
import type { Places } from '../../base/layout.ts'
import type { Secret } from '../../base/secret.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { Facts } from '../../facts/facts.ts'
import type { ChildEnv } from '../../host/exec.ts'
import type { Settings } from '../../settings/settings.ts'
import { askedAt } from './listen-address.ts'
import { restartPolicy } from './restart-policy.ts'
import { stopLadder } from './stop-ladder.ts'

/** It ends its kernels in order at TERM, without asking when nobody is at its terminal. */
const LADDER = [
  { signal: 'SIGTERM', share: 0.8 },
  { signal: 'SIGKILL', share: 0.2 },
] as const

/** Its kernels may hold much memory, but ComfyUI goes first. */
const OOM_SCORE = 300

/** What JupyterLab is made of; its token is given or kept in the workspace. */
export type JupyterSources = {
  readonly settings: Settings
  readonly facts: Facts
  readonly places: Places
  readonly env: ChildEnv
  readonly token: Secret | undefined
}

/** JupyterLab as a service; undefined when it is off, its module is missing, or it has no token: it is never open. Pure. */
export function jupyterService(sources: JupyterSources): ServiceSpec | undefined {
  const { settings, facts, places, env, token } = sources
  if (!settings.jupyter || facts.python === undefined || facts.python.hasJupyter === false) return undefined
  if (token === undefined || token.reveal() === '') return undefined
  // Manager's restart is of ComfyUI: a notebook must not be able to ask for it.
  const { __COMFY_CLI_SESSION__: _, ...own } = env
  return {
    name: 'jupyter',
    title: 'JupyterLab',
    file: facts.packages?.current?.python ?? facts.python.path,
    args: ['-m', 'jupyterlab', ...jupyterArguments(settings, facts)],
    // In the environment, not in the arguments: those can be read by everybody on the machine.
    env: { ...own, ...imageData(own, facts), JUPYTER_TOKEN: token.reveal() },
    cwd: settings.workspace,
    essential: false,
    stop: stopLadder(settings.jupyterStopLadder, LADDER, settings.stopGraceMs),
    restart: restartPolicy(settings),
    ready: { host: askedAt(settings.listen), port: settings.jupyterPort, path: '/api' },
    logFile: `${places.layout.logs}/jupyter.log`,
    oomScore: OOM_SCORE,
    ...(settings.openFiles === undefined ? {} : { openFiles: settings.openFiles }),
  }
}

// It looks for its page, kernels and extensions beside its Python; with an overlay those of the image lie beside the one below.
function imageData(env: ChildEnv, { packages, python }: Facts): ChildEnv {
  if (packages?.current === undefined || python === undefined) return {}
  const root = python.venv ?? dirname(dirname(python.path))
  const after = (name: string, path: string) => ({ [name]: env[name] ? `${env[name]}:${path}` : path })
  return {
    JUPYTERLAB_DIR: env.JUPYTERLAB_DIR || `${root}/share/jupyter/lab`,
    ...after('JUPYTER_PATH', `${root}/share/jupyter`),
    ...after('JUPYTER_CONFIG_PATH', `${root}/etc/jupyter`),
  }
}

// Origins stay as they are by default: the page's own host alone. Without retries a taken port is an error, not another port.
function jupyterArguments(settings: Settings, { who }: Facts): readonly string[] {
  return [
    '--no-browser',
    `--ServerApp.ip=${settings.listen.split(',')[0]}`,
    `--ServerApp.port=${settings.jupyterPort}`,
    '--ServerApp.port_retries=0',
    `--ServerApp.root_dir=${settings.workspace}`,
    '--PasswordIdentityProvider.hashed_password=',
    '--PasswordIdentityProvider.allow_password_change=False',
    ...(who.target.uid === 0 ? ['--allow-root'] : []),
  ]
}
