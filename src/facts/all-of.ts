/** An object of promises as a promise of an object: all run at once, the first failure fails it. */
export async function allOf<T extends Readonly<Record<string, unknown>>>(
  jobs: T,
): Promise<{ readonly [K in keyof T]: Awaited<T[K]> }> {
  const done = await Promise.all(Object.entries(jobs).map(async ([name, job]) => [name, await job] as const))
  return Object.fromEntries(done) as { readonly [K in keyof T]: Awaited<T[K]> }
}
