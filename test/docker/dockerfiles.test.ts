import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PYTHON_TOOLS } from '../../scripts/python-tools.ts'
import { wantedNodes } from '../../src/features/nodes/wanted.ts'
import { argumentsOf, type Instruction, instructionsOf, TOP } from './dockerfile.ts'

const FILES = ['Dockerfile.cpu', 'Dockerfile.cuda'] as const

describe.each(FILES)('%s', (file) => {
  const all = instructionsOf(file)
  const of = (word: string) => all.filter((each) => each.word === word).map(({ rest }) => rest)

  test('has nothing that hadolint complains about', () => {
    const hadolint = `${PYTHON_TOOLS}/bin/hadolint`
    if (!existsSync(hadolint)) throw new Error('hadolint is not there: npm run tools')
    const { stdout, status } = spawnSync(hadolint, ['--no-color', file], { cwd: TOP, encoding: 'utf8' })
    expect([stdout, status]).toEqual(['', 0])
  })

  test('starts comfy-init below tini, and says how it is asked, stopped and reached', () => {
    expect(of('ENTRYPOINT')).toEqual(['["/usr/bin/tini", "--", "/usr/local/bin/comfy-init"]'])
    expect(of('HEALTHCHECK')[0]).toMatch(/ CMD \["comfy-init", "health"\]$/)
    expect(of('STOPSIGNAL')).toEqual(['SIGTERM'])
    expect(of('EXPOSE')).toEqual(['8188 3000 8888'])
    expect(of('USER')).toEqual([`\${RUN_AS}`])
    // A command would be taken for ComfyUI's arguments, and a volume would hide that nothing is mounted.
    expect([...of('CMD'), ...of('VOLUME')]).toEqual([])
  })

  test('explains every argument, and declares again in a stage only what is explained', () => {
    const named = argumentsOf(file)
    const above = all.slice(
      0,
      all.findIndex(({ word }) => word === 'FROM'),
    )
    expect(above.filter(({ comment }) => comment === '').map(({ rest }) => rest)).toEqual([])
    const again = all.slice(above.length).filter(({ word }) => word === 'ARG')
    expect(again.flatMap(({ rest }) => rest.split(' ')).filter((name) => !named.has(name))).toEqual([])
  })

  test('asks for the nodes that somebody gets who says nothing', () => {
    const { nodes } = wantedNodes({ nodes: undefined }, { nodeRecords: { manifests: [] } })
    expect(argumentsOf(file).get('NODES')?.split(' ')).toEqual(nodes.map(({ folder }) => folder))
  })

  // A checkout made with umask 077 would shut everybody out of /etc.
  test('gives what it copies from the repository modes of its own', () => {
    const copied = (stagesOf(all).at(-1) ?? []).flatMap(({ word, rest }) =>
      word === 'COPY' && !rest.startsWith('--from=') ? [rest] : [],
    )
    expect(copied.filter((rest) => !rest.startsWith('--chmod='))).toEqual([])
    expect(copied.join(' ')).toContain(' LICENSE NOTICE ')
  })

  test('looks at what a build cannot do without before it fetches anything', () => {
    const [ours = [], builder = []] = stagesOf(all)
    const runs = ours.filter(({ word }) => word === 'RUN').map(({ rest }) => rest)
    expect(runs).toEqual([expect.stringContaining(' sh /build/check.sh /dist /checked && ')])
    expect(builder.find(({ word }) => word !== 'ENV')?.rest).toBe('--from=ours /checked /checked')
  })

  // Podman does not look whether what is bound has changed: it would keep a binary of yesterday.
  test('binds nothing of the repository but the scripts', () => {
    const bound = of('RUN').flatMap((run) =>
      [...run.matchAll(/--mount=type=bind,(\S+)/g)].map(([, what]) => what),
    )
    expect([...new Set(bound)]).toEqual(['source=docker/build,target=/build'])
  })

  test('runs scripts that are there, with their folder bound to where they look for one another', () => {
    const runs = of('RUN')
    const named = runs.flatMap((run) =>
      [...run.matchAll(/sh \/build\/([\w-]+\.sh)/g)].map(([, name]) => name),
    )
    expect(named.length).toBeGreaterThan(5)
    for (const name of named) expect(existsSync(join(TOP, 'docker/build', `${name}`)), name).toBe(true)
    for (const run of runs) expect(run).toContain('--mount=type=bind,source=docker/build,target=/build')
  })
})

// What follows each FROM.
function stagesOf(all: readonly Instruction[]): readonly (readonly Instruction[])[] {
  const starts = all.flatMap(({ word }, at) => (word === 'FROM' ? [at + 1] : []))
  return starts.map((start, at) => all.slice(start, (starts[at + 1] ?? all.length + 1) - 1))
}

test('the two files differ only in what has to do with the GPU', () => {
  const [cpu, cuda] = FILES.map((file) => instructionsOf(file).map(withoutGpu))
  expect(cpu?.filter((line) => line !== '')).toEqual(cuda?.filter((line) => line !== ''))
})

// What is allowed to differ, taken out of both.
function withoutGpu({ word, rest }: Instruction): string {
  if (word === 'ENV' && rest.startsWith('LANG')) return 'ENV of the image'
  if (word === 'ARG' && /^(CUDA|ARCH|BASE=|TORCH_INDEX=|ARCH=)/.test(rest)) return ''
  const same = rest
    .replaceAll(/ (CUDA ARCH|gcc|libc6-dev|python3-dev)(?= )/g, '')
    .replace(/ CUDA ARCH$/, '')
    .replaceAll(/ io\.github\.comfy-init\.(cuda|arch)="\S+"/g, '')
    .replace(/install-nodes\.sh (cpu|cuda)/, 'install-nodes.sh')
    .replaceAll(/ComfyUI on (the CPU|NVIDIA GPUs)/g, 'ComfyUI')
  return `${word} ${same}`
}

test('builders get the scripts, the files of the image, the binaries and the licences, and nothing else', () => {
  const lines = readFileSync(join(TOP, '.dockerignore'), 'utf8').trim().split('\n')
  expect(lines).toEqual([
    '*',
    ...['!LICENSE', '!NOTICE', '!dist/THIRD-PARTY-NOTICES.txt', '!dist/comfy-init-linux-*'],
    ...['!docker/build', '!docker/rootfs'],
  ])
})

test('the scripts of the build are sound shell, and none does two jobs at length', () => {
  const folder = join(TOP, 'docker/build')
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.sh'))
  for (const name of scripts) {
    const text = readFileSync(join(folder, name), 'utf8')
    expect(text, name).toMatch(/^#!\/bin\/sh\n# .+\n(# .+\n)*set -eu\n/)
    expect(text.split('\n').length, name).toBeLessThan(80)
    execFileSync('sh', ['-n', join(folder, name)])
  }
})

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0

test.skipIf(!hasShellcheck)('the scripts of the build are shellcheck clean', () => {
  const scripts = readdirSync(join(TOP, 'docker/build')).filter((name) => name.endsWith('.sh'))
  const { stdout, status } = spawnSync('shellcheck', scripts, {
    cwd: join(TOP, 'docker/build'),
    encoding: 'utf8',
  })
  expect([stdout, status]).toEqual(['', 0])
})
