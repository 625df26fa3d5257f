import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { PYTHON_TOOLS } from '../../scripts/python-tools.ts'
import { putPackage, type WheelSpec } from './wheel.ts'

/** Where the image has its venv. */
export const IMAGE_VENV = '/opt/venv'

/** What the image’s venv holds, beside pip. */
export const IMAGE_PACKAGES: readonly WheelSpec[] = [
  torch('2.8.0+cu128', '12.8'),
  { name: 'torchvision', version: '0.23.0+cu128', requires: ['torch==2.8.0'] },
  { name: 'numpy', version: '2.1.0' },
  { name: 'pillow', version: '11.0.0' },
  { name: 'safetensors', version: '0.5.0' },
]

/** A torch that only says what it is. */
export function torch(version: string, cuda: string): WheelSpec {
  const says = `__version__ = '${version}'\ndebug = False\ncuda: Optional[str] = '${cuda}'\n`
  return {
    name: 'torch',
    version,
    files: {
      'torch/version.py': `from typing import Optional\n\n${says}`,
      'torch/__init__.py': 'from .version import __version__\n',
    },
  }
}

/** Puts a venv of the machine’s own Python with these packages and pip into an image’s layer, instead of one that was there. */
export function putPython(layer: string, packages: readonly WheelSpec[] = IMAGE_PACKAGES): void {
  const venv = `${layer}${IMAGE_VENV}`
  rmSync(venv, { recursive: true, force: true })
  mkdirSync(venv, { recursive: true })
  execFileSync('/usr/bin/python3', ['-m', 'venv', '--symlinks', '--without-pip', venv])
  const written = ['pyvenv.cfg', ...readdirSync(`${venv}/bin`).filter((name) => name.startsWith('activate'))]
  const files = written.map((name) => (name === 'pyvenv.cfg' ? `${venv}/${name}` : `${venv}/bin/${name}`))
  // As if it had been made inside the image.
  execFileSync('sed', ['-i', `s|${venv}|${IMAGE_VENV}|g`, ...files.filter((path) => !path.endsWith('.ps1'))])
  const site = sitePackages(venv)
  for (const each of packages) putPackage(site, each)
  for (const name of readdirSync(needTools()).filter((each) => /^pip(-|$)/.test(each)))
    cpSync(`${PYTHON_TOOLS}/${name}`, `${site}/${name}`, { recursive: true })
  writeFileSync(
    `${venv}/bin/pip`,
    `#!${IMAGE_VENV}/bin/python\nfrom pip._internal.cli.main import main\nmain()\n`,
    {
      mode: 0o755,
    },
  )
}

/** Puts uv into an image’s layer. */
export function putUv(layer: string): void {
  cpSync(`${needTools()}/bin/uv`, `${layer}/usr/local/bin/uv`)
}

/** The folder of packages of a venv, or of an overlay. */
export function sitePackages(venv: string): string {
  const name = readdirSync(`${venv}/lib`).find((each) => each.startsWith('python3.'))
  return `${venv}/lib/${name}/site-packages`
}

function needTools(): string {
  if (!existsSync(`${PYTHON_TOOLS}/wanted`))
    throw new Error('Cannot find pip and uv for the image. Run «npm run tools».')
  return PYTHON_TOOLS
}
