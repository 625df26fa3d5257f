import { entry } from '../entry.ts'

/** Problems of the services: how they are started, and what becomes of them. */
export const serviceProblems = {
  COMFY_ARG_UNKNOWN: entry<{ flag: string; near?: string | undefined; version?: string | undefined }>({
    kind: 'settings',
    level: 'warning',
    what: ({ flag }) => `Cannot find ${flag} among the arguments that ComfyUI knows.`,
    why: ({ flag, version }) =>
      `comfy/cli_args.py of ComfyUI${version === undefined ? '' : ` ${version}`} does not define ${flag}; ComfyUI ends with exit code 2 on arguments it does not know.`,
    remedy: ({ flag, near }) =>
      near === undefined
        ? `Take ${flag} out of COMFY_ARGS or the command line.`
        : `Did you mean ${near}? Change it in COMFY_ARGS or the command line.`,
  }),
  COMFY_ARG_LEFT_OUT: entry<{ flag: string }>({
    kind: 'settings',
    level: 'warning',
    what: ({ flag }) => `Cannot use ${flag} without a GPU.`,
    why: ({ flag }) =>
      `ComfyUI is started with --cpu, and it refuses --cpu together with ${flag}; ${flag} is left out.`,
    remedy: ({ flag }) => `Give the container a GPU, or take ${flag} out of COMFY_ARGS or the command line.`,
  }),
  COMFY_TOO_OLD: entry<{ version?: string | undefined }>({
    kind: 'environment',
    what: () => 'Cannot keep the state of this ComfyUI in the workspace while its code stays in the image.',
    why: ({ version }) =>
      `ComfyUI${version === undefined ? '' : ` ${version}`} does not know --base-directory, which is needed for it.`,
    remedy: () => 'Set COMFY_ADOPT=move with a writable workspace, or use an image with a newer ComfyUI.',
  }),
  JUPYTER_MISSING: entry<{ python: string }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot run JupyterLab.',
    why: ({ python }) => `COMFY_JUPYTER is on, but ${python} has no module jupyterlab.`,
    remedy: ({ python }) => `${python} -m pip install jupyterlab in the image, or COMFY_JUPYTER=off.`,
  }),
  JUPYTER_TOKEN_OPEN: entry<{ path: string }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot keep the token of JupyterLab secret.',
    why: ({ path }) => `${path} can be read by others; whoever has the token has a shell in this container.`,
    remedy: ({ path }) => `rm ${path} and start again for a new token, or chmod 600 ${path}.`,
  }),
  SERVICE_NOT_STARTED: entry<{ title: string; file: string; cwd: string; reason: string }>({
    kind: 'environment',
    what: ({ title }) => `Cannot start ${title}.`,
    why: ({ file, cwd, reason }) => `Starting ${file} in ${cwd} gave ${reason}.`,
    remedy: ({ file, cwd }) => `ls -ld ${file} ${cwd}; COMFY_PYTHON names the Python to use.`,
  }),
  SERVICE_PORT_TAKEN: entry<{ title: string; port: number; pid?: number; name?: string }>({
    kind: 'temporary',
    level: 'warning',
    what: ({ title, port }) => `Cannot start ${title} again: port ${port} is still taken.`,
    why: ({ pid, name }) =>
      pid === undefined
        ? 'Its last run has ended, and a process that cannot be seen from here listens there.'
        : `Its last run has ended, but process ${pid}${name === undefined ? '' : ` (${name})`} listens there.`,
    remedy: ({ port, pid }) =>
      pid === undefined
        ? `ss -ltnp 'sport = :${port}' on the machine shows who listens there.`
        : `kill ${pid} inside the container, if nobody needs it.`,
  }),
  SERVICE_GAVE_UP: entry<{ title: string; why: string; logFile: string }>({
    kind: 'environment',
    what: ({ title }) => `Cannot keep ${title} running.`,
    why: ({ why }) => `${why}.`,
    remedy: ({ logFile }) => `tail -n 100 ${logFile} shows its last words.`,
  }),
  LOG_FILE_STOPPED: entry<{ path: string; reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot write ${path} any more.`,
    why: ({ reason }) =>
      `Writing gave ${reason}; the service goes on, its output is only in the container’s log now.`,
    remedy: ({ path }) => `df -h ${path}; df -i ${path}; ls -ld ${path}`,
  }),
} as const
