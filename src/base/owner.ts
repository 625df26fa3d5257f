/** Who uses a workspace, as far as a person needs it to find them. */
export type Owner = {
  /** Name of the machine or container, as `hostname` prints it there. */
  readonly host: string
  readonly instance: string
  /** Differs from container to container, also of one pod. */
  readonly container: string
  /** Process id inside that container. */
  readonly pid: number
  /** ISO time, by the owner's clock. */
  readonly since: string
}

/** An owner in words: `pod-a (comfy) since 2026-11-21 12:01 UTC`. */
export function ownerText(owner: Owner | undefined): string {
  if (owner === undefined) return 'somebody who has not left a name yet'
  const { host, instance, since } = owner
  return `${host} (${instance}) since ${since.slice(0, 16).replace('T', ' ')} UTC`
}
