import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { makePlace, type Place, type Running, type StartOptions, startComfyui, startReady } from './start.ts'

/** A place of one test's own, with files (path in the base directory → text); removed after the test. */
export async function freshPlace(files: Readonly<Record<string, string>> = {}): Promise<Place> {
  const place = await makePlace()
  onTestFinished(place.remove)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(place.base, path)), { recursive: true })
    await writeFile(join(place.base, path), text)
  }
  return place
}

/** Starts everything but the listening and waits for the end. */
export async function load(
  place: Place,
  options: StartOptions = {},
): Promise<Running & { readonly code: number | null }> {
  const running = await startComfyui(place, {
    ...options,
    args: ['--quick-test-for-ci', ...(options.args ?? [])],
  })
  return { ...running, code: (await running.end).code }
}

/** Starts a stand-in that answers; it is ended after the test. */
export async function ready(place: Place, options: StartOptions = {}): Promise<Running> {
  const running = await startReady(place, options)
  onTestFinished(async () => {
    running.kill('SIGKILL')
    await running.end
  })
  return running
}
