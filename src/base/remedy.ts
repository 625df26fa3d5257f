import type { Runtime } from './entry.ts'
import type { Person } from './ids.ts'

/** Picks the words for the runtime that the container runs under. */
export function byRuntime(runtime: Runtime, words: Readonly<Record<Runtime, string>>): string {
  return words[runtime]
}

/** How to start the container as this person. */
export function startAs({ uid, gid }: Person, runtime: Runtime): string {
  return byRuntime(runtime, {
    docker: `docker run --user ${uid}:${gid} (compose: user: "${uid}:${gid}")`,
    podman: `podman run --user ${uid}:${gid} --userns=keep-id:uid=${uid},gid=${gid}`,
    kubernetes: `in the pod’s securityContext: runAsUser: ${uid}, runAsGroup: ${gid}, fsGroup: ${gid}`,
    runpod: `COMFY_IDENTITY=adapt COMFY_UID=${uid} COMFY_GID=${gid} in the template (pods always start as root)`,
    none: `sudo setpriv --reuid ${uid} --regid ${gid} --clear-groups comfy-init`,
  })
}

/** How to mount a volume at a path. */
export function mountAt(path: string, runtime: Runtime): string {
  return byRuntime(runtime, {
    docker: `docker run -v /srv/comfy:${path} (a folder of the host), or -v comfy:${path} (a named volume)`,
    podman: `podman run -v /srv/comfy:${path}:Z (a folder of the host), or -v comfy:${path} (a named volume)`,
    kubernetes: `a PersistentVolumeClaim in volumes, and in volumeMounts: mountPath: ${path}`,
    runpod: `a network volume or volume disk with the mount path ${path} in the pod’s template`,
    none: `sudo mount --bind /srv/comfy ${path}`,
  })
}

/** How to mount a folder that must stay as it is. */
export function mountReadOnlyAt(path: string, runtime: Runtime): string {
  return byRuntime(runtime, {
    docker: `docker run -v /srv/models:${path}:ro`,
    podman: `podman run -v /srv/models:${path}:ro`,
    kubernetes: `in volumeMounts: mountPath: ${path}, readOnly: true`,
    runpod: `a network volume that holds ${path}`,
    none: `sudo mount --bind -o ro /srv/models ${path}`,
  })
}

/** How to give the container a GPU, as a sentence. */
export function giveGpu(runtime: Runtime): string {
  return byRuntime(runtime, {
    docker: 'Start it with docker run --gpus all (needs the NVIDIA Container Toolkit on the host).',
    podman:
      'Start it with podman run --device nvidia.com/gpu=all (after nvidia-ctk cdi generate on the host).',
    kubernetes:
      'Ask for one: resources: limits: nvidia.com/gpu: 1 (needs the NVIDIA device plugin on the node).',
    runpod: 'Choose a pod with a GPU; CPU pods have none.',
    none: 'Install an NVIDIA driver until nvidia-smi lists a card.',
  })
}
