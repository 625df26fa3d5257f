import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The texts that have to agree before anything is released; the tag is missing in a trial. */
export type Texts = {
  readonly manifest: string
  readonly lock: string
  readonly changelog: string
  readonly tag?: string | undefined
}

/** What agrees with the version, and the notes that go with it. */
export type Agreed = { readonly version: string; readonly notes: string }

/** agreedRelease of the repository at `top`. */
export async function readAgreed(top: string, tag: string | undefined): Promise<Agreed> {
  const text = (name: string) => readFile(join(top, name), 'utf8')
  return agreedRelease({
    manifest: await text('package.json'),
    lock: await text('package-lock.json'),
    changelog: await text('CHANGELOG.md'),
    tag,
  })
}

/** The version that package.json, package-lock.json, CHANGELOG.md and the tag agree on, and the changelog's section of it.
 *  Throws where they do not; a trial may take the section that is not released yet. */
export function agreedRelease({ manifest, lock, changelog, tag }: Texts): Agreed {
  const version = versionIn('package.json', manifest)
  const refuse = (why: string) => new Error(`Cannot release ${version}. ${why}`)
  const locked = versionIn('package-lock.json', lock)
  if (locked !== version) throw refuse(`package-lock.json says ${locked}; type «npm install».`)
  if (tag !== undefined && tag !== `v${version}`) throw refuse(`The tag is ${tag}, not v${version}.`)
  const released = sectionOf(changelog, version)
  if (released !== undefined) return { version, notes: released }
  const unreleased = sectionOf(changelog, `Unreleased: ${version}`)
  if (unreleased === undefined) throw refuse(`CHANGELOG.md has no section «## ${version}».`)
  if (tag !== undefined)
    throw refuse(`CHANGELOG.md calls it unreleased; its heading has to be «## ${version} (date)».`)
  return { version, notes: unreleased }
}

function versionIn(file: string, json: string): string {
  const { version }: { readonly version?: unknown } = JSON.parse(json)
  if (typeof version === 'string') return version
  throw new Error(`Cannot release. ${file} has no version.`)
}

/** What stands below the heading, up to the next of its rank; the heading may go on with a date in parentheses. */
function sectionOf(changelog: string, title: string): string | undefined {
  const [, ...sections] = changelog.split(/^## /m)
  const found = sections.find((each) => isTitle(each.split('\n')[0] ?? '', title))
  const body = found?.slice(found.indexOf('\n') + 1).trim()
  return body ? `${body}\n` : undefined
}

function isTitle(heading: string, title: string): boolean {
  return heading === title || (heading.startsWith(`${title} (`) && /\(\d{4}-\d\d-\d\d\)$/.test(heading))
}
