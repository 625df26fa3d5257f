import type { Finished } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'
import { type GpuUse, parseUse, QUERY } from './gpu-use.ts'

/** What nvidia-smi says: how the cards are used, that something is wrong, or that there is no such program. */
export type SmiLook =
  | { readonly state: 'well'; readonly gpus: readonly GpuUse[] }
  | { readonly state: 'ill'; readonly sign: string }
  | { readonly state: 'missing' }

/** Longest that nvidia-smi may take, milliseconds; one that hangs in the driver cannot even be killed. */
const TIMEOUT_MS = 20_000

/** Until the kill at that time has had its effect, milliseconds. */
const SPARE_MS = 2000

/** Asks nvidia-smi; `known` is how many cards it had at first. */
export type AskSmi = (known: number, signal: AbortSignal) => Promise<SmiLook>

/** Asks one nvidia-smi after the other, and answers in time also where one hangs for ever: no other is started beside it. */
export function smiAsker(host: Host): AskSmi {
  const env = Object.fromEntries(
    ['PATH', 'LD_LIBRARY_PATH'].flatMap((name) => {
      const value = host.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
  let hangs = false
  return async (known, signal) => {
    if (hangs) return judge(undefined, known)
    const done = new AbortController()
    const asked = host.exec.run({ file: 'nvidia-smi', args: QUERY, env, timeoutMs: TIMEOUT_MS, signal })
    hangs = true
    void asked.finally(() => {
      hangs = false
    })
    const late = host.clock.sleep(TIMEOUT_MS + SPARE_MS, done.signal).then(() => undefined)
    const ended = await Promise.race([asked, late])
    done.abort()
    return judge(ended, known)
  }
}

function judge(ended: Finished | undefined, known: number): SmiLook {
  if (ended === undefined || ended.timedOut)
    return { state: 'ill', sign: `nvidia-smi did not answer within ${TIMEOUT_MS / 1000} s` }
  if (ended.missing) return { state: 'missing' }
  const said = `${ended.stdout}\n${ended.stderr}`
  const sign = said.split('\n').find((line) => LOST.test(line))
  if (sign !== undefined) return { state: 'ill', sign: `nvidia-smi says «${sign.trim().slice(0, 200)}»` }
  if (ended.code !== 0) return { state: 'ill', sign: `nvidia-smi ended with ${ended.code ?? ended.signal}` }
  const gpus = parseUse(ended.stdout)
  if (gpus.length < known) return { state: 'ill', sign: `nvidia-smi lists ${gpus.length} of ${known} cards` }
  return { state: 'well', gpus }
}

/** nvidia-smi's words for a card that fell off the bus, and for a container that may not open its devices any more. */
const LOST = /GPU is lost|Unknown Error|NVML|Unable to determine the device handle|No devices were found/i
