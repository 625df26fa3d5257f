import type { Fs } from '../host/fs.ts'
import type { Host } from '../host/host.ts'
import type { Card, PythonFacts } from './device-facts.ts'
import { orAbsent } from './or-absent.ts'
import { parseSmi } from './parse-nvidia.ts'

/** What nvidia-smi and torch answered. `archs` is undefined when torch did not. */
export type GpuAnswer = {
  readonly driver: string | undefined
  readonly cards: readonly Card[]
  readonly archs: readonly string[] | undefined
}

/** What an answer holds for: it is asked again when one of these differs. */
export function keyOf(of: {
  readonly driver: string | undefined
  readonly models: readonly string[]
  readonly torch: string | undefined
}): string {
  return [of.driver ?? 'no driver', ...of.models, of.torch ?? 'no torch'].join(' | ')
}

/** The kept answer for a key; undefined when there is none, or one for other hardware, or a torn one. */
export async function readAnswer(fs: Fs, cacheFolder: string, key: string): Promise<GpuAnswer | undefined> {
  const text = await orAbsent(fs.readText(fileIn(cacheFolder)))
  try {
    const kept: unknown = JSON.parse(text ?? 'null')
    if (typeof kept !== 'object' || kept === null || !('key' in kept) || kept.key !== key) return undefined
    return 'answer' in kept ? answerIn(kept.answer) : undefined
  } catch {
    return undefined
  }
}

const TIMEOUT_MS = 20_000

/**
 * Asks nvidia-smi for the cards and Python for torch's architectures, and keeps the answer, also an empty one: a warm
 * boot runs no program. Never throws. A crash leaves no answer or the whole one.
 */
export async function askGpu(
  host: Host,
  {
    key,
    cacheFolder,
    python,
  }: { readonly key: string; readonly cacheFolder: string; readonly python: PythonFacts | undefined },
): Promise<GpuAnswer> {
  const [smi, archs] = await Promise.all([
    run(host, 'nvidia-smi', ['--query-gpu=name,compute_cap,driver_version', '--format=csv,noheader']),
    python?.torch === undefined ? undefined : run(host, python.path, ['-I', '-c', ASK_TORCH]),
  ])
  const answer = { ...parseSmi(smi ?? ''), archs: archsIn(archs) }
  await orAbsent(keep(host.fs, cacheFolder, { key, answer }))
  return answer
}

// torch.cuda.get_arch_list() answers nothing where the driver is too old, and that is when the list is wanted most.
const ASK_TORCH = [
  'import torch',
  'ask = getattr(torch._C, "_cuda_getArchFlags", None)',
  'print("archs:", (ask() if ask else "") or "")',
].join('\n')

async function run(host: Host, file: string, args: readonly string[]): Promise<string | undefined> {
  const env = Object.fromEntries(
    Object.entries(host.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  const ended = await host.exec.run({ file, args, env, timeoutMs: TIMEOUT_MS })
  return ended.code === 0 ? ended.stdout : undefined
}

function archsIn(stdout: string | undefined): readonly string[] | undefined {
  const [, list] = /^archs:(.*)$/m.exec(stdout ?? '') ?? []
  const archs = list?.trim().split(/\s+/).filter(Boolean)
  return archs === undefined || archs.length === 0 ? undefined : archs
}

async function keep(
  fs: Fs,
  cacheFolder: string,
  kept: { key: string; answer: GpuAnswer },
): Promise<undefined> {
  await fs.makeFolder(cacheFolder)
  await fs.write(fileIn(cacheFolder), `${JSON.stringify(kept, undefined, 2)}\n`)
}

function fileIn(cacheFolder: string): string {
  return `${cacheFolder}/gpu.json`
}

function answerIn(value: unknown): GpuAnswer | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { driver, cards, archs } = value as Readonly<Record<string, unknown>>
  if (!Array.isArray(cards)) return undefined
  return {
    driver: typeof driver === 'string' ? driver : undefined,
    cards: cards.flatMap((card: unknown) => cardIn(card) ?? []),
    archs: Array.isArray(archs) ? archs.filter((each) => typeof each === 'string') : undefined,
  }
}

function cardIn(value: unknown): Card | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, capability } = value as Readonly<Record<string, unknown>>
  if (typeof name !== 'string') return undefined
  return { name, capability: typeof capability === 'string' ? capability : undefined }
}
