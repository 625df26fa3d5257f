import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { until } from './until.ts'

const OWN = ownGroup()

/** Whether control groups with a memory limit can be made here: those of the first version, inside the one we are in. */
export const canLimitMemory = OWN !== undefined

/** A control group of the first version that may hold so many bytes; it goes when the test is finished and nothing runs in it. */
export function makeMemoryGroup(bytes: number): string {
  const folder = `${OWN}/comfy-init-${crypto.randomUUID()}`
  mkdirSync(folder)
  onTestFinished(async () => {
    await until(() => readFileSync(`${folder}/cgroup.procs`, 'utf8') === '', 'the group to be empty')
    rmdirSync(folder)
  })
  writeFileSync(`${folder}/memory.limit_in_bytes`, String(bytes))
  return folder
}

function ownGroup(): string | undefined {
  const path = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1]
  const folder = `/sys/fs/cgroup/memory${path === '/' ? '' : path}`
  return path !== undefined && existsSync(`${folder}/memory.oom_control`) ? folder : undefined
}
