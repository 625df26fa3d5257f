import { entry } from '../entry.ts'

/** Problems with the Python packages of custom nodes. */
export const packageProblems = {
  NODE_REQUIREMENT_REFUSED: entry<{
    folder: string
    file: string
    line: number | undefined
    text: string | undefined
    reason: string
  }>({
    kind: 'environment',
    level: 'warning',
    what: ({ folder }) => `Cannot install what the node ${folder} requires.`,
    why: ({ file, line, text, reason }) =>
      line === undefined
        ? `${file} ${reason}. Nothing of it was installed.`
        : `Line ${line} of ${file}, «${text}», ${reason}. Nothing of it was installed.`,
    remedy: ({ folder }) =>
      `Write the lines that it needs, as name==version, under «requirements:» of ${folder} in nodes.yaml; what has only an address can be installed by hand in a terminal: pip install ADDRESS.`,
  }),
  NODE_PACKAGES_CONFLICT: entry<{
    folder: string
    line: string
    against: string
    said: string
  }>({
    kind: 'environment',
    level: 'warning',
    what: ({ folder }) => `Cannot install what the node ${folder} requires: it does not fit.`,
    why: ({ line, against, said }) =>
      `It asks for ${line}, and ${against}. ${said} Nothing of it was installed; the other nodes have their packages.`,
    remedy: ({ folder }) =>
      `Take another version of the node, or write lines that fit under «requirements:» of ${folder} in nodes.yaml.`,
  }),
  NODE_PACKAGES_MISSING: entry<{ folder: string; said: string; offline: boolean }>({
    kind: 'environment',
    level: 'warning',
    what: ({ folder }) => `Cannot install what the node ${folder} requires.`,
    why: ({ said }) => `${said} Nothing of it was installed; the other nodes have their packages.`,
    remedy: ({ folder, offline }) =>
      offline
        ? 'Unset COMFY_OFFLINE for one start, or put the wheels into the folder that COMFY_VENDOR_DIR names: comfy-init nodes vendor DIR'
        : `Look at its requirements, or write lines that can be had under «requirements:» of ${folder} in nodes.yaml.`,
  }),
  NODE_SCRIPT_FAILED: entry<{ folder: string; reason: string; said: string; log: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ folder }) => `Cannot run the install script of the node ${folder} to its end.`,
    why: ({ reason, said }) => `It ${reason}${said === '' ? '' : `; its last line: ${said}`}.`,
    remedy: ({ log, folder }) =>
      `Look at what it printed: tail -n 50 ${log}. It runs again when its install.py changes, or with: comfy-init nodes update ${folder}`,
  }),
  PACKAGES_NO_INSTALLER: entry<{ python: string; nodes: string }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot install Python packages of custom nodes.',
    why: ({ python, nodes }) =>
      `There is no uv that runs in PATH or beside ${python}, and that Python has no pip of version 23 or later. Packages are missing for: ${nodes}.`,
    remedy: ({ python }) => `Put one of them into the image: ${python} -m ensurepip, or pip install uv`,
  }),
  PACKAGES_NOT_REACHED: entry<{ said: string; kept: boolean }>({
    kind: 'temporary',
    level: 'warning',
    what: () => 'Cannot reach the index of Python packages.',
    why: ({ said, kept }) =>
      `${said} ${kept ? 'The packages installed before are used as they are.' : 'Packages of custom nodes are missing.'} The next start tries again.`,
    remedy: () =>
      'Look at the network and at PIP_INDEX_URL and UV_DEFAULT_INDEX; COMFY_OFFLINE=on stops the tries.',
  }),
  PACKAGES_NOT_INSTALLED: entry<{ said: string; kept: boolean }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot install the Python packages of custom nodes.',
    why: ({ said, kept }) =>
      `${said} ${kept ? 'The packages installed before are used as they are.' : 'Packages of custom nodes are missing.'}`,
    remedy: () => 'Look at the room that is left: df -h. The next start tries again.',
  }),
  PACKAGES_LEFT_BEHIND: entry<{ packages: string }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot take along all Python packages that were installed by hand.',
    why: ({ packages }) => `${packages}.`,
    remedy: () => 'Install what is needed again, in a terminal of the container: pip install NAME-OR-FILE',
  }),
  PACKAGES_PLACE_UNFIT: entry<{ path: string; reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot keep Python packages of custom nodes in ${path}.`,
    why: ({ reason }) =>
      `${reason}. ComfyUI runs with the image’s packages alone, and what is installed by hand is gone with the container.`,
    remedy: () =>
      'Mount the workspace with exec on a filesystem that has symbolic links, or set COMFY_PACKAGES=off.',
  }),
} as const
