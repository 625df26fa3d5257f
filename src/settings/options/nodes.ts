import { IMAGE_CONSTRAINTS, IMAGE_VENDOR } from '../../base/layout.ts'
import type { Secret } from '../../base/secret.ts'
import { option } from '../option.ts'
import { duration, durationText, hidden, onOff, path, url, word, words } from '../values.ts'

/** Custom nodes and their Python packages. */
export const nodeOptions = {
  nodes: option<readonly string[] | undefined>({
    env: 'COMFY_NODES',
    flag: 'nodes',
    value: 'NAME|ID[@VERSION]|URL[@REF]…',
    example: 'ComfyUI-Manager',
    schema: words,
    fallback: () => undefined,
    why: 'ComfyUI-Manager and comfyui_controlnet_aux, which nearly everybody installs first, where no nodes.yaml says otherwise; empty for none',
    about: 'Custom nodes that are wanted, beside those of the image’s and the workspace’s nodes.yaml.',
    list: true,
  }),
  packages: option<'auto' | 'off'>({
    env: 'COMFY_PACKAGES',
    flag: 'packages',
    value: 'auto|off',
    schema: word('auto', 'off'),
    fallback: () => 'auto',
    why: 'auto: what nodes require is installed into the workspace, over the image’s own packages',
    about: 'Whether Python packages of custom nodes are installed, and kept in the workspace.',
  }),
  nodeCheck: option<boolean>({
    env: 'COMFY_NODE_CHECK',
    flag: 'node-check',
    value: 'on|off',
    schema: onOff,
    fallback: () => true,
    why: 'on: after a change of nodes or packages, ComfyUI loads them once, and ends, before it is started',
    about: 'Whether custom nodes are imported on trial after a change.',
  }),
  nodeTimeoutMs: option<number>({
    env: 'COMFY_NODE_TIMEOUT',
    flag: 'node-timeout',
    value: 'SECONDS',
    schema: duration,
    fallback: () => 600_000,
    why: '600: large packages over a slow line take minutes',
    about:
      'Longest time for one node’s checkout, one installation of packages, one install script and one import check.',
    show: durationText,
  }),
  offline: option<boolean>({
    env: 'COMFY_OFFLINE',
    flag: 'offline',
    value: 'on|off',
    schema: onOff,
    fallback: () => false,
    why: 'off; a start that has nothing to install uses no network in any case',
    about: 'Whether nodes and packages come only from the image and the caches, never from the network.',
  }),
  vendorFolder: option<string>({
    env: 'COMFY_VENDOR_DIR',
    flag: 'vendor',
    value: 'DIR',
    schema: path,
    fallback: () => IMAGE_VENDOR,
    why: `${IMAGE_VENDOR}; nothing happens when it does not exist`,
    about:
      'Folder with repositories, archives and wheels, as «comfy-init nodes vendor» fills it; they come before the network.',
  }),
  constraintsFile: option<string>({
    env: 'COMFY_CONSTRAINTS',
    flag: 'constraints',
    value: 'FILE',
    schema: path,
    fallback: () => IMAGE_CONSTRAINTS,
    why: `${IMAGE_CONSTRAINTS}; torch and its family are held fast without it too`,
    about: 'Python packages that no node may replace, as lines name==version.',
  }),
  nodeRegistry: option<string>({
    env: 'COMFY_NODE_REGISTRY',
    flag: 'node-registry',
    value: 'URL',
    schema: url,
    fallback: () => 'https://api.comfy.org',
    why: 'https://api.comfy.org, the Comfy Registry',
    about: 'Registry that nodes are asked for by their id.',
  }),
  gitCredentials: option<Secret | undefined>({
    env: 'COMFY_GIT_CREDENTIALS',
    flag: 'git-credentials',
    value: 'URL…',
    schema: hidden,
    fallback: () => undefined,
    why: 'none: only public repositories',
    about: 'Credentials for private repositories, as https://user:token@host, several with spaces between.',
    secret: true,
  }),
} as const
