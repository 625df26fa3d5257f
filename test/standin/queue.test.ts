import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { until } from '../support/until.ts'
import { promptOf, records } from './captured.ts'
import { session } from './session.ts'
import { differences } from './shape.ts'

const CHECKPOINT = 'models/checkpoints/sd.safetensors'

const comfyui = session(async ({ base }) => {
  await mkdir(join(base, CHECKPOINT, '..'), { recursive: true })
  await writeFile(join(base, CHECKPOINT), '')
})
const { get, post, queue, runToEnd } = comfyui

describe('the queue', () => {
  it('shows, reorders, deletes and cancels what waits', async () => {
    const ids = [await queue(promptOf('interrupted'))]
    await until(async () => (await order()).running.length === 1, 'the first to run')
    for (const more of [{}, { front: true }, {}])
      ids.push(await queue(promptOf('interrupted'), undefined, more))
    const [running, second, front, last] = ids
    expect(differences(records.queue, await get('/queue'))).toEqual([])
    expect((await order()).pending).toEqual([front, second, last])
    expect(differences(records.job.pending ?? '', await get(`/api/jobs/${last}`))).toEqual([])
    expect(differences(records.job.in_progress ?? '', await get(`/api/jobs/${running}`))).toEqual([])
    await post('/queue', { delete: [second] })
    expect(await post(`/api/jobs/${front}/cancel`)).toEqual({ cancelled: true })
    expect(await order()).toEqual({ running: [running], pending: [last] })
    expect(await get('/prompt')).toEqual({ exec_info: { queue_remaining: 2 } })
    await post('/queue', { clear: true })
    await post('/interrupt', { prompt_id: running })
    await until(async () => (await order()).running.length === 0, 'nothing to run')
  })

  it('keeps secrets out of what it shows, and lists jobs by page and status', async () => {
    const extra = { api_key_comfy_org: 'hidden', mine: 1 }
    const id = await queue(promptOf('fresh'), undefined, { extra_data: extra })
    await until(async () => JSON.stringify(await get(`/history/${id}`)) !== '{}', 'the history')
    const shown = JSON.stringify([await get(`/history/${id}`), await get(`/api/jobs/${id}`)])
    expect(shown).toContain('"mine":1')
    expect(shown).not.toContain('hidden')
    const page = (await get('/api/jobs?status=completed&limit=1')) as {
      readonly jobs: readonly { readonly id: string }[]
      readonly pagination: unknown
    }
    expect(page.jobs.map((job) => job.id)).toEqual([id])
    expect(differences(records.pagination, page.pagination)).toEqual([])
  })

  it('takes a prompt id over, and the history forgets what it is told to', async () => {
    const id = 'b67805dd-3462-4f42-a028-aba78480b50e'
    expect(await queue(promptOf('fresh'), undefined, { prompt_id: id })).toBe(id)
    await until(async () => JSON.stringify(await get(`/history/${id}`)) !== '{}', 'the history')
    await post('/history', { delete: [id] })
    expect(await get(`/history/${id}`)).toEqual({})
  })
})

describe('pictures', () => {
  it('a picture is a PNG with its prompt inside, and /view gives the same bytes', async () => {
    const history = await runToEnd(promptOf('fresh', 0x12ab34))
    const name = /t_\d{5}_\.png/.exec(history)?.[0] ?? 'none'
    const png = await readFile(join(comfyui.place().base, 'output', name))
    expect(pixelOf(png)).toEqual([64, 64, 0x12, 0xab, 0x34])
    expect(png.includes('tEXtprompt\0{"1": {"class_type": "EmptyImage"')).toBe(true)
    const view = await fetch(`${comfyui.url()}/view?filename=${name}`)
    expect(Buffer.from(await view.arrayBuffer()).equals(png)).toBe(true)
  })

  it('a text-to-image graph runs on a checkpoint that is only a file', async () => {
    const text = (words: string) => ({
      class_type: 'CLIPTextEncode',
      inputs: { text: words, clip: ['1', 1] },
    })
    const sampler = { seed: 5, steps: 2, cfg: 7, sampler_name: 'euler', scheduler: 'simple', denoise: 1 }
    const links = { model: ['1', 0], positive: ['2', 0], negative: ['3', 0], latent_image: ['4', 0] }
    const history = await runToEnd({
      1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sd.safetensors' } },
      2: text('a lake'),
      3: text('blurry'),
      4: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 32, batch_size: 2 } },
      5: { class_type: 'KSampler', inputs: { ...sampler, ...links } },
      6: { class_type: 'VAEDecode', inputs: { samples: ['5', 0], vae: ['1', 2] } },
      7: { class_type: 'SaveImage', inputs: { images: ['6', 0], filename_prefix: 'lake' } },
    })
    expect(history).toContain('"status_str":"success"')
    const png = await readFile(join(comfyui.place().base, 'output/lake_00002_.png'))
    expect(pixelOf(png).slice(0, 2)).toEqual([64, 32])
  })

  it('an uploaded picture is loaded, previewed in temp and saved in a folder', async () => {
    const form = new FormData()
    const bytes = await readFile(join(comfyui.place().tree, 'input/example.png'))
    form.append('image', new Blob([new Uint8Array(bytes)]), 'example.png')
    await fetch(`${comfyui.url()}/upload/image`, { method: 'POST', body: form })
    const history = await runToEnd({
      1: { class_type: 'LoadImage', inputs: { image: 'example.png' } },
      2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
      3: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'deep/er' } },
    })
    expect(history).toMatch(/"filename":"ComfyUI_temp_[a-z]{5}_00001_.png","subfolder":"","type":"temp"/)
    expect(history).toContain('{"filename":"er_00001_.png","subfolder":"deep","type":"output"}')
  })

  it('a picture outside the output folder is not saved', async () => {
    const prompt = promptOf('fresh')
    const save = prompt['2']
    if (save !== undefined) save.inputs.filename_prefix = '../../x'
    expect(await runToEnd(prompt)).toContain('outside the output folder is not allowed')
  })
})

async function order(): Promise<{ running: readonly string[]; pending: readonly string[] }> {
  type Items = readonly (readonly [number, string])[]
  const shown = (await get('/queue')) as { readonly queue_running: Items; readonly queue_pending: Items }
  return { running: shown.queue_running.map((it) => it[1]), pending: shown.queue_pending.map((it) => it[1]) }
}

/** Width, height and the first pixel's red, green and blue of an 8-bit RGB PNG. */
function pixelOf(png: Buffer): readonly number[] {
  const at = png.indexOf('IDAT')
  const length = png.readUInt32BE(at - 4)
  const [, red = -1, green = -1, blue = -1] = inflateSync(png.subarray(at + 4, at + 4 + length))
  return [png.readUInt32BE(16), png.readUInt32BE(20), red, green, blue]
}
