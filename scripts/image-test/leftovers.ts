import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { LABEL } from './plan.ts'

/** Removes the containers that this process made, and those of runs that were killed; nobody else’s. */
export function removeLeftovers(program: string): void {
  const list = ['ps', '--all', '--filter', `label=${LABEL}`, '--format', '{{.ID}} {{.Labels}}']
  const { stdout } = spawnSync(program, list, { encoding: 'utf8' })
  const ids = stdout.split('\n').flatMap((line) => {
    // docker writes labels as a=b, podman as a:b.
    const [, id, maker] = new RegExp(`^(\\w+) .*\\b${LABEL}[=:](\\d+)`).exec(line) ?? []
    const isOurs = maker === String(process.pid) || !existsSync(`/proc/${maker}`)
    return id !== undefined && isOurs ? [id] : []
  })
  const atOnce = program === 'podman' ? ['--time', '0'] : []
  if (ids.length > 0)
    spawnSync(program, ['rm', '--force', '--volumes', ...atOnce, ...ids], { stdio: 'ignore' })
}
