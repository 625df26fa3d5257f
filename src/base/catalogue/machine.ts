import { entry } from '../entry.ts'
import { type Person, personText } from '../ids.ts'
import { byRuntime, mountReadOnlyAt } from '../remedy.ts'
import { sizeText } from '../text.ts'
import { placeProblems } from './place.ts'

/** Problems with the image, the place, and the machine around them. */
export const machineProblems = {
  ...placeProblems,

  IMAGE_TREE_MISSING: entry<{ looked: readonly string[] }>({
    kind: 'environment',
    what: () => 'Cannot find ComfyUI.',
    why: ({ looked }) => `None of ${looked.join(', ')} holds main.py.`,
    remedy: () => 'Set COMFY_HOME to the folder of the image that holds ComfyUI’s main.py.',
  }),

  HOME_WITHOUT_COMFYUI: entry<{ path: string }>({
    kind: 'settings',
    what: ({ path }) => `Cannot find ComfyUI in ${path}.`,
    why: ({ path }) => `COMFY_HOME is ${path}, and ${path}/main.py cannot be read.`,
    remedy: () => 'Set COMFY_HOME to the folder of the image that holds ComfyUI’s main.py, or unset it.',
  }),

  PYTHON_MISSING: entry<{ asked: string | undefined }>({
    kind: 'environment',
    what: () => 'Cannot find a Python to run ComfyUI with.',
    why: ({ asked }) =>
      asked === undefined
        ? 'There is none at /opt/venv/bin/python, none beside ComfyUI, and no python3 in PATH.'
        : `COMFY_PYTHON is ${asked}, which is not a program that can be run.`,
    remedy: () => 'Set COMFY_PYTHON to the python of the environment that has ComfyUI’s requirements.',
  }),

  PYTHON_REFUSED: entry<{ path: string; code: string; us: Person; instead: string | undefined }>({
    kind: 'environment',
    what: ({ path, us }) => `Cannot run ${path} as ${personText(us)}.`,
    why: ({ code, us, instead }) =>
      [
        `It, or what it leads to, is not for user ${us.uid} (${code}).`,
        ...(instead === undefined ? [] : [`ComfyUI is run with ${instead} instead.`]),
      ].join(' '),
    remedy: ({ path }) =>
      `In the image, install Python where everybody can read it (with uv: UV_PYTHON_INSTALL_DIR=/opt/python), or chmod a+rx the folders that readlink -f ${path} shows. Or set COMFY_PYTHON to another.`,
  }),

  PYTHON_TOO_OLD: entry<{ path: string; version: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ version }) => `Python ${version} is too old for ComfyUI.`,
    why: ({ path, version }) => `${path} is Python ${version}; ComfyUI needs 3.10 or newer.`,
    remedy: () => 'Set COMFY_PYTHON to a newer one, e.g. COMFY_PYTHON=/opt/venv/bin/python.',
  }),

  PYTHON_ON_NOEXEC: entry<{ path: string; mount: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot run ${path}.`,
    why: ({ mount }) =>
      `It lies on ${mount}, which is mounted noexec: programs and compiled modules there cannot be loaded.`,
    remedy: ({ mount }) =>
      `Mount ${mount} with exec, or set COMFY_PYTHON to a Python of the image, e.g. COMFY_PYTHON=/opt/venv/bin/python.`,
  }),

  SHARED_MODELS_MISSING: entry<{ path: string; links: readonly string[] }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot find the shared models in ${path}.`,
    why: ({ path, links }) =>
      links.length === 0
        ? `${path} does not exist: no mount brings it.`
        : `${path} does not exist: no mount brings it. Links that lead there now lead nowhere: ${links.join(', ')}.`,
    remedy: ({ path }, runtime) =>
      `Mount it: ${mountReadOnlyAt(path, runtime)}. Or take ${path} out of COMFY_SHARED_MODELS.`,
  }),

  SHARED_MODELS_UNREADABLE: entry<{ path: string; code: string; us: Person }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot read the shared models in ${path}.`,
    why: ({ path, code, us }) =>
      `ComfyUI runs as ${personText(us)}, and listing ${path} is refused (${code}).`,
    remedy: ({ path, us }) =>
      `On the host, let others read it: chmod -R a+rX /srv/models (the folder that is mounted at ${path}), or give user ${us.uid} a group that may.`,
  }),

  SHARED_MODELS_WRITABLE: entry<{ path: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `The shared models in ${path} are not protected.`,
    why: () => 'The mount is not read-only. comfy-init never writes there, but a node could.',
    remedy: ({ path }, runtime) => `Mount it read-only: ${mountReadOnlyAt(path, runtime)}.`,
  }),

  PORT_BUSY: entry<{ use: string; setting: string; address: string; port: number }>({
    kind: 'temporary',
    what: ({ address, port }) => `Cannot listen on ${address} port ${port}.`,
    why: ({ use }) => `It is for ${use}, and another program already listens there.`,
    remedy: ({ setting, port }) =>
      `Set ${setting}=${port === 65535 ? port - 1 : port + 1} or another free port, or end what listens there (ss -ltnp shows it).`,
  }),

  PORT_REFUSED: entry<{ use: string; setting: string; address: string; port: number; code: string }>({
    kind: 'environment',
    what: ({ address, port }) => `Cannot listen on ${address} port ${port}.`,
    why: ({ use, code }) => `It is for ${use}, and the system refuses it: ${code}.`,
    remedy: ({ setting }) => `Set ${setting} to another port, or let this container have that one.`,
  }),

  ADDRESS_UNUSABLE: entry<{ use: string; setting: string; address: string; code: string }>({
    kind: 'settings',
    what: ({ address }) => `Cannot listen on the address ${address}.`,
    why: ({ use, code }) => `It is for ${use}, and no network interface here has it: ${code}.`,
    remedy: ({ setting }) =>
      `Set ${setting}=0.0.0.0 for every address of this machine, or 127.0.0.1 for this machine alone.`,
  }),

  PORT_TWICE: entry<{ port: number; uses: readonly string[]; settings: readonly string[] }>({
    kind: 'settings',
    what: ({ port }) => `Cannot use port ${port} twice.`,
    why: ({ port, uses, settings }) =>
      `It is for ${uses.join(' and for ')}: ${settings.map((each) => `${each}=${port}`).join(', ')}.`,
    remedy: ({ settings, port }) =>
      `Set ${settings.at(-1)}=${port === 65535 ? port - 1 : port + 1} or another free port.`,
  }),

  PORT_PRIVILEGED: entry<{ use: string; setting: string; port: number; us: Person }>({
    kind: 'environment',
    what: ({ port }) => `Cannot listen on port ${port}.`,
    why: ({ use, us }) =>
      `It is for ${use}, which runs as ${personText(us)}, and ports below 1024 are root’s on this machine.`,
    remedy: ({ setting, port }, runtime) =>
      byRuntime(runtime, {
        docker: `Set ${setting}=${port + 8000} and publish it: -p ${port}:${port + 8000}. Or allow it: --sysctl net.ipv4.ip_unprivileged_port_start=0.`,
        podman: `Set ${setting}=${port + 8000} and publish it: -p ${port}:${port + 8000}. Or allow it: --sysctl net.ipv4.ip_unprivileged_port_start=0.`,
        kubernetes: `Set ${setting}=${port + 8000} and in the Service: port: ${port}, targetPort: ${port + 8000}.`,
        runpod: `Set ${setting}=${port + 8000} and expose that port.`,
        none: `Set ${setting}=${port + 8000}.`,
      }),
  }),

  MEMORY_LOW: entry<{ bytes: number }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'ComfyUI may be killed for want of memory.',
    why: ({ bytes }) =>
      `The container’s memory limit is ${sizeText(bytes)}; ComfyUI alone takes about 1 GiB without a model.`,
    remedy: (_, runtime) =>
      byRuntime(runtime, {
        docker: 'Raise it: docker run --memory 16g.',
        podman: 'Raise it: podman run --memory 16g.',
        kubernetes: 'Raise it: resources: limits: memory: 16Gi.',
        runpod: 'Choose a pod with more memory.',
        none: 'Raise the limit of the cgroup (memory.max).',
      }),
  }),

  SHM_SMALL: entry<{ bytes: number }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Nodes that share memory between processes may fail.',
    why: ({ bytes }) => `/dev/shm has ${sizeText(bytes)} free; Docker gives 64 MiB.`,
    remedy: (_, runtime) =>
      byRuntime(runtime, {
        docker: 'Raise it: docker run --shm-size 1g.',
        podman: 'Raise it: podman run --shm-size 1g.',
        kubernetes: 'Mount an emptyDir with medium: Memory at /dev/shm.',
        runpod: 'Ask for a pod with more shared memory.',
        none: 'Raise it: mount -o remount,size=1G /dev/shm.',
      }),
  }),

  CLOCK_WRONG: entry<{ nowMs: number }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'The clock of this machine is wrong.',
    why: ({ nowMs }) =>
      `It says ${new Date(nowMs).toISOString()}, before this program was built: downloads will fail at their certificates.`,
    remedy: () => 'Set the host’s clock: sudo timedatectl set-ntp true.',
  }),
} as const
