import { entry, type Runtime } from '../entry.ts'
import { NOT_EXECUTABLE, NOT_FOUND } from '../exit-code.ts'
import { type Owner, ownerText } from '../owner.ts'

const REMEDY_BY_CODE: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space on the volume, or give it a larger one, and start the container again.',
  EDQUOT: 'Raise the quota of this user on the volume, or free some space, and start the container again.',
  EROFS: 'Mount the volume read-write, and start the container again.',
  EACCES: 'Let the user that ComfyUI runs as write there: see comfy-init doctor for who that is.',
  EPERM: 'Let the user that ComfyUI runs as write there: see comfy-init doctor for who that is.',
}

/** What sun_path of unix(7) holds, but its last byte. */
const MOST_SOCKET_BYTES = 107

/** Problems with the words typed on the command line, and our own bugs. */
export const usageProblems = {
  COMMAND_NOT_FOUND: entry<{ command: string; near?: string | undefined }>({
    kind: 'usage',
    exitCode: NOT_FOUND,
    what: ({ command }) => `Cannot run «${command}».`,
    why: ({ command }) => `«${command}» is neither a comfy-init command nor a program in PATH.`,
    remedy: ({ near }) =>
      near === undefined ? 'See comfy-init --help.' : `Did you mean «comfy-init ${near}»?`,
  }),
  STEP_FAILED: entry<{ step: string; title: string; code: string; message: string }>({
    kind: 'environment',
    what: ({ title }) => `Cannot finish «${title}».`,
    why: ({ step, message }) =>
      `Step ${step} ended with: ${message}. What it had begun is finished or redone by the next boot.`,
    remedy: ({ code }) =>
      REMEDY_BY_CODE[code] ?? 'Repair what the sentence above names and start the container again.',
  }),
  ROUNDS_EXHAUSTED: entry<{ rounds: number; steps: readonly string[] }>({
    kind: 'bug',
    what: () => 'Cannot bring the machine into the planned state.',
    why: ({ rounds, steps }) => `After ${rounds} rounds these steps are still planned: ${steps.join(', ')}.`,
    remedy: () => 'Report it with the output of comfy-init doctor --json.',
  }),
  DOOR_CLOSED: entry<{ address: string; port: number; message: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ address, port }) =>
      `Cannot open the HTTP door (probes, status, boot page) on ${address}:${port}.`,
    why: ({ message }) => message,
    remedy: () => 'Set COMFY_HTTP_PORT to a free port; ComfyUI itself is not affected.',
  }),
  EARLY_PAGE_CLOSED: entry<{ address: string; port: number; message: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ address, port }) => `Cannot show the boot page on ComfyUI’s port, ${address}:${port}.`,
    why: ({ message }) => message,
    remedy: () =>
      'Open it on COMFY_HTTP_PORT instead, or set COMFY_BOOT_PAGE_ON_COMFY_PORT=off; ComfyUI itself is not affected.',
  }),
  COMMAND_NOT_EXECUTABLE: entry<{ command: string; code: string }>({
    kind: 'usage',
    exitCode: NOT_EXECUTABLE,
    what: ({ command }) => `Cannot run «${command}».`,
    why: ({ command, code }) => `${command} is there, but the system does not start it (${code}).`,
    remedy: ({ command, code }) =>
      code === 'ENOEXEC'
        ? `Look at its first line with head -1 ${command}: a script begins with #!, a program must be built for this machine.`
        : `chmod +x ${command}, and look whether it lies on a mount with noexec.`,
  }),
  ARGUMENTS_INVALID: entry<{ command: string; message: string; hint?: string | undefined }>({
    kind: 'usage',
    what: ({ command }) => `Cannot read the words after «comfy-init ${command}».`,
    why: ({ message }) => message,
    remedy: ({ command, hint }) => hint ?? `comfy-init ${command} --help`,
  }),
  OUTPUT_LOST: entry<{ code: string }>({
    kind: 'environment',
    exitCode: 1,
    what: () => 'Cannot write all of the answer to standard output.',
    why: ({ code }) => `The system answered ${code}${code === 'ENOSPC' ? ': the disk is full' : ''}.`,
    remedy: ({ code }) =>
      code === 'ENOSPC'
        ? 'Free some space where standard output leads, and type it again.'
        : 'Lead standard output elsewhere, and type it again.',
  }),
  SERVICE_NOT_FOUND: entry<{ service: string; services: readonly string[]; near?: string | undefined }>({
    kind: 'usage',
    what: ({ service }) => `Cannot find a service «${service}».`,
    why: ({ services }) =>
      services.length === 0 ? 'No service has been started yet.' : `There is: ${services.join(', ')}.`,
    remedy: ({ near }) => (near === undefined ? 'comfy-init status' : `Did you mean «${near}»?`),
  }),
  NOT_RUNNING: entry<{ instance: string; tried: readonly string[] }>({
    kind: 'environment',
    what: ({ instance }) => `Cannot find a running comfy-init for the instance «${instance}».`,
    why: ({ tried }) => `Nobody answers at ${tried.join(', ')}.`,
    remedy: (_, runtime) =>
      runtime === 'kubernetes'
        ? 'kubectl exec POD -- comfy-init status, as the user the container runs as'
        : 'Run it inside the container, as root or the user ComfyUI runs as: docker exec CONTAINER comfy-init status. COMFY_INSTANCE_ID names another instance.',
  }),
  SERVICE_LOG_ABSENT: entry<{ service: string; path: string }>({
    kind: 'environment',
    what: ({ service }) => `Cannot print the log of ${service}.`,
    why: ({ path }) => `There is no file ${path}, or it cannot be read.`,
    remedy: () => 'The container’s own log has every line too: docker logs CONTAINER.',
  }),
  DOOR_ANSWER: entry<{ path: string; status: number; body: string }>({
    kind: 'bug',
    what: ({ path }) => `Cannot use what the running comfy-init answers to ${path}.`,
    why: ({ status, body }) => `It answered ${status}: ${body.slice(0, 200)}`,
    remedy: () => 'Use the comfy-init of the same version as the running one: comfy-init version.',
  }),
  CONTROL_TAKEN: entry<{ socket: string; instance: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ instance }) => `Cannot be steered as «${instance}»: another comfy-init has that name here.`,
    why: ({ socket }) =>
      `It answers at ${socket}. ComfyUI and the probes are not affected; status, restart and stop ask the other.`,
    remedy: ({ instance }) => `Set COMFY_INSTANCE_ID=${instance}2.`,
  }),
  CONTROL_CLOSED: entry<{ socket: string; bytes: number; message: string }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot open the control socket: status, restart and stop in the container find nobody.',
    why: ({ socket, bytes, message }) =>
      bytes > MOST_SOCKET_BYTES
        ? `Its path is ${bytes} bytes long, a socket may have ${MOST_SOCKET_BYTES}: ${socket}. ComfyUI and the probes are not affected.`
        : `${message}. ComfyUI and the probes are not affected.`,
    remedy: ({ bytes }) =>
      bytes > MOST_SOCKET_BYTES
        ? 'Set COMFY_RUNTIME_DIR to a shorter path, like /run/comfy.'
        : 'Set COMFY_RUNTIME_DIR to a folder of your own on a local disk, like /run/comfy.',
  }),
  CONTROL_FOLDER_STRANGE: entry<{ folder: string; why: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ folder }) => `Cannot put the control socket into ${folder}.`,
    why: ({ why }) =>
      `${why[0]?.toUpperCase()}${why.slice(1)}: whoever made it could answer in our place. ComfyUI and the probes are not affected.`,
    remedy: ({ folder }) => `rm -r ${folder}, or set COMFY_RUNTIME_DIR to a folder of your own.`,
  }),
  SERVICE_BUSY: entry<{ service: string; act: string; because: string }>({
    kind: 'temporary',
    what: ({ service, act }) => `Cannot ${act} ${service} now.`,
    why: ({ because }) => because,
    remedy: () => 'comfy-init status shows what it is doing; ask again once that is over.',
  }),
  NO_TREE_TO_CHANGE: entry<{ act: 'verify' | 'upgrade' | 'rollback'; path: string; because: string }>({
    kind: 'environment',
    what: ({ act, path }) => `Cannot ${ACTS[act]} ComfyUI in ${path}.`,
    why: ({ because }) => because,
    remedy: () =>
      'comfy-init workspace status shows what lies there, comfy-init plan what a start does about it.',
  }),
  TREE_NOT_LISTED: entry<{ path: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot tell what was changed in ${path}.`,
    why: () =>
      'Nobody wrote down what it came with: it was taken over from another image, or its list was removed.',
    remedy: () =>
      'An upgrade replaces it by a ComfyUI with such a list; your files stay: comfy-init workspace upgrade',
  }),
  TREE_NOT_READ: entry<{ path: string; code: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot read through ${path}.`,
    why: ({ code }) => `The filesystem answered ${code}.`,
    remedy: ({ code }) => REMEDY_BY_CODE[code] ?? 'Look at the volume, and at what the system logged: dmesg.',
  }),
  WORKSPACE_BUSY: entry<{
    act: 'upgrade' | 'rollback' | 'clean' | 'nodes'
    path: string
    why: 'elsewhere' | 'preparing' | 'unknown' | 'switching' | 'rollback'
    owner?: Owner | undefined
  }>({
    kind: 'temporary',
    what: ({ act, path }) => `Cannot ${ACTS[act]} ${BELONGS[act]}${path} now.`,
    why: ({ why, owner }) => BUSY[why](owner),
    remedy: ({ act, why }, runtime) =>
      why === 'elsewhere'
        ? `Ask there: ${inside(runtime)} comfy-init ${COMMANDS[act]}. Or end that container and type this again.`
        : why === 'switching' || why === 'rollback'
          ? `Start the container, which does it, and then: comfy-init ${COMMANDS[act]}`
          : `Wait until comfy-init status says ready, then: comfy-init ${COMMANDS[act]}`,
  }),
  INTERNAL: entry<{ message: string }>({
    kind: 'bug',
    what: () => 'Cannot go on because of a mistake in comfy-init itself.',
    why: ({ message }) => message,
    remedy: () =>
      'Report it with the output of comfy-init doctor --json; COMFY_LOG_LEVEL=debug shows the stack.',
  }),
} as const

const ACTS = {
  verify: 'verify',
  upgrade: 'upgrade',
  rollback: 'roll back',
  clean: 'clean',
  nodes: 'change',
} as const

const BELONGS = {
  upgrade: 'ComfyUI in ',
  rollback: 'ComfyUI in ',
  clean: '',
  nodes: 'the custom nodes of ',
} as const

const COMMANDS = {
  upgrade: 'workspace upgrade',
  rollback: 'workspace rollback',
  clean: 'workspace clean',
  nodes: 'nodes sync',
} as const

const BUSY = {
  elsewhere: (owner) => `Another container uses it: ${ownerText(owner)}.`,
  preparing: () => 'The start of this container is still putting things in their place.',
  unknown: (owner) => `Another comfy-init in this container works on it: process ${owner?.pid ?? 'unknown'}.`,
  switching: () => 'A switch of trees was cut short, and needs all of them to be finished.',
  rollback: () => 'The next start goes back to the previous ComfyUI, as was asked for.',
} as const satisfies Record<string, (owner: Owner | undefined) => string>

function inside(runtime: Runtime): string {
  return runtime === 'kubernetes'
    ? 'kubectl exec POD --'
    : `${runtime === 'podman' ? 'podman' : 'docker'} exec CONTAINER`
}
