import { access, chmod, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../support/temp-folder.ts'
import { freshPlace, load, ready } from './fresh.ts'

const NODE = 'NODE_CLASS_MAPPINGS = {}\n'

describe('the log', () => {
  it('tells the start in the captured order, all of it on stderr with ANSI tags', async () => {
    const place = await freshPlace({
      'custom_nodes/a/__init__.py': NODE,
      'custom_nodes/a/prestartup_script.py': '',
    })
    const comfyui = await ready(place)
    const milestones = [
      'setup plugin alembic.autogenerate.schemas',
      `Setting base directory to: ${place.base}`,
      'Prestartup times for custom nodes:',
      'Checkpoint files will always be loaded safely.',
      'Total VRAM ',
      'pytorch version: ',
      'Set vram state to: DISABLED',
      'Device: cpu',
      'Python version: 3.',
      'ComfyUI version: 0.33.0',
      '[Prompt Server] web root: ',
      'Import times for custom nodes:',
      'Context impl SQLiteImpl.',
      'Database upgraded from None to 0006_add_loader_path',
      'Starting server',
      `To see the GUI go to: ${comfyui.url}`,
    ]
    const places = milestones.map((line) => comfyui.err().indexOf(line))
    expect(places.every((at) => at >= 0)).toBe(true)
    expect(places).toEqual([...places].sort((one, other) => one - other))
    expect(comfyui.err()).toContain('\u001b[32m[INFO]\u001b[0m Starting server')
    expect(comfyui.out()).toBe('')
  })

  it('--log-stdout moves it to stdout, --verbose ERROR silences it', async () => {
    const place = await freshPlace()
    const loud = await load(place, { args: ['--log-stdout'] })
    expect([loud.out().includes('ComfyUI version'), loud.err()]).toEqual([true, ''])
    const quiet = await load(place, { args: ['--verbose', 'ERROR'] })
    expect(quiet.err()).toBe('')
  })

  it('what a node prints is held back until it ends, or until the next log line with --log-stdout', async () => {
    const place = await freshPlace({ 'custom_nodes/say/__init__.py': `print("hello")\n${NODE}` })
    const env = { PYTHONUNBUFFERED: '1' }
    const held = await ready(place, { env })
    expect(held.out()).toBe('')
    held.kill('SIGINT')
    await held.end
    expect(held.out()).toBe('hello\n')
    const told = await ready(place, { env, args: ['--log-stdout'] })
    expect(told.out()).toContain('hello\n')
  })
})

describe('custom nodes', () => {
  it('are imported for real; a broken one is left out, disabled ones and other files are not looked at', async () => {
    const place = await freshPlace({
      'custom_nodes/good/__init__.py':
        'from .inner import NODE_CLASS_MAPPINGS\nimport folder_paths\nprint(folder_paths.models_dir)',
      'custom_nodes/good/inner.py': 'class Good:\n    pass\nNODE_CLASS_MAPPINGS = {"Good": Good}\n',
      'custom_nodes/broken/__init__.py': 'import not_a_module_xyz',
      'custom_nodes/broken/prestartup_script.py': 'raise RuntimeError("too early")',
      'custom_nodes/mapless/__init__.py': '',
      'custom_nodes/single.py': NODE,
      'custom_nodes/off.disabled/__init__.py': 'raise SystemExit(9)',
      'custom_nodes/__pycache__/x.py': 'raise SystemExit(9)',
      'custom_nodes/README.md': '',
    })
    const { code, err, out } = await load(place)
    const log = stripVTControlCharacters(err())
    const nodes = join(place.base, 'custom_nodes')
    expect(code).toBe(0)
    expect(out()).toBe(`${join(place.base, 'models')}\n`)
    expect(log).toContain(
      `Failed to execute startup-script: ${nodes}/broken/prestartup_script.py / too early`,
    )
    expect(log).toContain(`seconds (PRESTARTUP FAILED): ${nodes}/broken`)
    expect(log).toContain(
      `Cannot import ${nodes}/broken module for custom nodes: No module named 'not_a_module_xyz'`,
    )
    expect(log).toContain(`seconds (IMPORT FAILED): ${nodes}/broken`)
    expect(log).toContain(`seconds (IMPORT FAILED): ${nodes}/mapless`)
    expect(log).toMatch(/0\.0 seconds: .*\/good\n/)
    expect(log).toMatch(/0\.0 seconds: .*\/single\.py\n/)
    expect(log).not.toContain('off.disabled')
    expect(log).not.toContain('README')
  })

  it('--disable-all-custom-nodes loads none but those on the white list', async () => {
    const files = { 'custom_nodes/a/__init__.py': NODE, 'custom_nodes/b/__init__.py': NODE }
    const place = await freshPlace(files)
    const none = await load(place, { args: ['--disable-all-custom-nodes'] })
    expect(none.err()).toContain('Skipping loading of custom nodes')
    const one = await load(place, { args: ['--disable-all-custom-nodes', '--whitelist-custom-nodes', 'b'] })
    expect(one.err()).toContain('Skipping a due to disable_all_custom_nodes')
    expect(one.err()).toContain(`seconds: ${place.base}/custom_nodes/b`)
  })
})

describe('what it writes', () => {
  it('the code and the models may be read-only; only the database complains', async () => {
    const place = await freshPlace({ 'models/checkpoints/a.safetensors': 'x' })
    for (const path of [place.tree, join(place.base, 'models'), join(place.base, 'models/checkpoints')])
      await chmod(path, 0o555)
    onTestFinished(() => chmod(place.tree, 0o755))
    onTestFinished(() => chmod(join(place.base, 'models/checkpoints'), 0o755))
    const before = await readdir(place.tree)
    const url = 'sqlite:////proc/none/comfyui.db'
    const comfyui = await ready(place, {
      args: ['--database-url', url],
      env: { PYTHONDONTWRITEBYTECODE: '1' },
    })
    expect(comfyui.err()).toContain('Failed to initialize database.')
    expect(await (await fetch(`${comfyui.url}/models/checkpoints`)).json()).toEqual(['a.safetensors'])
    expect(await readdir(place.tree)).toEqual(before)
  })

  it('folders go where the arguments say', async () => {
    const place = await freshPlace()
    const other = await tempFolder()
    for (const name of ['user', 'models', 'page']) await mkdir(join(other, name))
    await writeFile(join(other, 'page/index.html'), '<p>mine')
    const flags = ['output', 'input', 'temp', 'user', 'models'].flatMap((kind) => [
      `--${kind}-directory`,
      join(other, kind),
    ])
    const database = join(other, 'x.db')
    const args = [
      ...flags,
      '--front-end-root',
      join(other, 'page'),
      '--database-url',
      `sqlite:///${database}`,
    ]
    const comfyui = await ready(place, { args })
    expect(await (await fetch(comfyui.url)).text()).toBe('<p>mine')
    expect((await readdir(other)).sort()).toEqual(['models', 'page', 'temp', 'user', 'x.db', 'x.db.lock'])
    expect(await readdir(join(other, 'temp'))).toEqual(['temp'])
    const second = await load(place, { args })
    expect(second.err()).toContain('Another ComfyUI process may already be using it.')
  })

  it('without a base directory everything lies beside the real main.py, also behind a symlink', async () => {
    const place = await freshPlace()
    await rename(place.tree, join(place.base, 'ComfyUI'))
    await symlink(join(place.base, 'ComfyUI'), place.tree)
    const comfyui = await ready(place, { bare: true, args: ['--cpu'] })
    const folders: unknown = await (await fetch(`${comfyui.url}/internal/folder_paths`)).json()
    expect(folders).toMatchObject({ custom_nodes: [join(place.base, 'ComfyUI/custom_nodes')] })
    await access(join(place.base, 'ComfyUI/user/comfyui.db'))
    const version = await readFile(join(place.tree, 'comfyui_version.py'), 'utf8')
    expect(version).toMatch(/^__version__ = "0\.33\.0"$/m)
    expect(await readFile(join(place.tree, 'comfy/cli_args.py'), 'utf8')).toContain('"--base-directory"')
  })
})
