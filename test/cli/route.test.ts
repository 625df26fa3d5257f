import { expect, test } from 'vitest'
import { type Route, route } from '../../src/cli/route.ts'

const boot = (...comfyArgs: string[]): Route => ({ to: 'boot', comfyArgs })
const command = (...argv: string[]): Route => ({ to: 'command', argv })
const program = (name: string, ...args: string[]): Route => ({ to: 'program', name, args })

const TABLE: readonly (readonly [argv: readonly string[], route: Route])[] = [
  [[], boot()],
  [['run'], boot()],
  [['run', '--', '--lowvram'], boot('--lowvram')],
  [['run', '--port', '9', '--', '--lowvram'], command('run', '--port', '9', '--', '--lowvram')],
  [['--lowvram'], boot('--lowvram')],
  [['--port', '9000', '--help'], boot('--port', '9000', '--help')],
  [['--', '--help'], boot('--help')],
  [['-x'], boot('-x')],
  [['--help'], command('--help')],
  [['-h'], command('--help')],
  [['--version'], command('version')],
  [['--version', '--json'], command('version', '--json')],
  [['-v'], command('version')],
  [['-V', '--json'], command('version', '--json')],
  [['help'], command('--help')],
  [['help', 'plan'], command('plan', '--help')],
  [['help', 'me'], command('--help')],
  [['exec', 'help'], program('help')],
  [['plan', '--json'], command('plan', '--json')],
  [['status'], command('status')],
  [['health'], { to: 'health', live: false }],
  [['health', '--live'], { to: 'health', live: true }],
  [['health', '--json'], command('health', '--json')],
  [['bash'], program('bash')],
  [['bash', '-c', 'exit 3'], program('bash', '-c', 'exit 3')],
  [['/bin/true'], program('/bin/true')],
  [['toString'], program('toString')],
  [[''], program('')],
  [['exec', '--', 'plan', '--json'], program('plan', '--json')],
  [['exec', 'plan'], program('plan')],
  [['exec', '--', '-x', '--'], program('-x', '--')],
  [['exec', '--help'], command('exec', '--help')],
  [['exec'], command('exec')],
  [['exec', '--'], command('exec', '--')],
]

test.each(TABLE.map(([argv, expected]) => ({ argv, expected, line: argv.join(' ') })))(
  'the words «$line» lead where they should',
  ({ argv, expected }) => {
    expect(route(argv)).toEqual(expected)
  },
)
