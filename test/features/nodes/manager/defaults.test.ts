import { expect, test } from 'vitest'
import { managerDefaults, withDefaults } from '../../../../src/features/nodes/manager/defaults.ts'

test('a file that is not there yet gets every default', () => {
  expect(withDefaults('', { use_uv: 'False', network_mode: 'public' })).toBe(
    '[default]\nuse_uv = False\nnetwork_mode = public\n',
  )
})

test('what a person set stays, in whatever case and spacing; only what is missing is added', () => {
  const text = '# mine\n[default]\nUSE_UV=True\nsecurity_level: weak\n\n[other]\nnetwork_mode = x\n'

  const found = withDefaults(text, { use_uv: 'False', security_level: 'normal', network_mode: 'public' })

  expect(found).toBe(
    '# mine\n[default]\nnetwork_mode = public\nUSE_UV=True\nsecurity_level: weak\n\n[other]\nnetwork_mode = x\n',
  )
})

test('a file with everything in it is not changed at all', () => {
  const text = withDefaults('', managerDefaults(false))

  expect(withDefaults(text, managerDefaults(true))).toBe(text)
})

test('a file without the section gets one at its end', () => {
  expect(withDefaults('[a]\nb = c', { use_uv: 'False' })).toBe('[a]\nb = c\n[default]\nuse_uv = False\n')
})

test('the defaults name each switch that counts as off when it is missing and is meant to be on', () => {
  expect(managerDefaults(false)).toMatchObject({ file_logging: 'True', network_mode: 'public' })
  expect(managerDefaults(true)).toMatchObject({ network_mode: 'offline' })
})
