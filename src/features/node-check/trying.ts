import { dirname } from 'node:path'
import { fieldsIn } from '../../base/json-fields.ts'
import type { Host } from '../../host/host.ts'
import type { Checking } from './check-imports.ts'

/** So many starts in a row may end in the middle of the same check; the next one does not begin it. */
const MOST_CUT = 2

/**
 * Notes that a check begins; false when earlier ones of the same nodes were cut again and again, as by a node that ends
 * whoever started it. Where it cannot be noted, the check is made. The note stays when this process is killed.
 */
export async function begin({ fs }: Host, { importsFile, asked }: Checking): Promise<boolean> {
  const path = noteBeside(importsFile)
  const before = fieldsIn(await fs.readText(path).catch(() => undefined))
  const cut = before?.asked === asked && typeof before.starts === 'number' ? before.starts : 0
  if (cut >= MOST_CUT) return false
  await fs.makeFolder(dirname(path)).catch(() => {})
  await fs.write(path, `${JSON.stringify({ asked, starts: cut + 1 })}\n`).catch(() => {})
  return true
}

/** Notes that a check is over, however it ended. */
export async function over({ fs }: Host, { importsFile }: Checking): Promise<void> {
  await fs.remove(noteBeside(importsFile)).catch(() => {})
}

function noteBeside(importsFile: string): string {
  return `${dirname(importsFile)}/trying.json`
}
