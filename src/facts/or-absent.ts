import { systemCode } from '../base/problem.ts'

/** What the system does not let us read counts as absent: a look never ends the boot. Bugs are thrown on. */
export async function orAbsent<T>(reading: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
}
