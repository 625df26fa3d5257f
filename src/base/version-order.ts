/** Whether a version like 0.33.1 comes before another one; versions that are not known do not. */
export function isOlderThan(version: string | undefined, other: string | undefined): boolean {
  const [a, b] = [numbersOf(version), numbersOf(other)]
  if (a === undefined || b === undefined) return false
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function numbersOf(version: string | undefined): readonly number[] | undefined {
  const [found] = /\d+(\.\d+)*/.exec(version ?? '') ?? []
  return found?.split('.').map(Number)
}
