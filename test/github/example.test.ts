import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { TOP } from '../rules/source.ts'
import { complaintsOf } from './github-parser.ts'
import { jobsOf, stepsOf, unpinned, workflowFrom, workflows } from './workflow.ts'

const page = readFileSync(join(TOP, 'docs/how-to/build-images-in-ci.md'), 'utf8')
const [, nodes = ''] = /^`nodes\.yaml`[\s\S]*?^```yaml\n([\s\S]*?)^```/m.exec(page) ?? []
const [, text = ''] = /^`\.github\/workflows\/image\.yml`:\n\n```yaml\n([\s\S]*?)^```/m.exec(page) ?? []
const example = workflowFrom('image.yml', text)

test('the workflow of the page is one that GitHub takes', async () => {
  expect(await complaintsOf(text)).toEqual([])
  expect(stepsOf([example]).length).toBeGreaterThan(4)
})

test('its actions are pinned, by the same commits as ours', () => {
  expect(unpinned(example)).toEqual([])
  const ours = stepsOf(workflows()).map(({ uses }) => uses)
  for (const { uses } of stepsOf([example])) expect(ours).toContain(uses)
})

test('it has a time limit and pushes from main alone', () => {
  expect(jobsOf([example]).map((job) => job['timeout-minutes'])).toEqual([60])
  const pushing = example.text.slice(example.text.lastIndexOf('- if:'))
  expect(pushing).toMatch(/^- if: github\.ref == 'refs\/heads\/main'\n[\s\S]*docker push/)
  expect(example.text.match(/docker push/g)).toHaveLength(1)
})

test('the nodes of the page are a list of them', () => {
  expect(parse(nodes)).toEqual({
    nodes: ['ComfyUI-Manager', expect.stringMatching(/^[\w-]+\/[\w-]+@v[\d.]+$/)],
  })
})

test('images that the page names are made by the bake file', () => {
  const bake = readFileSync(join(TOP, 'docker/docker-bake.hcl'), 'utf8')
  for (const [, name = ''] of page.matchAll(/^FROM ghcr\.io\/comfy-init\/comfyui:(\S+)$/gm))
    expect(bake).toContain(`target "${name}"`)
  const [, ref] = /variable "COMFYUI_REF" \{ default = "([^"]+)" \}/.exec(bake) ?? []
  expect(page).toContain(`-comfyui${ref}-cuda-4090@sha256:`)
})
