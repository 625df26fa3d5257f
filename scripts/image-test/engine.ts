import { writeFileSync } from 'node:fs'
import { runProgram } from './said.ts'
import { STATE, takeFolder } from './state.ts'

/** What builds and what runs images here; undefined where nothing does. */
export type Engine = {
  readonly build: 'docker' | 'podman' | 'buildah' | undefined
  readonly run: 'docker' | 'podman' | undefined
  readonly why: string
}

/** Picks docker where its daemon answers, else podman, else buildah, which builds and runs nothing. */
export async function pickEngine(): Promise<Engine> {
  const docker = await runProgram('docker', ['version', '--format', '{{.Server.Version}}'], {
    limitMs: 10_000,
  })
  if (docker.code === 0)
    return { build: 'docker', run: 'docker', why: `docker ${docker.out.trim()}: its daemon answers` }
  const noDocker = docker.code === 127 ? 'no docker' : 'docker without a daemon'
  const podman = await runProgram('podman', ['--version'])
  if (podman.code === 0)
    return { build: 'podman', run: 'podman', why: `${podman.out.trim()}: ${noDocker} here` }
  const buildah = await runProgram('buildah', ['--version'])
  if (buildah.code === 0)
    return {
      build: 'buildah',
      run: undefined,
      why: `buildah builds and nothing runs: ${noDocker}, no podman`,
    }
  return { build: undefined, run: undefined, why: `${noDocker}, no podman, no buildah` }
}

/**
 * Gives podman and buildah a store of our own, over the user’s, which is read and never written. The store stays for the
 * next run.
 */
export async function useOwnStore(): Promise<void> {
  takeFolder(STATE)
  if (process.env.CONTAINERS_STORAGE_CONF?.startsWith(`${STATE}/`)) return
  const format = '{{.Store.GraphRoot}} {{.Store.GraphDriverName}}'
  const { out } = await runProgram('podman', ['info', '--format', format])
  const [root, driver] =
    out.trim() === '' ? ['/var/lib/containers/storage', 'overlay'] : out.trim().split(' ')
  const lines = [
    '[storage]',
    `driver = "${driver}"`,
    `graphroot = "${STATE}/storage"`,
    `runroot = "${runFolder()}"`,
    '[storage.options]',
    `additionalimagestores = ["${root}"]`,
  ]
  writeFileSync(`${STATE}/storage.conf`, `${lines.join('\n')}\n`)
  process.env.CONTAINERS_STORAGE_CONF = `${STATE}/storage.conf`
  // Nobody here starts timers, and a podman that looks for systemd in vain refuses images with a HEALTHCHECK.
  process.env.DISABLE_HC_SYSTEMD = 'true'
}

/** Removes what earlier runs built and no tag names any more from our own store, when it is a day old. */
export async function pruneOwnStore(): Promise<void> {
  if (!process.env.CONTAINERS_STORAGE_CONF?.startsWith(`${STATE}/`)) return
  await runProgram('podman', ['image', 'prune', '--force', '--filter', 'until=24h'])
}

function runFolder(): string {
  const top = process.getuid?.() === 0 ? '/run' : (process.env.XDG_RUNTIME_DIR ?? STATE)
  return `${top}/comfy-init-image-test`
}
