import { expect, test } from 'vitest'
import { blocking, Problem, Refusal, systemCode } from '../../src/base/problem.ts'

const warning = () => new Problem('SETTING_UNKNOWN', { name: 'COMFY_PROT', near: 'COMFY_PORT' })
const refusal = () => new Problem('PORTS_EQUAL', { port: 3000, settings: ['COMFY_PORT', 'PORT'] })

test('a problem carries code, details, kind and level of its entry, and its sentence as message', () => {
  const problem = refusal()

  expect(problem).toBeInstanceOf(Error)
  expect(problem).toMatchObject({
    name: 'Problem',
    code: 'PORTS_EQUAL',
    details: { port: 3000 },
    kind: 'settings',
    level: 'blocking',
    message: 'Cannot use port 3000 twice.',
  })
  expect(warning().level).toBe('warning')
})

test('the level of an entry can be overruled, and a cause is kept', () => {
  const cause = new Error('x')
  const problem = new Problem('SECRET_TWICE', { name: 'HF_TOKEN' }, { level: 'warning', cause })

  expect(problem.level).toBe('warning')
  expect(problem.cause).toBe(cause)
})

test('the remedy follows the runtime', () => {
  const problem = new Problem('WORKSPACE_IS_ROOT', { name: 'COMFY_WORKSPACE' })

  expect(problem.in('docker').remedy).toContain('-v comfy:/workspace')
  expect(problem.in('kubernetes').remedy).toContain('mountPath')
})

test('a problem as JSON is its text', () => {
  expect(JSON.parse(JSON.stringify(refusal()))).toEqual({
    code: 'PORTS_EQUAL',
    kind: 'settings',
    level: 'blocking',
    what: 'Cannot use port 3000 twice.',
    why: 'COMFY_PORT and PORT are all 3000.',
    remedy: 'Set all but one of COMFY_PORT, PORT to other ports.',
  })
})

test('a refusal holds its problems and all their sentences', () => {
  const it = new Refusal([refusal(), warning()])

  expect(it.problems).toHaveLength(2)
  expect(it.message).toBe('Cannot use port 3000 twice. COMFY_PROT is set, but nothing reads it.')
})

test('only blocking problems stop the boot', () => {
  const all = [warning(), refusal()]
  expect(blocking(all)).toEqual([all[1]])
})

test.each([
  [Object.assign(new Error('x'), { code: 'ENOSPC' }), 'ENOSPC'],
  [Object.assign(new Error('x'), { code: 5 }), undefined],
  [new Error('x'), undefined],
  ['ENOSPC', undefined],
  [null, undefined],
])('the system’s code of %o is %s', (error, code) => {
  expect(systemCode(error)).toBe(code)
})
