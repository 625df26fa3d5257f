import type { Obstacle } from '../../base/catalogue/identity.ts'
import { hostId, type Person, personText, rangesText } from '../../base/ids.ts'
import { Problem } from '../../base/problem.ts'
import { type Plan, problems, steps } from '../../engine/plan.ts'
import type { Facts, Who } from '../../facts/facts.ts'
import type { Ids } from '../../host/users.ts'
import type { Settings } from '../../settings/settings.ts'
import { become } from './become.ts'

/** Who ComfyUI becomes when nothing else says who. */
const ORDINARY_UID = 1000

/**
 * Who ComfyUI will run as: the one step that changes the identity, or why it cannot be changed.
 * Planned last of what acts as root; an identity that is already right plans nothing.
 */
export function planIdentity(settings: Settings, facts: Facts): Plan {
  switch (settings.identity) {
    case 'enforce':
      return enforce(settings, facts.who)
    case 'adapt':
      return facts.who.us.uid === 0 ? adapt(settings, facts) : goOnAsStarted(settings, facts.who)
  }
}

function enforce(settings: Settings, who: Who): Plan {
  const wanted = askedFor(settings, who)
  if (settings.uid === undefined || wanted === undefined)
    return problems(new Problem('IDENTITY_NOT_GIVEN', {}))
  if (samePerson(who.us, wanted)) return steps()
  return problems(new Problem('IDENTITY_REFUSED', { ...whoWeAre(who), wanted }))
}

function adapt(settings: Settings, { who, workspace }: Facts): Plan {
  const wanted = askedFor(settings, who)
  const goal = wanted ?? who.target
  const obstacle = obstacleTo(goal, who)
  if (obstacle !== undefined && wanted !== undefined)
    return problems(new Problem('IDENTITY_CANNOT_CHANGE', { us: who.us, wanted, obstacle }))
  if (obstacle !== undefined) return problems(new Problem('IDENTITY_STAYS_ROOT', { us: who.us, obstacle }))
  if (sameIds(who.us, who.target)) return steps()
  return steps(become(who.target, titleOf(who, workspace.path)))
}

function goOnAsStarted(settings: Settings, who: Who): Plan {
  const wanted = askedFor(settings, who)
  const isUser = settings.uid === undefined || settings.uid === who.us.uid
  const isGroup = settings.gid === undefined || settings.gid === who.us.gid
  if (wanted === undefined || (isUser && isGroup)) return steps()
  return problems(new Problem('IDENTITY_AS_STARTED', { ...whoWeAre(who), wanted }))
}

// The half that was not given: a group is the user's own number, a user stays who we would be anyway.
function askedFor({ uid, gid }: Settings, who: Who): Person | undefined {
  if (uid === undefined && gid === undefined) return undefined
  if (who.source === 'settings') return who.target
  return { uid: uid ?? who.target.uid, gid: gid ?? uid ?? who.target.gid }
}

// Where nobody else can be, the facts name ourselves as the target: staying root is said, never silent.
function obstacleTo(goal: Person, who: Who): Obstacle | undefined {
  const stays = samePerson(goal, who.us)
  if (stays && who.source === 'settings') return undefined
  const uid = stays ? ORDINARY_UID : goal.uid
  if (hostId(who.uidMap, uid) === undefined) return { kind: 'unmapped', uid, holds: rangesText(who.uidMap) }
  return who.canChange ? undefined : { kind: 'capabilities' }
}

function titleOf({ target, source }: Who, workspace: string): string {
  const groups = target.groups.length === 0 ? '' : ` (groups ${target.groups.join(', ')})`
  return `Become ${personText(target)}${groups}, ${reasonOf(source, workspace)}`
}

function reasonOf(source: Who['source'], workspace: string): string {
  switch (source) {
    case 'settings':
      return 'as COMFY_UID and COMFY_GID say'
    case 'workspace-owner':
      return `the owner of ${workspace}`
    case 'default':
      return 'the default'
    case 'as-started':
    case 'already-dropped':
      return 'as started'
  }
}

function whoWeAre(who: Who) {
  const onHost = hostId(who.uidMap, who.us.uid)
  const name = samePerson(who.us, who.target) ? who.passwd?.name : undefined
  return { us: who.us, name, onHost: onHost === who.us.uid ? undefined : onHost }
}

function samePerson(a: Person, b: Person): boolean {
  return a.uid === b.uid && a.gid === b.gid
}

function sameIds(a: Ids, b: Ids): boolean {
  return (
    samePerson(a, b) && a.groups.length === b.groups.length && a.groups.every((id) => b.groups.includes(id))
  )
}
