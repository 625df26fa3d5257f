import type { Obstacle } from '../../base/catalogue/identity.ts'
import { personText } from '../../base/ids.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import type { Step } from '../../engine/plan.ts'
import type { Host } from '../../host/host.ts'
import type { Ids } from '../../host/users.ts'

/** Becomes this person for good. The ids are read back afterwards: a change that silently failed stops the boot. */
export function become(target: Ids, title: string): Step {
  return {
    id: 'identity/become',
    title,
    changes: [],
    as: 'root',
    ifFails: 'stop',
    apply: async (host) => {
      const before = host.users.ids()
      if (isNow(before, target)) return 'not-needed'
      change(host, before, target)
      const after = host.users.ids()
      if (!isNow(after, target))
        throw cannotChange({
          us: before,
          wanted: target,
          obstacle: { kind: 'unchanged', now: idsText(after) },
        })
      return 'done'
    },
  }
}

function change(host: Host, before: Ids, target: Ids): void {
  try {
    host.users.become(target)
  } catch (error) {
    const obstacle = { kind: 'refused', code: systemCode(error) ?? 'no code' } as const
    throw cannotChange({ us: before, wanted: target, obstacle }, error)
  }
}

function cannotChange(details: { us: Ids; wanted: Ids; obstacle: Obstacle }, cause?: unknown): Problem {
  return new Problem('IDENTITY_CANNOT_CHANGE', details, { cause })
}

function isNow(now: Ids, target: Ids): boolean {
  const groups = new Set([...target.groups, target.gid])
  return (
    now.uid === target.uid &&
    now.gid === target.gid &&
    new Set([...now.groups, now.gid]).size === groups.size &&
    now.groups.every((id) => groups.has(id))
  )
}

function idsText(ids: Ids): string {
  return `${personText(ids)} with groups ${ids.groups.join(', ') || 'none'}`
}
