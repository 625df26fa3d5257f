import {
  IMAGE_CONSTRAINTS,
  IMAGE_HOMES,
  IMAGE_LOCK,
  IMAGE_MANIFEST,
  IMAGE_NODES,
  IMAGE_SETTINGS_FILE,
  IMAGE_VENDOR,
  WORKSPACES,
} from '../../src/base/layout.ts'
import { doorOptions } from '../../src/settings/options/doors.ts'
import { serviceOptions } from '../../src/settings/options/services.ts'

type Words = Readonly<Record<string, string>>

const HINTS = { inContainer: true, isMount: () => false, exists: () => false }

/** What answers at each port that an image exposes, by the port that its setting has when nothing is set. */
export const ports: Words = {
  [serviceOptions.port.fallback(HINTS)]: 'ComfyUI | `COMFY_PORT`',
  [doorOptions.httpPort.fallback(HINTS)]: 'status page, health, metrics: [HTTP](http.md) | `COMFY_HTTP_PORT`',
  [serviceOptions.jupyterPort.fallback(HINTS)]: 'JupyterLab, when `COMFY_JUPYTER=on` | `COMFY_JUPYTER_PORT`',
}

/** Why the image sets each of its variables. */
export const environment: Words = {
  LANG: 'Python and git print UTF-8',
  PATH: 'python, pip and uv of the venv come first',
  COMFY_GPU: 'no GPU is looked for, and ComfyUI is started with `--cpu`',
  NVIDIA_VISIBLE_DEVICES: 'for the container runtime: all GPUs that the container is given',
  NVIDIA_DRIVER_CAPABILITIES: 'for the container runtime: which parts of the driver are brought in',
  NVIDIA_REQUIRE_CUDA: 'for the container runtime: drivers that the image runs on',
  TORCH_CUDA_ARCH_LIST: 'what nodes compile for the GPU is compiled for these cards alone',
}

/** What each build secret is; it gets into no layer. */
export const secrets: Words = {
  git: 'credentials for private nodes, lines like `https://user:token@host`, as in `COMFY_GIT_CREDENTIALS`',
}

/** What each label holds. */
export const labels: Words = {
  'org.opencontainers.image.title': 'name of the image',
  'org.opencontainers.image.description': 'what it is, in a sentence',
  'org.opencontainers.image.version': 'version of comfy-init',
  'org.opencontainers.image.revision': 'its commit',
  'org.opencontainers.image.created': 'when the image was built',
  'org.opencontainers.image.source': 'where its files are kept',
  'org.opencontainers.image.url': 'page about it',
  'org.opencontainers.image.documentation': 'these documents',
  'org.opencontainers.image.vendor': 'who made it',
  'org.opencontainers.image.licenses': 'licences of comfy-init and of ComfyUI',
  'org.opencontainers.image.base.name': 'image that it is built on',
  'io.github.comfy-init.comfyui.ref': 'tag, branch or commit of ComfyUI that was asked for',
  'io.github.comfy-init.comfyui.commit': 'commit of ComfyUI that was insisted on',
  'io.github.comfy-init.torch.index': 'index that torch was taken from, where one was named',
  'io.github.comfy-init.cuda': 'CUDA that torch is built with',
  'io.github.comfy-init.arch': 'compute capabilities that torch was found to have code for',
  'io.github.comfy-init.jupyter': 'whether JupyterLab is in it',
  'io.github.comfy-init.nodes': 'nodes that it brings along',
}

/** What lies at each path of the image, beside the distribution. */
export const paths: Words = {
  [`${IMAGE_HOMES[0]}/`]: 'ComfyUI with a shallow `.git`; `.comfy-init-image.json` says version and commit',
  '/opt/venv/': 'Python environment with torch, uv, pip, what ComfyUI and the nodes require, and JupyterLab',
  '/usr/local/bin/comfy-init': 'the program',
  '/usr/bin/tini': 'PID 1',
  [IMAGE_SETTINGS_FILE]: 'settings of the image; the environment and the workspace’s own file come before it',
  [IMAGE_MANIFEST]: 'which nodes the image wants',
  [IMAGE_LOCK]: 'which ones exactly',
  [IMAGE_CONSTRAINTS]: 'packages of the image that no node may replace',
  [`${IMAGE_VENDOR}/`]: 'their repositories and archives, so that a first start asks no network',
  [`${IMAGE_NODES}/`]:
    'not there; nodes that an image of your own brings along as folders are looked for here',
  '/usr/share/doc/comfy-init/':
    '`LICENSE`, `NOTICE` and `THIRD-PARTY-NOTICES.txt`: licences of what is in the image',
  [`${WORKSPACES[0]}/`]: 'the workspace: mount a volume here. Mode 1777, so that any user can write to it',
}
