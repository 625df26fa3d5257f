import type { Places } from '../../base/layout.ts'
import type { Facts } from '../../facts/facts.ts'

/**
 * HOME of the services: the container's own where it is a real home for who they run as, else that of the passwd line,
 * else a folder of ours in the workspace.
 */
export function homeOf(
  container: Readonly<Record<string, string | undefined>>,
  facts: Facts,
  places: Places,
): string {
  const candidates = [container.HOME, facts.who.passwd?.home]
  return (
    candidates.find((home) => home !== undefined && isUsableHome(home, facts)) ?? places.layout.personHome
  )
}

/**
 * True where a home can be one for who the services run as. Docker gives HOME=/ to an id without a passwd line, and
 * root's home stays in the environment after root is given up.
 */
export function isUsableHome(home: string, { who, mounts }: Facts): boolean {
  if (!home.startsWith('/') || ['/', '/nonexistent', '/dev/null'].includes(home)) return false
  if (who.target.uid !== 0 && (home === '/root' || home.startsWith('/root/'))) return false
  const below = mounts.filter(({ point }) => point === '/' || home === point || home.startsWith(`${point}/`))
  const nearest = below.sort((a, b) => b.point.length - a.point.length)[0]
  return nearest?.readOnly !== true
}
