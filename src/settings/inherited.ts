import { options } from './settings.ts'

/** Secrets that services are meant to have; every other secret of ours is kept from them. */
const SHARED_SECRETS: ReadonlySet<string> = new Set(['hfToken', 'civitaiToken'])

/** What of the container's environment a program may inherit: not what is ours, nor our secrets; `shared` ones only where wanted. */
export function inheritedFrom(
  container: Readonly<Record<string, string | undefined>>,
  { withShared }: { readonly withShared: boolean },
): Record<string, string> {
  const hidden = hiddenNames(withShared)
  const kept = Object.entries(container).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && !hidden.has(pair[0]) && !/^(COMFY_INIT_|PKG_EXECPATH$)/.test(pair[0]),
  )
  return Object.fromEntries(kept)
}

function hiddenNames(withShared: boolean): ReadonlySet<string> {
  const hidden = Object.entries(options).flatMap(([key, option]) => {
    if (!('secret' in option) || option.secret !== true) return []
    const names = [option.env, ...(option.aliases ?? [])]
    const files = names.map((name) => `${name}_FILE`)
    return withShared && SHARED_SECRETS.has(key) ? files : [...names, ...files]
  })
  return new Set(hidden)
}
