import { isNewerOrSame } from './version.ts'

/** First CUDA version that compiles for a capability, newest first. Source: release notes of the CUDA Toolkit. */
const GENERATIONS = [
  { capability: 120, cuda: '12.8' },
  { capability: 100, cuda: '12.8' },
  { capability: 89, cuda: '11.8' },
  { capability: 86, cuda: '11.1' },
  { capability: 80, cuda: '11.0' },
  { capability: 75, cuda: '10.0' },
] as const

/** The newest capability that a CUDA version compiles for (`12.6` → 90); undefined for versions nobody uses any more. */
export function newestOfCuda(cuda: string): number | undefined {
  const newest = GENERATIONS.find((each) => isNewerOrSame(cuda, each.cuda))
  // CUDA 11.8 brought sm_89 and sm_90 together.
  return newest?.capability === 89 ? 90 : newest?.capability
}

/** Which image a card needs, as a sentence: one with a newer CUDA, or with an older one when the card is older than all of torch's. */
export function adviceFor(capability: number, archs: readonly string[]): string {
  const built = archs.map((arch) => Number(/_(\d+)/.exec(arch)?.[1] ?? 0))
  if (built.length > 0 && capability < Math.min(...built))
    return 'Use an image whose torch is built for older cards, e.g. with CUDA 12.6 (the last that keeps sm_50 to sm_70).'
  const needed = GENERATIONS.find((each) => capability >= each.capability)?.cuda ?? '11.0'
  return `Use an image whose torch is built with CUDA ${needed} or newer.`
}
