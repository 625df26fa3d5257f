import { expect, test } from 'vitest'
import { faultOf } from '../../../src/features/packages/said.ts'

const SETTINGS = { nodeTimeoutMs: 6000, offline: false }

function kindOf(stderr: string, more: object = {}) {
  const finished = { code: 1, signal: null, stdout: '', stderr, timedOut: false, missing: false, ...more }
  const fault = faultOf('uv', finished, SETTINGS)
  return fault && [fault.kind, 'inDoubt' in fault && fault.inDoubt === true]
}

test.each([
  'Because only async-timeout<=4.0 is available and you require async-timeout==99, it does not fit.',
  'ERROR: Could not find a version that satisfies the requirement async-timeout==99 (from versions: 4.0)',
  'Downloading https://index.example/proxyerror(timed out/read-timeout-1.0.whl',
  'ERROR: No matching distribution found for sslerror',
  'error: Failed to build `sd`\n PermissionError: [Errno 13] Permission denied: x',
  'error: Failed to build `sd`\n RuntimeError: Connection timed out while asking for a licence',
])('«%s» is about packages', (said) => {
  expect(kindOf(said)).toBeUndefined()
})

test.each([
  ['error: error sending request for url (https://x/)', 'unreached', false],
  ['  cause: operation timed out', 'unreached', false],
  ['  cause: invalid peer certificate: UnknownIssuer', 'unreached', false],
  ['ReadTimeoutError("HTTPSConnectionPool(host=\'x\', port=443): Read timed out.")', 'unreached', false],
  ['No space left on device (os error 28)', 'broken', false],
  ['Failed to build `sd`\nOSError: [Errno 28] No space left on device', 'broken', true],
  ['error: Failed to initialize cache\n cause: Permission denied (os error 13)', 'broken', false],
] as const)('«%s» is %s, in doubt: %s', (said, kind, inDoubt) => {
  expect(kindOf(said)).toEqual([kind, inDoubt])
})

test('a time-out and a signal may be the build of one package', () => {
  expect(kindOf('', { code: null, timedOut: true })).toEqual(['unreached', true])
  expect(kindOf('', { code: null, signal: 'SIGKILL' })).toEqual(['broken', true])
})
