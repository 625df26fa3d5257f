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
