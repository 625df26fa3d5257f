import { describe, expect, test } from 'vitest'
import { readNodeList } from '../../../src/features/nodes/node-list.ts'

describe('COMFY_NODES', () => {
  test.each([
    ['ComfyUI-Manager', 'ComfyUI-Manager https://github.com/Comfy-Org/ComfyUI-Manager'],
    ['comfyui-manager@3.37', 'ComfyUI-Manager https://github.com/Comfy-Org/ComfyUI-Manager 3.37'],
    ['comfyui_controlnet_aux', 'comfyui_controlnet_aux https://github.com/Fannovel16/comfyui_controlnet_aux'],
    ['owner/repo', 'repo https://github.com/owner/repo'],
    ['owner/repo@feature/x', 'repo https://github.com/owner/repo feature/x'],
    ['https://host/a/b.git', 'b https://host/a/b.git'],
    ['https://host/a/b.git/', 'b https://host/a/b.git'],
    ['https://host/a/b@v1.2', 'b https://host/a/b v1.2'],
    ['https://me:pw@host/a/b@v1', 'b https://me:pw@host/a/b v1'],
    ['ssh://git@host/a/b', 'b ssh://git@host/a/b'],
    ['file:///srv/b.git@main', 'b file:///srv/b.git main'],
  ])('%s is understood', (entry, want) => {
    const { wanted, problems } = readNodeList([entry])
    expect(problems).toEqual([])
    expect(wanted.map(({ name, url, ref }) => [name, url, ref].join(' ').trim())).toEqual([want])
  })

  test.each([
    'nobody-knows-this',
    'git@host:owner/repo',
    'ext::sh -c evil',
    'data://x/y',
    'https://host',
    'https://host/',
    '--upload-pack=evil/x',
    '-x/y',
    'owner/repo@--evil',
    'owner/repo@',
    'https://host/a/..',
    '../../etc',
    'https://host/a/.git',
  ])('%s is refused', (entry) => {
    const { wanted, problems } = readNodeList([entry])
    expect(wanted).toEqual([])
    expect(problems.map(({ code, kind, level }) => `${code} ${kind} ${level}`)).toEqual([
      'NODE_NAME_INVALID settings blocking',
    ])
  })

  test('the same node twice is cloned once; two sources for one folder are refused', () => {
    expect(readNodeList(['owner/repo', 'owner/repo']).wanted).toHaveLength(1)
    const { wanted, problems } = readNodeList(['owner/repo', 'other/Repo'])
    expect(wanted).toHaveLength(1)
    expect(problems.map(({ code }) => code)).toEqual(['NODE_NAME_INVALID'])
  })

  test('a password in a refused address is not shown', () => {
    const [problem] = readNodeList(['ftp://me:hunter2@host/a/b']).problems
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })
})
