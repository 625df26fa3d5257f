import { expect, test } from 'vitest'
import { causeOf } from '../../../src/features/deaths/cause.ts'
import { anEvidence, JUPYTER, said } from './an-evidence.ts'

test.each([
  ['missing_packages', 'pip install -r /workspace/ComfyUI/requirements.txt'],
  ['in_use', 'End the other ComfyUI'],
  ['locked', 'fuser'],
  ['newer_revision', 'newer ComfyUI'],
  ['path_blocked', 'Move away'],
  ['not_writable', 'comfy-init doctor'],
  ['corrupt', 'daily-backup'],
  ['unsupported_url', 'sqlite:////'],
  ['other', 'comfy-init deaths 1'],
  ['constructor', 'comfy-init deaths 1'],
])('a database of assets that is refused as %s has its own advice', (kind, advice) => {
  const found = causeOf(
    anEvidence({
      said: said(`
[ERROR] ASSETS_STARTUP_FAILED: ${kind}
The asset database at '/workspace/user/comfyui.db' cannot be used.
Or start ComfyUI without the assets system: --disable-assets
`),
    }),
  )

  expect(found.cause).toBe('assets')
  expect(found.summary).toBe(
    `ComfyUI did not start because of its database of assets (${kind}): The asset database at '/workspace/user/comfyui.db' cannot be used.`,
  )
  expect(found.remedy).toContain(advice)
  expect(found.remedy).toContain('--disable-assets')
})

test('a port that another program has is named, ComfyUI’s and JupyterLab’s', () => {
  const comfyui = causeOf(
    anEvidence({
      said: said(
        '[ERROR] Port 8188 is already in use on address 0.0.0.0. Please close the other application or use a different port with --port.',
      ),
    }),
  )
  const jupyter = causeOf(
    anEvidence({
      spec: JUPYTER,
      said: said(
        '[C 2026-11-21 12:00:00.000 ServerApp] ERROR: the Jupyter server could not be started because port 8888 is not available.',
      ),
    }),
  )

  expect(comfyui).toMatchObject({ cause: 'port-in-use' })
  expect(comfyui.summary).toContain('ComfyUI could not listen on port 8188')
  expect(jupyter).toMatchObject({ cause: 'port-in-use' })
  expect(jupyter.remedy).toContain('COMFY_JUPYTER_PORT')
})

test('arguments that ComfyUI does not know are told with argparse’s own words, at code 2 alone', () => {
  const words = said('usage: main.py [-h] [--listen [IP]]\nmain.py: error: unrecognized arguments: --lowvam')

  const found = causeOf(anEvidence({ ending: { code: 2, signal: null }, said: words }))
  expect(found).toMatchObject({
    cause: 'bad-arguments',
    summary: 'ComfyUI did not understand its arguments: unrecognized arguments: --lowvam.',
  })
  expect(found.remedy).toContain('COMFY_ARGS')
  expect(causeOf(anEvidence({ said: words })).cause).toBe('exit')
})

test('a main.py that is not there is told', () => {
  const found = causeOf(
    anEvidence({
      ending: { code: 2, signal: null },
      said: said(
        "/opt/venv/bin/python: can't open file '/workspace/ComfyUI/main.py': [Errno 2] No such file or directory",
      ),
    }),
  )

  expect(found.summary).toBe('ComfyUI was not started: Python cannot open /workspace/ComfyUI/main.py.')
})

test('the missing frontend package is told', () => {
  const found = causeOf(
    anEvidence({
      ending: { code: 255, signal: null },
      said: said(`
[ERROR] ********** ERROR ***********

comfyui-frontend-package is not installed.

Please install the updated requirements.txt file by running:
/opt/venv/bin/python -m pip install -r /workspace/ComfyUI/requirements.txt
If you are on the portable package you can run: update\\update_comfyui.bat to solve this problem.

********** ERROR ***********
`),
    }),
  )

  expect(found.cause).toBe('missing-package')
  expect(found.summary).toContain('comfyui-frontend-package')
  expect(found.remedy).toBe('/opt/venv/bin/python -m pip install -r /workspace/ComfyUI/requirements.txt')
})
