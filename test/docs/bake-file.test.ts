import { expect, test } from 'vitest'
import { bakeVariables, readBakeFile } from '../../scripts/docs/bake-file.ts'

const TEXT = `
# Where images go.
variable "IMAGE" { default = "example.org/comfyui" }
variable "OTHER" { default = "" }

variable "REF" {
  default = "v1.2"
  validation {
    condition     = REF != ""
    error_message = "wanted"
  }
}

function "tags" {
  params = [name]
  result = ["\${IMAGE}:\${name}", "\${IMAGE}:\${trimprefix(REF, "v")}-\${name}"] // both
}
group "default" { targets = ["cpu"] }

target "cpu" {
  inherits  = ["_shared"]
  platforms = ["linux/amd64", "linux/arm64"]
  args      = { EXTRA = "" }
  tags      = tags("cpu")
}
target "_shared" {
  dockerfile = "Dockerfile"
  platforms  = ["linux/amd64"]
  args = {
    REF = REF
    "EXTRA" = REF == "" ? "none" : "some"
  }
}
target "cards" {
  matrix = {
    card = ["4090", "5090"]
    kind = ["", "-slim"]
  }
  name     = "cuda-\${card}\${kind}"
  inherits = ["_shared"]
  args     = { JUPYTER = and(equal(kind, ""), true) ? "true" : "false" }
  tags     = concat([tags("cuda-\${card}\${kind}")[0], "\${tags("x")[1]}"], compact([""]))
}
`

test('targets are read with what they inherit, whatever the order, and without those that have no tags', () => {
  const [cpu, ...cards] = readBakeFile(TEXT)

  expect(cpu).toEqual({
    name: 'cpu',
    dockerfile: 'Dockerfile',
    platforms: ['linux/amd64', 'linux/arm64'],
    args: { REF: 'v1.2', EXTRA: '' },
    tags: ['example.org/comfyui:cpu', 'example.org/comfyui:1.2-cpu'],
  })
  expect(cards.map(({ name }) => name)).toEqual([
    'cuda-4090',
    'cuda-4090-slim',
    'cuda-5090',
    'cuda-5090-slim',
  ])
  expect(cards[3]).toMatchObject({
    platforms: ['linux/amd64'],
    args: { REF: 'v1.2', EXTRA: 'some', JUPYTER: 'false' },
    tags: ['example.org/comfyui:cuda-5090-slim', 'example.org/comfyui:1.2-x'],
  })
})

test('variables are read with their default and their comment', () => {
  expect(bakeVariables(TEXT)).toEqual([
    { name: 'IMAGE', value: 'example.org/comfyui', comment: 'Where images go.' },
    { name: 'OTHER', value: '', comment: 'Where images go.' },
    { name: 'REF', value: 'v1.2', comment: '' },
  ])
})

test.each([
  ['target "a" { tags = [nobody] }', 'nothing is called nobody'],
  ['target "a" { tags = made() }', 'no function made'],
  ['target "a" { tags = ["a"', 'no ]'],
  ['target "a" { tags = ["$' + '{1 2}"] }', '«2»'],
])('%s is refused', (text, why) => {
  expect(() => readBakeFile(text)).toThrow(why)
})
