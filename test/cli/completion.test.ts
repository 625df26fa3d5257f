import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { bashScript } from '../../src/cli/completion.ts'
import { commandsReference } from '../../src/cli/reference.ts'

test.each([
  ['comfy-init do', ['doctor']],
  ['comfy-init run --adopt ', ['auto', 'move', 'link']],
  ['comfy-init run --http-p', ['--http-port']],
  ['comfy-init logs comf', ['comfyui']],
  ['comfy-init plan --js', ['--json']],
  ['comfy-init explain COMFY_HTTP_', ['COMFY_HTTP_PORT', 'COMFY_HTTP_LISTEN']],
])('bash completes «%s» to %j', (line, expected) => {
  const words = line.split(' ')
  const script = `${bashScript()}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
compgen() { if [[ $1 == -c ]]; then :; else builtin compgen "$@"; fi; }
_comfy_init; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })

  expect(stderr).toBe('')
  expect(stdout.trim().split('\n')).toEqual(expected)
})

test('the reference has a section for every command and every exit code', () => {
  const page = commandsReference()

  for (const name of Object.keys(commands)) expect(page).toContain(`\n## ${name}\n`)
  expect(page).toContain('| 128+n | ')
  expect(page).toMatch(/[^\n]\n$/)
})
