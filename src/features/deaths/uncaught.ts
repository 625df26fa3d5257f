import { nodeAdvice } from './custom-node.ts'
import { clipped, type Evidence, type Finding } from './evidence.ts'
import type { Traceback } from './traceback.ts'

/** What an exception that nobody caught means: something that is not installed, or a mistake whose place is named. */
export function tracebackFinding({ spec }: Evidence, found: Traceback): Finding {
  const { exception, message, at, node } = found
  const module = /No module named '([\w.]+)'/.exec(message)?.[1]
  if (/(ModuleNotFound|Import)Error$/.test(exception) && module !== undefined)
    return { cause: 'missing-package', ...missingModule(spec, module, found) }
  const library = /^(lib\S+\.so[\d.]*): cannot open shared object file/.exec(message)?.[1]
  if (library !== undefined) return { cause: 'missing-package', ...missingLibrary(spec.title, library) }
  const where = at === undefined ? '' : `, in ${at.file} line ${at.line}`
  const remedy = nodeAdvice(node)
  return {
    cause: 'traceback',
    summary: `${spec.title} ended with ${exception}${message === '' ? '' : `: ${clipped(message)}`}${where}.`,
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** Parts of ComfyUI's own tree: what pip knows by these names is something else. */
const COMFYUIS_OWN = new Set(
  'alembic_db api_server app comfy comfy_api comfy_api_nodes comfy_config comfy_execution comfy_extras execution folder_paths latent_preview middleware node_helpers nodes protocol server utils'.split(
    ' ',
  ),
)

/** What pip calls the modules that nodes most often lack, where that is another name. */
const PIP_NAMES: ReadonlyMap<string, string> = new Map([
  ['cv2', 'opencv-python-headless'],
  ['git', 'GitPython'],
  ['PIL', 'Pillow'],
  ['skimage', 'scikit-image'],
  ['sklearn', 'scikit-learn'],
  ['yaml', 'PyYAML'],
])

type Words = Pick<Finding, 'summary' | 'remedy'>

function missingModule(spec: Evidence['spec'], module: string, { at, node }: Traceback): Words {
  const [top = module] = module.split('.')
  const needs = `needs the Python module ${module}, which is not installed in ${spec.file}.`
  const install = `${spec.file} -m pip install`
  if (node !== undefined && at?.file.includes(`/custom_nodes/${node}`)) {
    const folder = /^.*\/custom_nodes\/[^/]+(?=\/)/.exec(at.file)?.[0]
    const remedy =
      folder === undefined
        ? `${install} ${PIP_NAMES.get(top) ?? top}`
        : `${install} -r ${folder}/requirements.txt`
    return { summary: `The custom node ${node} ${needs}`, remedy }
  }
  const summary = `${spec.title} ${needs}`
  if (spec.name !== 'comfyui') return { summary, remedy: `${install} ${PIP_NAMES.get(top) ?? top}` }
  if (COMFYUIS_OWN.has(top))
    return {
      summary: `ComfyUI’s own module ${module} is not in its tree, or another package of that name is in front of it.`,
      remedy: 'comfy-init workspace verify shows what was changed in ComfyUI’s code.',
    }
  return { summary, remedy: `${install} -r ${requirementsOf(spec)}` }
}

/** The list of what ComfyUI needs, beside its main.py. */
export function requirementsOf({ args }: Pick<Evidence['spec'], 'args'>): string {
  return (args[0] ?? 'main.py').replace(/[^/]*$/, 'requirements.txt')
}

/** Packages of Debian and Ubuntu that hold what images most often lack. */
const PACKAGES: readonly (readonly [RegExp, string])[] = [
  [/^libGL\.so/, 'libgl1'],
  [/^lib(glib|gthread)-2\.0\.so/, 'libglib2.0-0'],
  [/^libsndfile\.so/, 'libsndfile1'],
  [/^libEGL\.so/, 'libegl1'],
]

function missingLibrary(title: string, library: string): Words {
  const found = PACKAGES.find(([pattern]) => pattern.test(library))?.[1]
  return {
    summary: `${title} needs the system library ${library}, which is not installed.`,
    remedy:
      found === undefined
        ? `Install the package that holds ${library} in the image.`
        : `In the image: apt-get update && apt-get install -y ${found}`,
  }
}
