import { vi } from 'vitest'
import { type Candidate, type ImagePlan, PLAN_VARIABLE } from '../../scripts/image-test/plan.ts'

/** What is tested; npm run image-test makes it. */
export const PLAN: ImagePlan = readPlan()

// Each condition has a deadline of its own; a real ComfyUI may boot three times in one check.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 })

/** Skips a check, with the reason, where no container runs or the image that it needs was not built; for beforeEach. */
export function need(which: keyof ImagePlan['images']): (context: Skipping) => void {
  return ({ skip }) => {
    skip(PLAN.cannotRun !== undefined, PLAN.cannotRun)
    const candidate = PLAN.images[which]
    if ('missing' in candidate) skip(candidate.missing)
  }
}

/** The name of an image that a check has said it needs. */
export function nameOf(candidate: Candidate): string {
  if ('missing' in candidate) throw new Error(`Cannot test an image that is missing: ${candidate.missing}`)
  return candidate.name
}

/** Of a test’s context. */
export type Skipping = {
  readonly skip: { (note?: string): never; (condition: boolean, note?: string): void }
}

function readPlan(): ImagePlan {
  const text = process.env[PLAN_VARIABLE]
  if (text === undefined) throw new Error('Cannot test an image that nobody named. Type npm run image-test.')
  return JSON.parse(text) as ImagePlan
}
