import { packageName } from '../../facts/distributions.ts'

/** One package exactly; the name as indexes compare names. */
export type Pin = { readonly name: string; readonly version: string }

/** `name==version` */
export function pinText({ name, version }: Pin): string {
  return `${name}==${version}`
}

/** The package in a `name==version`; undefined for any other text. */
export function parsePin(text: string): Pin | undefined {
  const [, name, version] = /^([A-Za-z0-9][\w.-]*)\s*={2,3}\s*([\w.!+]+)$/.exec(text.trim()) ?? []
  return name === undefined || version === undefined ? undefined : { name: packageName(name), version }
}
