import { expect, test } from 'vitest'
import { secret } from '../../../../src/base/secret.ts'
import { faultOf } from '../../../../src/features/nodes/checkout/git-fault.ts'

test('what git prints is told in one line, without secrets', () => {
  const finished = {
    ...{ code: 128, signal: null, stdout: '', timedOut: false, missing: false },
    stderr: 'remote: no\nfatal: cannot use hunter2 at https://me:other@host/a. \n',
  }
  expect(faultOf(finished, 1000, [secret('hunter2')])).toEqual({
    fault: 'other',
    reason: 'cannot use *** at https://***@host/a',
  })
})

test.each([
  ["fatal: could not create work tree dir '/a': Permission denied", 'local', 'EACCES'],
  ['fatal: cannot mkdir /a: Read-only file system', 'local', 'EROFS'],
  ['error: cannot open .git/FETCH_HEAD: Permission denied', 'local', 'EACCES'],
  ['git@host: Permission denied (publickey).', 'refused', 'git@host: Permission denied (publickey)'],
])('who does not permit it is told apart: %s', (stderr, fault, reason) => {
  const finished = { ...{ code: 128, signal: null, stdout: '', timedOut: false, missing: false }, stderr }
  expect(faultOf(finished, 1000, [])).toEqual({ fault, reason })
})
