import { entry } from '../entry.ts'

const NEAR = ({ near }: { near?: string | undefined }) =>
  near === undefined ? 'See comfy-init explain for all names.' : `Did you mean «${near}»?`

/** Problems of settings: what a person wrote in the environment, on the command line or in a file. */
export const settingProblems = {
  SETTING_INVALID: entry<{
    /** As it was written: `COMFY_PORT`, `--port`, `port in /etc/comfy-init.yaml:3`. */
    name: string
    /** Undefined where it must not be shown. */
    value: string | undefined
    /** `it must be a number` */
    must: string
    /** What stands for the value in help, for one whose example is not shown. */
    accepts: string
    /** `COMFY_PORT=8188`, as it can be written where the wrong value was; undefined for a secret. */
    write: string | undefined
    /** `id -u shows yours` */
    look?: string | undefined
    fallback: string
  }>({
    kind: 'settings',
    what: ({ name }) => `Cannot use the value of ${name}.`,
    why: ({ value, must }) => {
      const shown = value === undefined ? 'The value, which is not shown,' : `«${value}»`
      const quotes = value !== undefined && /^(['"]).*\1$/.test(value)
      return `${shown} is wrong: ${must}.${quotes ? ' The quotes around it are part of it.' : ''}`
    },
    remedy: ({ accepts, write, look, fallback }) => {
      const right = write === undefined ? `Write a ${accepts} in one line` : `Set ${write}`
      return `${right}, or leave it out for the default: ${fallback}.${look === undefined ? '' : ` ${look}.`}`
    },
  }),
  SETTING_UNKNOWN: entry<{ name: string; near?: string | undefined }>({
    kind: 'settings',
    level: 'warning',
    what: ({ name }) => `${name} is set, but nothing reads it.`,
    why: () => 'It is no name of a setting, so that what it says has no effect.',
    remedy: ({ name, near }) =>
      near === undefined ? `Take ${name} away, or rename it.` : `Did you mean «${near}»?`,
  }),
  SETTING_TWICE: entry<{ used: string; ignored: readonly string[] }>({
    kind: 'settings',
    level: 'warning',
    what: ({ used }) => `${used} is used; another name for the same setting says otherwise.`,
    why: ({ used, ignored }) => `${ignored.join(' and ')} differs from ${used} and is not used.`,
    remedy: ({ used, ignored }) => `Keep ${used} and take ${ignored.join(' and ')} away, or make them equal.`,
  }),
  SERVICE_LINK_IGNORED: entry<{ name: string; service: string }>({
    kind: 'settings',
    level: 'warning',
    what: ({ name }) => `${name} is not used: it is the address of a service, not a port.`,
    why: ({ name, service }) =>
      `Kubernetes and Docker links set ${name} in every container beside a service named «${service}».`,
    remedy: ({ service }, runtime) =>
      runtime === 'kubernetes'
        ? `Set enableServiceLinks: false in the pod, or give the service another name than «${service}».`
        : `Give the service another name than «${service}».`,
  }),
  SECRET_TWICE: entry<{ name: string }>({
    kind: 'settings',
    what: ({ name }) => `Cannot choose between ${name} and ${name}_FILE.`,
    why: ({ name }) => `Both are set; ${name} holds the secret itself, ${name}_FILE the path of its file.`,
    remedy: ({ name }) => `Take ${name} or ${name}_FILE away.`,
  }),
  SECRET_FILE_UNUSABLE: entry<{ name: string; path: string; state: 'unreadable' | 'empty' }>({
    kind: 'settings',
    what: ({ name, path }) => `Cannot read the secret of ${name} from ${path}.`,
    why: ({ state }) =>
      state === 'empty' ? 'The file is empty.' : 'There is no such file, or it may not be read.',
    remedy: ({ name, path }, runtime) =>
      runtime === 'kubernetes'
        ? `Mount the Secret so that its file is ${path}, or take ${name} away.`
        : `Mount the secret (docker run -v /path/on/host:${path}:ro), or take ${name} away.`,
  }),
  SETTINGS_FILE_UNREADABLE: entry<{ path: string; reason: string }>({
    kind: 'settings',
    what: ({ path }) => `Cannot read the settings file ${path}.`,
    why: ({ reason }) => `The system says ${reason}.`,
    remedy: ({ path }) => `Make ${path} a readable file, or take it away.`,
  }),
  SETTINGS_FILE_SYNTAX: entry<{ path: string; line: number; fault: string }>({
    kind: 'settings',
    what: ({ path }) => `Cannot understand the settings file ${path}.`,
    why: ({ path, line, fault }) => `${path}:${line}: ${fault}.`,
    remedy: () => 'Write one «name: value» per line, like «port: 8188».',
  }),
  SETTINGS_FILE_KEY_UNKNOWN: entry<{ path: string; line: number; key: string; near?: string | undefined }>({
    kind: 'settings',
    what: ({ path, key }) => `Cannot use «${key}» in ${path}.`,
    why: ({ path, line, key }) => `${path}:${line}: «${key}» is no name of a setting.`,
    remedy: NEAR,
  }),
  SETTINGS_FILE_KEY_MISPLACED: entry<{ path: string; line: number; key: string; env: string; why: string }>({
    kind: 'settings',
    what: ({ path, key }) => `Cannot take «${key}» from ${path}.`,
    why: ({ path, line, why }) => `${path}:${line}: ${why}.`,
    remedy: ({ env }) => `Set ${env} in the container’s environment instead.`,
  }),
  SETTINGS_FILE_VALUE: entry<{ path: string; line: number; key: string; must: string }>({
    kind: 'settings',
    what: ({ path, key }) => `Cannot use the value of «${key}» in ${path}.`,
    why: ({ path, line, must }) => `${path}:${line}: the value ${must}.`,
    remedy: ({ key }) => `See comfy-init explain ${key}, or put the value in quotes.`,
  }),
  FLAG_UNKNOWN: entry<{ flag: string; near?: string | undefined }>({
    kind: 'usage',
    what: ({ flag }) => `Cannot use the flag ${flag}.`,
    why: ({ flag }) => `${flag} is no flag of comfy-init; arguments for ComfyUI come after --.`,
    remedy: NEAR,
  }),
  OPTION_UNKNOWN: entry<{ name: string; near?: string | undefined }>({
    kind: 'usage',
    what: ({ name }) => `Cannot explain «${name}».`,
    why: ({ name }) => `«${name}» is no key, variable, alias or flag of a setting.`,
    remedy: ({ near }) =>
      near === undefined ? 'See comfy-init explain for all.' : `comfy-init explain ${near}`,
  }),
  ARGUMENT_RESERVED: entry<{ argument: string; instead: string }>({
    kind: 'settings',
    what: ({ argument }) => `Cannot pass ${argument} to ComfyUI.`,
    why: ({ argument, instead }) =>
      `${argument} follows from ${instead}; two answers would put the state in two places.`,
    remedy: ({ argument, instead }) => `Take ${argument} away and set ${instead} instead.`,
  }),
  PORTS_EQUAL: entry<{ port: number; settings: readonly string[] }>({
    kind: 'settings',
    what: ({ port }) => `Cannot use port ${port} twice.`,
    why: ({ port, settings }) => `${settings.join(' and ')} are all ${port}.`,
    remedy: ({ settings }) => `Set all but one of ${settings.join(', ')} to other ports.`,
  }),
  JUPYTER_TOKEN_SHORT: entry<{ name: string; least: number }>({
    kind: 'settings',
    level: 'warning',
    what: () => 'The JupyterLab token is easy to guess.',
    why: ({ name, least }) =>
      `${name} has fewer than ${least} characters, and JupyterLab gives a shell to whoever guesses it.`,
    remedy: ({ name }) => `Set ${name} to the output of openssl rand -hex 24, or leave it out: one is made.`,
  }),
  TOKEN_SHORT: entry<{ name: string; least: number }>({
    kind: 'settings',
    level: 'warning',
    what: () => 'The token for actions over HTTP is easy to guess.',
    why: ({ name, least }) =>
      `${name} has fewer than ${least} characters, and whoever guesses it can stop and restart services.`,
    remedy: ({ name }) =>
      `Set ${name} to the output of openssl rand -hex 24, or leave it out: then nothing can be done over HTTP.`,
  }),
  FOLDERS_OVERLAP: entry<{ written: string; writtenPath: string; kept: string; keptPath: string }>({
    kind: 'settings',
    what: ({ writtenPath, keptPath }) => `Cannot write ${writtenPath} and leave ${keptPath} untouched.`,
    why: ({ written, writtenPath, kept, keptPath }) =>
      `${written} (${writtenPath}) is written; it is, or overlaps, ${kept} (${keptPath}), which is never written.`,
    remedy: ({ written, kept }) => `Set ${written} or ${kept} to a folder outside the other.`,
  }),
  HOME_OVERLAPS_WORKSPACE: entry<{ home: string; workspace: string }>({
    kind: 'settings',
    what: ({ home, workspace }) => `Cannot move ${home} into the workspace ${workspace}.`,
    why: ({ home, workspace }) =>
      home === workspace
        ? 'COMFY_HOME and COMFY_WORKSPACE are the same folder.'
        : `One of COMFY_HOME (${home}) and COMFY_WORKSPACE (${workspace}) lies in the other.`,
    remedy: () =>
      'Set COMFY_ADOPT=link, which leaves COMFY_HOME where it is, or set another COMFY_WORKSPACE.',
  }),
  WORKSPACE_IS_ROOT: entry<{ name: string }>({
    kind: 'settings',
    what: () => 'Cannot use / as the workspace.',
    why: () => 'The workspace’s folders would lie among the system’s own.',
    remedy: ({ name }, runtime) =>
      runtime === 'kubernetes'
        ? `Set ${name} to the mountPath of a volume, like /workspace.`
        : `Set ${name} to the place of a volume, like /workspace, and mount one there (-v comfy:/workspace).`,
  }),
} as const
