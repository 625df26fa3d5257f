import { entry } from '../entry.ts'

/** Problems with a venv that lies inside the ComfyUI tree and is moved with it. */
export const venvProblems = {
  VENV_NOT_MOVED: entry<{ venv: string; command: string; said: string }>({
    kind: 'environment',
    what: ({ venv }) => `Cannot use the venv ${venv}.`,
    why: ({ command, said }) =>
      `It lies inside the workspace’s ComfyUI and was started where it is now. ${command}: ${said}.`,
    remedy: () =>
      'Set COMFY_PYTHON to a Python outside the workspace, e.g. COMFY_PYTHON=/opt/venv/bin/python, or COMFY_ADOPT=link to run ComfyUI from the image.',
  }),
  VENV_TO_NOEXEC: entry<{ path: string; mount: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot move the image’s venv to where ${path} would be its Python.`,
    why: ({ mount }) =>
      `${mount} is mounted noexec: programs and compiled modules there cannot be loaded. Nothing was moved.`,
    remedy: ({ mount }) =>
      `Mount ${mount} with exec, or set COMFY_ADOPT=link to run ComfyUI from the image, with its state in the workspace.`,
  }),
} as const
