import { expect, test } from 'vitest'
import { parseCategories, parseFlags, parseVersion } from '../../src/facts/parse-comfyui.ts'

test('flags are the leading texts of each argument, not those that help mentions', () => {
  const text = `
parser = argparse.ArgumentParser()
parser.add_argument("--listen", type=str, help="see --not-a-flag and '--nor-this'")
parser.add_argument(
    '-q',
    '--quiet', "--silent",
    action="store_true",
)
group = parser.add_mutually_exclusive_group()
group.add_argument("--cache-ram", nargs='*', const="--oddity", default=[])
parser.add_argument("--colour", action=argparse.BooleanOptionalAction)
parser.add_argument("--last", action="store_true")
parser.add_argument("positional")
`
  expect([...parseFlags(text)]).toEqual([
    '--listen',
    '--quiet',
    '--silent',
    '--cache-ram',
    '--colour',
    '--no-colour',
    '--last',
  ])
})

test('a text without arguments has no flags', () => {
  expect(parseFlags('').size).toBe(0)
})

const FOLDER_PATHS = `
folder_names_and_paths: dict[str, tuple[list[str], set[str]]] = {}
folder_names_and_paths["loras"] = ([os.path.join(models_dir, "loras")], extensions)
folder_names_and_paths["text_encoders"] = ([os.path.join(models_dir, "text_encoders"), os.path.join(models_dir, "clip")], extensions)
folder_names_and_paths['deep'] = (
    [
        os.path.join(models_dir, 'a', 'b'),
    ],
    {""},
)
folder_names_and_paths["custom_nodes"] = ([os.path.join(base_path, "custom_nodes")], set())

def add_model_folder_path(folder_name, full_path):
    folder_names_and_paths["made_later"] = ([os.path.join(models_dir, "later")], set())
    folder_names_and_paths[folder_name] = ([full_path], set())
`

test('categories come with their folders in order, and with the folder they lie in', () => {
  expect(parseCategories(FOLDER_PATHS)).toEqual([
    { name: 'loras', folders: ['loras'], below: 'models' },
    { name: 'text_encoders', folders: ['text_encoders', 'clip'], below: 'models' },
    { name: 'deep', folders: ['a/b'], below: 'models' },
    { name: 'custom_nodes', folders: ['custom_nodes'], below: 'base' },
  ])
})

test('the version is the assigned text', () => {
  expect(parseVersion('# made by a tool\n__version__ = "0.33.0"\n')).toBe('0.33.0')
  expect(parseVersion('version = 1')).toBeUndefined()
})
