import { expect, test } from 'vitest'
import { causeOf } from '../../../src/features/deaths/cause.ts'
import { aCard } from '../../support/world.ts'
import { anEvidence, JUPYTER, said } from './an-evidence.ts'

const TORCH = { version: '2.6.0+cu126', cuda: '12.6', archs: undefined }

const START = `  File "/workspace/ComfyUI/main.py", line 190, in <module>\n    import execution\n`

test.each([
  [
    "ModuleNotFoundError: No module named 'torchsde'",
    'missing-package',
    'ComfyUI needs the Python module torchsde, which is not installed in /opt/venv/bin/python.',
    '/opt/venv/bin/python -m pip install -r /workspace/ComfyUI/requirements.txt',
  ],
  [
    "ModuleNotFoundError: No module named 'comfy.ldm.new'",
    'missing-package',
    'ComfyUI’s own module comfy.ldm.new',
    'workspace verify',
  ],
  [
    'ImportError: libGL.so.1: cannot open shared object file: No such file or directory',
    'missing-package',
    'system library libGL.so.1',
    'libgl1',
  ],
  [
    'ImportError: libodd.so.3: cannot open shared object file: No such file or directory',
    'missing-package',
    'libodd.so.3',
    'Install the package that holds libodd.so.3',
  ],
  [
    "OSError: [Errno 28] No space left on device: '/workspace/output/a.png'",
    'disk-full',
    'no room on its disk for /workspace/output/a.png',
    'df -h',
  ],
  [
    "OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8188): address already in use",
    'port-in-use',
    'could not listen on port 8188',
    'COMFY_PORT',
  ],
  [
    'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 23.65 GiB of which 512.00 MiB is free.',
    'cuda-memory',
    'the memory of the GPU was used up: 2.50 GiB more were asked for, 512.00 MiB of 23.65 GiB were free.',
    '--lowvram',
  ],
  [
    'RuntimeError: CUDA error: no kernel image is available for execution on the device',
    'cuda-error',
    'torch 2.6.0+cu126 has no code for NVIDIA GeForce RTX 5090 (sm_120).',
    'CUDA 12.8',
  ],
  [
    'RuntimeError: The NVIDIA driver on your system is too old (found version 12020). Please update your GPU driver',
    'cuda-error',
    'The NVIDIA driver 570.86.15 of the host, which knows CUDA 12.2 at most, is too old for this torch for CUDA 12.6.',
    'Update the driver',
  ],
  [
    'AssertionError: Torch not compiled with CUDA enabled',
    'cuda-error',
    'found no GPU that its torch can use (Torch not compiled with CUDA enabled)',
    'COMFY_GPU=off',
  ],
  [
    'RuntimeError: CUDA error: device-side assert triggered',
    'cuda-error',
    'device-side assert triggered',
    'CUDA_LAUNCH_BLOCKING=1',
  ],
  [
    'RuntimeError: CUDA error: uncorrectable ECC error encountered',
    'cuda-error',
    'cannot correct (ECC)',
    'nvidia-smi -q -d ECC',
  ],
  [
    'RuntimeError: CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm`',
    'cuda-error',
    'CUBLAS_STATUS_EXECUTION_FAILED',
    'xid',
  ],
  [
    'RuntimeError: Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.',
    'gpu-lost',
    'its GPU was lost',
    'nvidia-smi',
  ],
  [
    'ValueError: bad value',
    'traceback',
    'ComfyUI ended with ValueError: bad value, in /workspace/ComfyUI/main.py line 190.',
    undefined,
  ],
  [
    'SystemError',
    'traceback',
    'ComfyUI ended with SystemError, in /workspace/ComfyUI/main.py line 190.',
    undefined,
  ],
  // ComfyUI names the modules of nodes by their paths.
  [
    '/my disk/custom_nodes/one-node.models.ModelError: no such model: x.y',
    'traceback',
    'ComfyUI ended with ModelError: no such model: x.y, in /workspace/ComfyUI/main.py line 190.',
    undefined,
  ],
])('an exception that nobody caught is told: %s', (exception, cause, summary, remedy) => {
  const found = causeOf(
    anEvidence({
      said: said(`[INFO] Loading\nTraceback (most recent call last):\n${START}${exception}\n`),
      gpu: aCard({ name: 'NVIDIA GeForce RTX 5090', capability: 'sm_120' }),
      torch: TORCH,
    }),
  )

  expect(found.cause).toBe(cause)
  expect(found.summary).toContain(summary)
  if (remedy === undefined) expect(found.remedy).toBeUndefined()
  else expect(found.remedy).toContain(remedy)
})

test('a module of ComfyUI that a custom node reaches is ComfyUI’s to install', () => {
  const found = causeOf(
    anEvidence({
      said: said(`
Traceback (most recent call last):
  File "/workspace/custom_nodes/was-node/server.py", line 3, in start
    import comfy.samplers
  File "/workspace/ComfyUI/comfy/samplers.py", line 9, in <module>
    import torchsde
ModuleNotFoundError: No module named 'torchsde'
`),
    }),
  )

  expect(found.summary).toContain('ComfyUI needs the Python module torchsde')
  expect(found.remedy).toBe('/opt/venv/bin/python -m pip install -r /workspace/ComfyUI/requirements.txt')
})

test('a module that JupyterLab lacks is installed by its name', () => {
  const found = causeOf(
    anEvidence({
      spec: JUPYTER,
      said: said(
        `Traceback (most recent call last):\n${START}ModuleNotFoundError: No module named 'jupyter_server.x'`,
      ),
    }),
  )

  expect(found.remedy).toBe('/opt/venv/bin/python -m pip install jupyter_server')
})

test('the place of an exception is in files, not in what Python has frozen in', () => {
  const found = causeOf(
    anEvidence({
      said: said(
        `Traceback (most recent call last):\n${START}  File "<frozen importlib._bootstrap>", line 1387, in _find_and_load\nValueError: x`,
      ),
    }),
  )

  expect(found.summary).toContain('main.py line 190')
})

test('a module that a custom node needs is installed from the node’s list', () => {
  const found = causeOf(
    anEvidence({
      said: said(`
Traceback (most recent call last):
  File "/workspace/ComfyUI/main.py", line 300, in <module>
    start()
  File "/workspace/custom_nodes/was-node/server.py", line 3, in start
    import cv2
ModuleNotFoundError: No module named 'cv2'
`),
    }),
  )

  expect(found.summary).toContain('The custom node was-node needs the Python module cv2')
  expect(found.remedy).toBe(
    '/opt/venv/bin/python -m pip install -r /workspace/custom_nodes/was-node/requirements.txt',
  )
})

test('a module that a custom node of one file needs is installed by the name that pip knows', () => {
  const found = causeOf(
    anEvidence({
      said: said(
        `Traceback (most recent call last):\n${START}  File "/workspace/custom_nodes/one.py", line 3, in <module>\nModuleNotFoundError: No module named 'cv2.aruco'`,
      ),
    }),
  )

  expect(found.summary).toContain('The custom node one.py needs the Python module cv2.aruco')
  expect(found.remedy).toBe('/opt/venv/bin/python -m pip install opencv-python-headless')
})
