import { expect, test } from 'vitest'
import { dockerfileArgument } from '../../scripts/image-test/dockerfile-argument.ts'

test('the default of a build argument is read from the Dockerfile', () => {
  expect(dockerfileArgument('Dockerfile.cpu', 'COMFYUI_REF')).toMatch(/^v\d+\.\d+\.\d+$/)
  expect(dockerfileArgument('Dockerfile.cpu', 'BASE')).toMatch(/^debian:/)
})

test('an argument without a default, and one that is not there, have none', () => {
  expect(dockerfileArgument('Dockerfile.cpu', 'TARGETARCH')).toBeUndefined()
  expect(dockerfileArgument('Dockerfile.cpu', 'NO_SUCH_ARGUMENT')).toBeUndefined()
})
