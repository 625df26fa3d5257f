import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { idOf, type Package } from './production-packages.ts'

const line = '-'.repeat(80)

/** The licences of everything that others made in the binary but tini, whose licence NOTICE has: one text. */
export async function thirdPartyNotices(top: string, packages: readonly Package[]): Promise<string> {
  const parts = await Promise.all(packages.map((each) => noticeOf(top, each)))
  return [
    'Parts of comfy-init that others made, with their licences. tini is in the file NOTICE.\n',
    ...parts,
    section(
      'Node.js, with V8, OpenSSL, ICU, libuv, zlib and others (MIT and those below)',
      await nodeLicense(top),
    ),
  ].join('\n')
}

async function noticeOf(top: string, each: Package): Promise<string> {
  const folder = join(top, each.path)
  const names = (await readdir(folder))
    .filter((name) => /^(licen[sc]e|copying|notice)/i.test(name))
    .toSorted()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  const text = texts.length > 0 ? texts.join('\n') : await withoutFile(folder, each)
  return section(`${idOf(each)} (${each.license})`, text)
}

/** Some packages name their licence and its holder in package.json alone. */
async function withoutFile(folder: string, { license }: Package): Promise<string> {
  const { author }: { readonly author?: unknown } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  )
  const who = typeof author === 'object' && author !== null && 'name' in author ? author.name : author
  return `Its package.json names the licence ${license}${who ? ` and the author ${who}` : ''}; it holds no other text.`
}

/** npm installs the package of this machine's architecture alone; the text is the same in both. */
async function nodeLicense(top: string): Promise<string> {
  return readFile(join(top, `node_modules/node-linux-${process.arch}/LICENSE`), 'utf8')
}

function section(title: string, text: string): string {
  return `${line}\n${title}\n${line}\n\n${text.trim()}\n`
}
