import { expect, onTestFinished, test } from 'vitest'
import type { Input } from '../../src/app/input.ts'
import { Problem, Refusal } from '../../src/base/problem.ts'
import { commands } from '../../src/cli/commands.ts'
import { answer } from '../../src/cli/main.ts'
import { parse } from '../../src/cli/parse.ts'
import { makeProgram } from '../../src/cli/program.ts'
import { optionKeys, optionOf } from '../../src/settings/settings.ts'
import { aDesk, capturingHost } from '../support/desk.ts'

test('nothing and plain flags start ComfyUI, and the exit code of the boot is the program’s', async () => {
  const { host } = capturingHost()
  const inputs: Input[] = []
  const desk = aDesk(host, {
    boot: async (_, input) => {
      inputs.push(input)
      return 143
    },
  })

  expect(await answer(desk, [])).toBe(143)
  expect(await answer(desk, ['--lowvram', '--port', '9'])).toBe(143)
  expect(inputs.map(({ flags, comfyArgs }) => ({ flags, comfyArgs }))).toEqual([
    { flags: {}, comfyArgs: [] },
    { flags: {}, comfyArgs: ['--lowvram', '--port', '9'] },
  ])
})

test('run takes our own flags by their names and gives the rest to ComfyUI', async () => {
  const { host } = capturingHost()
  const inputs: Input[] = []
  const desk = aDesk(host, {
    boot: async (_, input) => {
      inputs.push(input)
      return 0
    },
  })
  await answer(desk, ['run', '--http-port=9', '--adopt', 'link', '--nodes=', '--', '--lowvram', '--', 'x'])

  expect(inputs[0]?.flags).toEqual({ 'http-port': '9', adopt: 'link', nodes: '' })
  expect(inputs[0]?.comfyArgs).toEqual(['--lowvram', '--', 'x'])
})

test('flags take values behind an equals sign or a blank, empty ones and ones with a dash too', () => {
  const typed = (...argv: string[]) => {
    const parsed = parse(makeProgram(capturingHost().host.out), argv)
    return parsed === 'help' ? undefined : parsed.typed
  }
  const flagsOf = (...args: string[]) => typed('run', ...args)?.flags

  expect(flagsOf('--args=--lowvram --cpu', '--nodes', '')).toEqual({ args: '--lowvram --cpu', nodes: '' })
  expect(flagsOf('--args=a\nb=c')).toEqual({ args: 'a\nb=c' })
  expect(typed('logs', '-f', 'comfyui', '--lines', '5')).toMatchObject({
    follow: true,
    lines: '5',
    words: ['comfyui'],
  })
})

test('all problems of a refusal are shown once, counted, with the exit code of their kind', async () => {
  const { host, out, err } = capturingHost()
  const boot = async () => {
    throw new Refusal([
      new Problem('NOT_RUNNING', { instance: 'a', tried: ['x'] }),
      new Problem('COMMAND_NOT_FOUND', { command: 'b' }, { level: 'warning' }),
    ])
  }

  expect(await answer(aDesk(host, { boot }), [])).toBe(69)
  expect(err().match(/^problem {2}/gm)).toHaveLength(1)
  expect(err().match(/^warning {2}/gm)).toHaveLength(1)
  expect(err()).toContain('1 problem, 1 warning\n')
  expect(out()).toBe('')
})

test('anything else that is thrown is our bug: 70, and its stack only when debugging', async () => {
  const boot = async () => {
    throw new TypeError('x is not y')
  }
  const plain = capturingHost()
  const debugging = capturingHost({ env: { COMFY_LOG_LEVEL: 'debug' } })

  expect(await answer(aDesk(plain.host, { boot }), [])).toBe(70)
  expect(plain.err()).toContain('x is not y')
  expect(plain.err()).not.toContain('main.test.ts')
  expect(await answer(aDesk(debugging.host, { boot }), [])).toBe(70)
  expect(debugging.err()).toContain('main.test.ts')
})

test('with --json a refusal too is one document on standard output', async () => {
  const { host, out, err } = capturingHost()
  const planOnly = async () => {
    throw new Problem('INTERNAL', { message: 'x' })
  }

  expect(await answer(aDesk(host, { planOnly }), ['plan', '--json'])).toBe(70)
  expect(JSON.parse(out()).problems[0].code).toBe('INTERNAL')
  expect(err()).toContain('INTERNAL')
})

