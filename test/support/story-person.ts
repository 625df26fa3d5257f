import { createHash } from 'node:crypto'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** What a person put into ComfyUI's folder: path and text. */
const THEIRS: Readonly<Record<string, string>> = {
  'custom_nodes/mine/__init__.py': `class Mine:
    RETURN_TYPES = ()
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}}


NODE_CLASS_MAPPINGS = {"Mine": Mine}
`,
  'custom_nodes/mine/settings.json': '{"mine": true}\n',
  'models/loras/style.safetensors': 'weights '.repeat(20_000),
  'models/my models/big.bin': 'weights '.repeat(100_000),
  'user/default/workflows/mine.json': '{"nodes": []}\n',
  'user/default/comfy.settings.json': '{"Comfy.ColorPalette": "dark"}\n',
  'input/photo.png': 'a photo\n',
  'output/ComfyUI_00001_.png': 'a picture\n',
  'output/2026/ComfyUI_00002_.png': 'another picture\n',
  'extra_model_paths.yaml': 'mine:\n    base_path: /workspace/mine\n    loras: loras\n',
  'comfy/notes.txt': 'beside the code\n',
  'more/part-1/notes.txt': 'in a folder that the later version lacks\n',
  'notes with\na newline.txt': 'an odd name\n',
}

/** What each file of a person's holds, by its path in ComfyUI's folder. */
export type TheirFiles = ReadonlyMap<string, string>

/** Writes files of 1000:1000 into ComfyUI's folder of a volume; gives all files of the person's with their content. */
export function putTheirs(volume: string, files: Readonly<Record<string, string>> = THEIRS): TheirFiles {
  for (const [name, text] of Object.entries(files)) {
    const path = `${volume}/ComfyUI/${name}`
    makeTheirFolder(dirname(path))
    writeFileSync(path, text)
    chownSync(path, 1000, 1000)
  }
  return new Map(Object.entries(files).map(([name, text]) => [name, digestOf(Buffer.from(text))]))
}

function makeTheirFolder(path: string): void {
  if (existsSync(path)) return
  makeTheirFolder(dirname(path))
  mkdirSync(path)
  chownSync(path, 1000, 1000)
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Files of a person's that lie nowhere whole, while a switch may be under way. */
export function lostNow(volume: string, theirs: TheirFiles): readonly string[] {
  const { trees, changes } = placesIn(volume)
  return lost(theirs, [`${volume}/ComfyUI`, ...trees, ...changes])
}

/** Files of a person's that are not where they belong: in ComfyUI's folder, or kept as what was changed in its code. */
export function lostAtLast(volume: string, theirs: TheirFiles): readonly string[] {
  return lost(theirs, [`${volume}/ComfyUI`, ...placesIn(volume).changes])
}

function lost(theirs: TheirFiles, places: readonly string[]): readonly string[] {
  const isIn = (name: string, digest: string) => (place: string) => holds(`${place}/${name}`, digest)
  return [...theirs].filter(([name, digest]) => !places.some(isIn(name, digest))).map(([name]) => name)
}

function holds(path: string, digest: string): boolean {
  return (
    lstatSync(path, { throwIfNoEntry: false })?.isFile() === true && digestOf(readFileSync(path)) === digest
  )
}

function placesIn(volume: string): {
  readonly trees: readonly string[]
  readonly changes: readonly string[]
} {
  const own = `${volume}/.comfy-init`
  const kept = existsSync(`${own}/changes`) ? readdirSync(`${own}/changes`) : []
  return {
    trees: ['retired', 'previous', 'next'].map((slot) => `${own}/trees/${slot}/ComfyUI`),
    changes: kept.map((time) => `${own}/changes/${time}/files`),
  }
}

/** Adds a row of the person's to ComfyUI's database of a volume. */
export function putRow(volume: string, row: string): void {
  const database = new DatabaseSync(databaseOf(volume))
  database.exec('CREATE TABLE IF NOT EXISTS theirs (row TEXT)')
  database.prepare('INSERT INTO theirs VALUES (?)').run(row)
  database.close()
}

/** Which revision a database has and the person's rows in it: ComfyUI's own bytes of it may differ from run to run. */
export function databaseText(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const revisions = database.prepare('SELECT version_num FROM alembic_version').all()
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'theirs'").all()
    const rows = tables.length === 0 ? [] : database.prepare('SELECT row FROM theirs ORDER BY row').all()
    return [...revisions, ...rows].flatMap((each) => Object.values(each)).join(', ')
  } finally {
    database.close()
  }
}

function databaseOf(volume: string): string {
  return `${volume}/ComfyUI/user/comfyui.db`
}
