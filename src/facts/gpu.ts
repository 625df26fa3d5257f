import type { Host } from '../host/host.ts'
import type { PythonFacts } from './device-facts.ts'
import type { Facts } from './facts.ts'
import type { FirstLook } from './first-look.ts'
import { isFolder } from './folders.ts'
import { orAbsent } from './or-absent.ts'
import { parseDriverVersion, parseModel } from './parse-nvidia.ts'
import { askGpu, type GpuAnswer, keyOf, readAnswer } from './probe-gpu.ts'
import { lookPython } from './python.ts'
import type { Sought } from './sought.ts'

/** Python and GPUs, which are looked at together: what torch was built for is asked for when there is a GPU. */
export type Devices = Pick<Facts, 'python' | 'pythonRefused' | 'gpu'>

/** Looks at Python, reads driver and cards from /proc, and the rest from the kept answer of nvidia-smi and torch. */
export async function lookDevices(host: Host, sought: Sought, first: FirstLook): Promise<Devices> {
  const { devices, groups } = first.devices
  const [{ python, pythonRefused }, version, models] = await Promise.all([
    lookPython(host, { ...sought, layout: first.layout }, first.who.target),
    orAbsent(host.fs.readText('/proc/driver/nvidia/version')),
    modelNames(host),
  ])
  const driver = parseDriverVersion(version ?? '')
  // A driver without device nodes is the host's, which every container sees: no card of ours.
  if (devices.length === 0) return { python, pythonRefused, gpu: { devices, groups, driver, cards: [] } }
  const key = keyOf({ driver, models, torch: python?.torch?.version })
  const answer = await answerFor(host, first, { key, python })
  const cards = answer?.cards.length ? answer.cards : models.map((name) => ({ name, capability: undefined }))
  return {
    python: python?.torch ? { ...python, torch: { ...python.torch, archs: answer?.archs } } : python,
    pythonRefused,
    gpu: { devices, groups, driver: driver ?? answer?.driver, cards },
  }
}

async function modelNames(host: Host): Promise<readonly string[]> {
  const folder = '/proc/driver/nvidia/gpus'
  const slots = (await orAbsent(host.fs.list(folder))) ?? []
  const texts = await Promise.all(
    slots.map((slot) => orAbsent(host.fs.readText(`${folder}/${slot}/information`))),
  )
  return texts.flatMap((text) => parseModel(text ?? '') ?? [])
}

// Programs run with our real ids: they are only run once those are the target's. The answer is only asked for where it
// can be kept, in a folder of ours that the boot has made: a second boot asks nobody.
async function answerFor(
  host: Host,
  { who, layout }: FirstLook,
  about: { readonly key: string; readonly python: PythonFacts | undefined },
): Promise<GpuAnswer | undefined> {
  const kept = await readAnswer(host.fs, layout.cacheFolder, about.key)
  if (kept !== undefined || who.us.uid !== who.target.uid) return kept
  return (await isFolder(host.fs, layout.own))
    ? askGpu(host, { ...about, cacheFolder: layout.cacheFolder })
    : undefined
}