test.each([
  [['plan', '--jsn'], 'There is no flag --jsn. Did you mean --json?'],
  [['run', '--prot=9'], 'There is no flag --prot. Did you mean --port?'],
  [['run', '--lowvram'], 'go after --'],
  [['run', '--port'], '--port lacks its value'],
  [['run', '--port=1', '--port=2'], '--port is given twice'],
  [['logs'], 'SERVICE is missing'],
  [['logs'], 'remedy   comfy-init logs comfyui\n'],
  [['stop'], 'remedy   comfy-init stop comfyui\n'],
  [['completion'], 'remedy   comfy-init completion bash\n'],
  [['exec'], 'remedy   comfy-init exec -- bash\n'],
  [['plan', '--lowvram'], 'comfy-init plan -- --lowvram'],
  [['run', 'lowvram'], 'run takes no word before --'],
  [['logs', '-x', 'comfyui'], 'no flag -x'],
  [['run', '--args', '--lowvram'], '--args=-'],
  [['plan', '--json=yes'], '--json takes no value'],
  [['plan', '--hepl=x'], 'Did you mean --help?'],
  [['plan', 'foo'], 'plan takes no word before --'],
  [['status', 'foo'], 'status takes no word beside its flags'],
  [['explain', 'a', 'b'], 'explain takes one word beside its flags'],
  [['run', '--args', '--', '--lowvram'], '--args lacks its value'],
  [['exec'], 'PROGRAM is missing'],
  [['completion', 'fish'], 'none for «fish»'],
])('a wrong command line %j is explained and ends with 64', async (argv, words) => {
  const { host, out, err } = capturingHost()

  expect(await answer(aDesk(host), argv)).toBe(64)
  expect(err()).toContain(words)
  expect(err()).toContain('(ARGUMENTS_INVALID)')
  expect(out()).toBe('')
})

test.each([
  [['--hf-token=hf_secret1', '--hf-token=hf_secret2']],
  [['--hf-tokn=hf_secret']],
  [['--hf-token:hf_secret']],
  [['--hf-tokenhf=hf_secret', 'hf_secret']],
  [['-hf_secret']],
  [['--hf-token', '-hf_secret']],
  [['--json=hf_secret']],
  [['--hf-token=', 'hf_secret']],
  [['--hf-token', 'hf_secret', 'hf_secret']],
])('a token is not repeated in the complaint about %j', async (args) => {
  const { host, out, err } = capturingHost()

  expect(await answer(aDesk(host), ['plan', ...args])).toBe(64)
  expect(err()).toContain('(ARGUMENTS_INVALID)')
  expect(out() + err()).not.toContain('secret')
})

test('a variable of the environment is no flag: settings tell the two apart', async () => {
  process.env.COMFY_PORT = '1'
  onTestFinished(() => void delete process.env.COMFY_PORT)
  const parsed = parse(makeProgram(capturingHost().host.out), ['plan', '--gpu', 'off'])

  expect(parsed).toMatchObject({ name: 'plan', typed: { flags: { gpu: 'off' } } })
  expect(parsed !== 'help' && Object.keys(parsed.typed.flags)).toEqual(['gpu'])
})

test('words behind -- are words, even those that look like flags of ours', () => {
  const parsed = parse(makeProgram(capturingHost().host.out), [
    'run',
    '--port=1',
    '--',
    '--help',
    '--port',
    '-x',
  ])

  expect(parsed).toMatchObject({ typed: { flags: { port: '1' }, words: ['--help', '--port', '-x'] } })
})

test('the help names every command, every option and the exit codes', async () => {
  const { host, out } = capturingHost()

  expect(await answer(aDesk(host), ['--help'])).toBe(0)
  for (const name of Object.keys(commands)) expect(out()).toContain(`\n  ${name} `)
  for (const key of optionKeys) expect(out()).toContain(optionOf(key).env)
  expect(out()).toContain('\nExit codes:\n')
})

test.each(Object.keys(commands))(
  'comfy-init %s --help tells its form and asks for nothing else',
  async (name) => {
    const { host, out, err } = capturingHost()

    expect(await answer(aDesk(host), [name, '--help'])).toBe(0)
    expect(out()).toMatch(new RegExp(`^Usage: comfy-init ${name}\\b`))
    expect(err()).toBe('')
  },
)

test('the help of a command has flags with the names of their values, in sections, with defaults in words', async () => {
  const { host, out } = capturingHost()
  await answer(aDesk(host), ['run', '-h'])
  const words = out().replace(/\s+/g, ' ')

  for (const { env, flag, value, about, why } of optionKeys
    .map(optionOf)
    .filter((each) => each.only !== 'env'))
    expect(words).toContain(`--${flag} <${value}> ${about} (${env}; by default ${why})`)
  expect(out()).toMatch(
    /^Places:\n[\s\S]*^Identity:\n[\s\S]*^Services:\n[\s\S]*^Doors:\n[\s\S]*^Exit codes:\n/m,
  )
})

test('version prints one line, or one document', async () => {
  const plain = capturingHost()
  const asJson = capturingHost()

  expect(await answer(aDesk(plain.host), ['version'])).toBe(0)
  expect(plain.out()).toMatch(/^comfy-init \d+\.\d+\.\d+ \(\S+, Node v\d+\.\d+\.\d+, \w+\)\n$/)
  await answer(aDesk(asJson.host), ['--version', '--json'])
  expect(Object.keys(JSON.parse(asJson.out()))).toEqual(['version', 'commit', 'node', 'arch'])
})
