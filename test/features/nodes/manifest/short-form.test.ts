import { describe, expect, test } from 'vitest'
import { readEntry } from '../../../../src/features/nodes/manifest/read-entry.ts'
import { sourceText } from '../../../../src/features/nodes/manifest/source-text.ts'

const SHA = 'ab'.repeat(32)

function shown(text: string): string {
  const read = readEntry(text, '/etc/comfy-init')
  if ('fault' in read) return read.secret ? 'secret' : `! ${read.fault}`
  const { folder, source } = read
  return `${folder}: ${source?.kind} ${source === undefined ? '' : sourceText(source)}`
}

describe('the short form of a node', () => {
  test.each([
    ['ComfyUI-Manager', 'ComfyUI-Manager: git https://github.com/Comfy-Org/ComfyUI-Manager'],
    ['comfyui-manager@3.37', 'ComfyUI-Manager: git https://github.com/Comfy-Org/ComfyUI-Manager@3.37'],
    [
      'COMFYUI_CONTROLNET_AUX',
      'comfyui_controlnet_aux: git https://github.com/Fannovel16/comfyui_controlnet_aux',
    ],
    ['owner/repo', 'repo: git https://github.com/owner/repo'],
    ['owner/repo@feature/x', 'repo: git https://github.com/owner/repo@feature/x'],
    ['https://host/a/b.git', 'b: git https://host/a/b.git'],
    ['https://host/a/b.git/', 'b: git https://host/a/b.git'],
    ['https://host:8443/a/b@v1.2', 'b: git https://host:8443/a/b@v1.2'],
    ['ssh://git@host/a/b@v1', 'b: git ssh://***@host/a/b@v1'],
    ['file:///srv/b.git@main', 'b: git file:///srv/b.git@main'],
    [`https://host/x/My-Node.zip#sha256=${SHA}`, 'My-Node: zip https://host/x/My-Node.zip'],
    [`https://host/x/n.zip?raw=1#sha256=${SHA.toUpperCase()}`, 'n: zip https://host/x/n.zip?raw=***'],
    ['/srv/nodes/mine', 'mine: path /srv/nodes/mine'],
    ['/srv//nodes/x/../mine/', 'mine: path /srv/nodes/mine'],
    ['comfyui-kjnodes', 'comfyui-kjnodes: registry comfyui-kjnodes of the registry'],
    ['comfyui-kjnodes@1.1.3', 'comfyui-kjnodes: registry comfyui-kjnodes@1.1.3 of the registry'],
    ['comfyui-kjnodes@latest', 'comfyui-kjnodes: registry comfyui-kjnodes of the registry'],
  ])('%s is understood', (text, want) => {
    expect(shown(text)).toBe(want)
  })

  test.each([
    ['', /neither/],
    ['git@host:owner/repo', /ssh:\/\/git@host\/owner\/repo/],
    ['ext::sh -c evil', /./],
    ['data://x/y', /https:\/\//],
    ['https://host', /./],
    ['https://host/', /./],
    ['--upload-pack=evil/x', /neither/],
    ['-x/y', /neither/],
    ['-x', /neither/],
    ['owner/repo@--evil', /no branch/],
    ['owner/repo@', /no branch/],
    ['owner/repo@a..b', /no branch/],
    ['https://host/a/..', /no \. or \.\. as a part/],
    ['https://github.com/../../x', /no \. or \.\. as a part/],
    ['https://host/a/%2E%2e/x@v1', /no \. or \.\. as a part/],
    ['https://host/a/x.disabled', /switches a folder off/],
    ['https://host/a/__pycache__', /does not load/],
    ['https://host/a/b c', /blanks/],
    ['../../etc', /neither/],
    ['/', /needs a name/],
    ['/srv/.hidden', /begins with a dot/],
    ['https://host/a/.git', /needs a name/],
    ['https://host/n.zip', /needs its SHA-256/],
    ['https://host/n.zip#sha256=12', /no SHA-256/],
    ['kjnodes@nightly', /no version nightly/],
    ['kjnodes@x;rm', /no version/],
    ['CON.disabled', /switches a folder off/],
    [`o/${'x'.repeat(120)}`, /120 characters/],
  ])('%s is refused', (text, why) => {
    expect(shown(text)).toMatch(/^! /)
    expect(shown(text)).toMatch(why)
  })

  test.each([
    'https://me:hunter2@host/a/b',
    'https://hunter2@host/a/b@v1',
    'https://me:hun/ter2@host/a/b',
    'ssh://git:hunter2@host/a/b',
    'ftp://me:hunter2@host/a/b',
    'https://me:hun#ter2@host/a/b',
    'https://me:hunter 2@host/a/b',
    'https:/me:hunter2@host/a/b',
    'oauth2:hunter2@host/a/b',
    'me:hunter2@host/n.zip',
    'a@b:hunter2@host/c',
    `https://host/n.zip?access_token=hunter2#sha256=${SHA}`,
    `https://host/n.zip?a=1&X-Amz-Signature=hunter2#sha256=${SHA}`,
  ])('%s holds a password, which is refused', (text) => {
    expect(shown(text)).toBe('secret')
  })
})
