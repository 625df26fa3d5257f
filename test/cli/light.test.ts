import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const TOP = join(import.meta.dirname, '../../src')

test('a probe, a passed-through program and the way to the boot load neither settings nor any library', () => {
  const loaded = loadedBy(join(TOP, 'cli/main.ts'))
  const own = [...loaded].filter((name) => name.startsWith(TOP)).map((name) => name.slice(TOP.length + 1))

  expect([...loaded].filter((name) => !name.startsWith(TOP) && !name.startsWith('node:'))).toEqual([])
  expect(own).toContain('cli/health.ts')
  expect(own.filter((name) => /^(settings|features|engine|http)\//.test(name))).toEqual([])
})

test('opening the doors loads no library', () => {
  const loaded = loadedBy(join(TOP, 'http/doors.ts'))

  expect([...loaded].filter((name) => !name.startsWith(TOP) && !name.startsWith('node:'))).toEqual([])
})

// Each takes milliseconds to load; Node itself loads neither to start a program.
test('a boot loads neither cryptography nor HTTP before ComfyUI is started', () => {
  const loaded = ['app/boot.ts', 'host/host.ts', 'http/doors.ts'].map((name) => loadedBy(join(TOP, name)))
  const names = loaded.flatMap((each) => [...each])

  expect(names).toContain(join(TOP, 'facts/look-around.ts'))
  expect(names.filter((name) => /^node:(crypto|https?|tls|zlib)$/.test(name))).toEqual([])
})

/** Everything a file loads at once: imports of values, and theirs; not what it imports when it is first needed. */
function loadedBy(file: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (loaded.has(file)) return loaded
  loaded.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, words = '', name = ''] of text.matchAll(/^(?:import|export) ([^;]*?)from '([^']+)'/gm)) {
    const typesOnly = /^type\b/.test(words) || /^\{(\s*type \w+,?)+\s*\}\s*$/.test(words)
    if (typesOnly) continue
    if (name.startsWith('.')) loadedBy(join(dirname(file), name), loaded)
    else loaded.add(name)
  }
  return loaded
}
