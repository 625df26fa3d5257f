import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { TOP } from '../rules/source.ts'
import { stepsOf, workflows } from './workflow.ts'

const scripts = stepsOf(workflows()).flatMap(({ where, run }) => (run === undefined ? [] : [{ where, run }]))
const environment = join(TOP, '.github/bake-environment.sh')
const noShellcheck = spawnSync('shellcheck', ['--version']).error !== undefined

test.each(scripts)('the script of $where is one for bash', ({ run }) => {
  expect(spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' }).stderr).toBe('')
})

test('no script has words of the event put into it', () => {
  expect(scripts.filter(({ run }) => run.includes('${{'))).toEqual([])
})

test.skipIf(noShellcheck)('shellcheck finds nothing in any script', () => {
  const said = scripts.map(({ where, run }) => {
    const { stdout } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: run, encoding: 'utf8' })
    return stdout === '' ? '' : `${where}\n${stdout}`
  })
  expect(said.join('')).toBe('')
  expect(spawnSync('shellcheck', [environment], { encoding: 'utf8' }).stdout).toBe('')
})

test('every name that it prints is a variable of the bake file', () => {
  const bake = readFileSync(join(TOP, 'docker/docker-bake.hcl'), 'utf8')
  const printed = readFileSync(environment, 'utf8').matchAll(/^echo "(\w+)=/gm)
  for (const [, name] of printed) expect(bake).toContain(`variable "${name}" {`)
})

test.each([
  ['refs/tags/v1.2.3', '1.2.3'],
  ['refs/heads/main', 'main'],
  ['refs/tags/other', 'main'],
])('images of %s are of version %s', (ref, version) => {
  const folder = mkdtempSync(join(tmpdir(), 'environment-'))
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' })
  writeFileSync(join(folder, 'file'), 'text')
  git('init')
  git('add', '.')
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-m', 'a', '--date', '2026-01-02T03:04:05Z')
  const committed = execFileSync('git', ['log', '-1', '--format=%cI'], {
    cwd: folder,
    encoding: 'utf8',
  }).trim()

  const GITHUB_SERVER_URL = 'https://host'
  const env = {
    PATH: process.env.PATH,
    GITHUB_REF: ref,
    GITHUB_SHA: 'abc',
    GITHUB_SERVER_URL,
    GITHUB_REPOSITORY: 'a/b',
  }
  const said = execFileSync('sh', [environment], { cwd: folder, env, encoding: 'utf8' })
  expect(said).toBe(`VERSION=${version}\nSOURCE=https://host/a/b\nREVISION=abc\nCREATED=${committed}\n`)
})

test('pinned actions and packages are looked after, some days after they came out', () => {
  const { updates } = parse(readFileSync(join(TOP, '.github/dependabot.yml'), 'utf8'))
  const said = updates.map((each: Record<string, Record<string, unknown>>) => [
    each['package-ecosystem'],
    each.schedule?.interval,
    each.cooldown?.['default-days'],
  ])
  expect(said).toEqual([
    ['github-actions', 'weekly', 7],
    ['npm', 'weekly', 7],
  ])
})
