import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { TOP } from './source.ts'

const LEFT_OUT = /(^|\/)(node_modules|dist|\.sandbox|\.git)(\/|$)/

test('every relative link in a document leads to a file, and to a heading where it names one', () => {
  const broken = documents().flatMap((path) => {
    const text = withoutCode(readFileSync(join(TOP, path), 'utf8'))
    return linksOf(text).flatMap((link) => (leads(path, link) ? [] : [`${path}: ${link}`]))
  })
  expect(broken).toEqual([])
})

test('a link to a file or a heading that is not there is found', () => {
  expect(leads('README.md', 'docs/nowhere.md')).toBe(false)
  expect(leads('README.md', 'STYLE.md#no-such-heading')).toBe(false)
  expect(leads('README.md', 'STYLE.md#shape')).toBe(true)
  expect(linksOf('[a](b.md) ![c](d.svg "e") [f](https://g) [h]: i.md')).toEqual(['b.md', 'd.svg'])
})

test('every document under docs/ can be reached from README.md', () => {
  const reached = new Set<string>()
  const visit = (path: string) => {
    if (reached.has(path)) return
    reached.add(path)
    for (const link of linksOf(withoutCode(readFileSync(join(TOP, path), 'utf8')))) {
      const target = join(dirname(path), link.split('#')[0] ?? '').replace(/\/$/, '')
      if (target.endsWith('.md') && existsSync(join(TOP, target))) visit(target)
      else for (const each of documents()) if (dirname(each) === target) visit(each)
    }
  }
  visit('README.md')
  expect(documents().filter((path) => path.startsWith('docs/') && !reached.has(path))).toEqual([])
})

function documents(): readonly string[] {
  const tops = readdirSync(TOP).filter((name) => name.endsWith('.md'))
  const below = ['docs', 'test'].flatMap((folder) =>
    readdirSync(join(TOP, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !LEFT_OUT.test(name))
      .map((name) => join(folder, name)),
  )
  return [...tops, ...below]
}

function linksOf(text: string): readonly string[] {
  const found = text.matchAll(/\]\(([^)\s]+)[^)]*\)/g)
  return [...found].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link))
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')
}

function leads(from: string, link: string): boolean {
  const [path = '', heading] = link.split('#')
  const target = path === '' ? from : join(dirname(from), path)
  if (!existsSync(join(TOP, target))) return false
  return heading === undefined || headingsOf(readFileSync(join(TOP, target), 'utf8')).includes(heading)
}

function headingsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
