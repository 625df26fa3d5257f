/** Files of other programs, with made-up nodes. */

/** Forty digits. */
export const COMMIT = 'c0ffee00'.repeat(5)
/** Forty other digits. */
export const OTHER = '12e34567'.repeat(5)

/** A snapshot of ComfyUI-Manager. */
export const MANAGER = {
  comfyui: OTHER,
  git_custom_nodes: {
    'https://example.org/owner/One': { hash: COMMIT, disabled: false },
    'https://example.org/owner/two.git': { hash: OTHER, disabled: true },
  },
  cnr_custom_nodes: { 'comfyui-three': '1.10.0', four: '2.0.0' },
  file_custom_nodes: [{ filename: 'single.py', disabled: false }],
  pips: {
    'einops==0.8.1': '',
    'torch==2.8.0+cu128': '',
    'nvidia-cublas-cu12==12.8.4.1': '',
    'odd-one': 'file:///tmp/odd_one-1.0-py3-none-any.whl',
  },
}

/** The same as its YAML has it, with texts as PyYAML quotes them. */
export const MANAGER_YAML = `custom_nodes:
  comfyui: ${OTHER}
  git_custom_nodes:
    https://example.org/owner/One:
      disabled: false
      hash: ${COMMIT}
    https://example.org/owner/two.git:
      disabled: true
      hash: ${OTHER}
  cnr_custom_nodes:
    comfyui-three: 1.10.0
    four: 2.0.0
  file_custom_nodes:
  - disabled: false
    filename: single.py
  pips:
    einops==0.8.1: ''
    torch==2.8.0+cu128: ''
    nvidia-cublas-cu12==12.8.4.1: ''
    odd-one: file:///tmp/odd_one-1.0-py3-none-any.whl
`

/** One snapshot of Comfy Desktop. */
export const SNAPSHOT = {
  version: 1,
  createdAt: '2026-11-01T10:00:00.000Z',
  trigger: 'manual',
  label: 'good one',
  comfyui: {
    ref: 'v0.33.0',
    commit: OTHER,
    releaseTag: 'bundle',
    variant: 'linux-nvidia',
    baseTag: 'v0.33.0',
  },
  customNodes: [
    {
      id: 'One',
      type: 'git',
      dirName: 'One',
      enabled: true,
      commit: COMMIT,
      url: 'git@example.org:owner/One.git',
    },
    { id: 'comfyui-three', type: 'cnr', dirName: 'three', enabled: false, version: '1.10.0' },
    { id: 'single', type: 'file', dirName: 'single.py', enabled: true },
  ],
  pipPackages: { einops: '0.8.1', torch: '2.8.0+cu128' },
}

/** An export of Comfy Desktop, the newest snapshot first. */
export const DESKTOP = {
  type: 'comfyui-desktop-2-snapshot',
  version: 1,
  exportedAt: '2026-11-02T10:00:00.000Z',
  installationName: 'Mine',
  snapshots: [SNAPSHOT, { ...SNAPSHOT, createdAt: '2026-10-01T10:00:00.000Z', customNodes: [] }],
}

/** A definition of comfy-cli. */
export const DEFINITION = {
  schema: 'distribution-definition/0',
  models: [{ type: 'loras', filename: 'x.safetensors', sha256: 'ab'.repeat(32), sizeBytes: 5 }],
  customNodes: [
    { name: 'One', repository: 'https://example.org/owner/One', gitRef: COMMIT, source: 'git' },
    { name: 'tagged', repository: 'https://example.org/owner/tagged', commit: 'v1.2' },
    { name: 'three', id: 'comfyui-three', registryVersion: '1.10.0', source: 'registry' },
    { name: 'mine', source: 'local', repository: null, gitRef: null },
  ],
  baseComfyVersion: 'v0.33.0',
  pipDependencies:
    '# python 3.12\neinops==0.8.1 ; python_version > "3.9"\nx @ git+https://t0ken@example.org/x\n-e .\n',
  environment: { os: 'linux', pythonVersion: '3.12.7' },
}
