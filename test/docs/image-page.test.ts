import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readDockerfile } from '../../scripts/docs/dockerfile.ts'
import { imageFiles } from '../../scripts/docs/image-files.ts'
import { imagePage } from '../../scripts/docs/image-page.ts'
import { paths } from '../../scripts/docs/image-words.ts'

const FILES = imageFiles()
const PAGE = readFileSync(join(import.meta.dirname, '../../docs/reference/image.md'), 'utf8')

// Read another way than the page is made, so that what its reader overlooks is missed here.
describe.each(Object.entries(FILES.dockerfiles))('docs/reference/image.md and %s', (_, text) => {
  const code = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, ' ')
  const final = code.slice(code.lastIndexOf('\nFROM '))
  const lines = (keyword: string, from = code) =>
    from
      .split('\n')
      .flatMap((line) => (line.startsWith(`${keyword} `) ? [line.slice(keyword.length + 1)] : []))
  const namesOf = (line: string) => line.replace(/=("[^"]*"|\S*)/g, '').split(/\s+/)

  test('the page has every build argument, and each has a comment', () => {
    const names = lines('ARG').flatMap(namesOf)
    expect(names.length).toBeGreaterThan(8)
    expect(
      names.filter((name) => !new RegExp(`^\\| \`${name}\` \\| .+ \\| .+ \\|$`, 'm').test(PAGE)),
    ).toEqual([])
  })

  test('the page has every variable, label and port of the image', () => {
    const names = ['ENV', 'LABEL'].flatMap((keyword) => lines(keyword, final).flatMap(namesOf))
    const ports = lines('EXPOSE', final).flatMap((line) => line.split(' '))
    expect(ports).not.toEqual([])
    expect(names.filter((name) => !PAGE.includes(`| \`${name}\` |`))).toEqual([])
    expect(ports.filter((port) => !PAGE.includes(`| ${port} |`))).toEqual([])
  })

  test('the page has how it starts, stops and is asked for its health', () => {
    for (const keyword of ['USER', 'ENTRYPOINT', 'STOPSIGNAL', 'HEALTHCHECK'])
      expect(PAGE).toContain(lines(keyword, final)[0]?.trim().replace(/\s+/g, ' '))
    expect([...lines('VOLUME', final), ...lines('CMD', final)]).toEqual([])
  })

  test('the page has every path that is copied into the image', () => {
    const copied = lines('COPY', final).flatMap((line) =>
      line.includes('--from=') ? line.split(' ').slice(-1) : [],
    )
    const known = Object.keys(paths)
    expect(copied).not.toEqual([])
    expect(
      copied.filter(
        (path) => !known.some((each) => each.replace(/\/$/, '').startsWith(path.replace(/\/$/, ''))),
      ),
    ).toEqual([])
  })
})

test('the page has every target that the bake file names, and all of them slim too', () => {
  const targets = ['cuda-4090', 'cuda-5090', 'cpu'].flatMap((name) => [name, `${name}-slim`])
  expect(targets.filter((name) => !PAGE.includes(`| \`${name}\` |`))).toEqual([])
  expect(targets.filter((name) => !PAGE.includes(`:${name}\``))).toEqual([])
})

test('what has no sentence is refused instead of being left out', () => {
  const changed = (line: string) => ({
    ...FILES,
    dockerfiles: {
      ...FILES.dockerfiles,
      'Dockerfile.cpu': `${FILES.dockerfiles['Dockerfile.cpu']}\n${line}\n`,
    },
  })

  expect(() => imagePage(changed('ENV NEW=1'))).toThrow('Cannot describe NEW')
  expect(() => imagePage(changed('LABEL new.label="1"'))).toThrow('Cannot describe new.label')
  expect(() => imagePage(changed('EXPOSE 9999'))).toThrow('Cannot describe 9999')
  expect(() => imagePage({ ...FILES, rootfs: ['/etc/new'] })).toThrow('Cannot describe /etc/new')
  expect(imagePage(changed('# A new one.\nARG NEW=1'))).toContain('| `NEW` | cpu: `1` | cpu: A new one. |')
})

test('a Dockerfile is read with its comments, stages, continued lines and quotes', () => {
  const text =
    '# syntax=docker/dockerfile:1\n# About A,\n# and more.\nARG A="b c"\nARG D\n\nFROM a AS b\nENV X=1 \\\n  # within\n  Y="2 3"\n'
  expect(readDockerfile(text)).toEqual([
    { keyword: 'ARG', text: 'A="b c"', comment: 'About A, and more.', stage: 0 },
    { keyword: 'ARG', text: 'D', comment: 'About A, and more.', stage: 0 },
    { keyword: 'FROM', text: 'a AS b', comment: '', stage: 1 },
    { keyword: 'ENV', text: 'X=1 Y="2 3"', comment: '', stage: 1 },
  ])
})
