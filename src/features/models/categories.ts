import type { Category, Facts } from '../../facts/facts.ts'

/** Model categories of the ComfyUI that will run; those of ComfyUI 0.33 where its own list could not be read. Pure. */
export function categoriesOf(facts: Facts): readonly Category[] {
  const known = [facts.adopted, facts.image].find((each) => each !== undefined && each.categories.length > 0)
  return (known?.categories ?? USUAL).filter(({ name }) => name !== 'custom_nodes')
}

/** The categories' folder that a mistyped folder name was probably meant to be (`Lora` → `loras`), or undefined. */
export function nearMiss(folder: string, categories: readonly Category[]): string | undefined {
  const folders = categories.flatMap((each) => each.folders)
  return folders.includes(folder) ? undefined : folders.find((each) => gist(each) === gist(folder))
}

function gist(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '').replace(/s$/, '')
}

const USUAL: readonly Category[] = [
  ...['checkpoints', 'configs', 'loras', 'vae'].map(plain),
  { name: 'text_encoders', folders: ['text_encoders', 'clip'] },
  { name: 'diffusion_models', folders: ['unet', 'diffusion_models'] },
  ...['clip_vision', 'style_models', 'embeddings', 'diffusers', 'vae_approx'].map(plain),
  { name: 'controlnet', folders: ['controlnet', 't2i_adapter'] },
  ...['gligen', 'upscale_models', 'latent_upscale_models', 'datasets', 'hypernetworks'].map(plain),
  ...['photomaker', 'classifiers', 'model_patches', 'audio_encoders', 'background_removal'].map(plain),
  ...['frame_interpolation', 'geometry_estimation', 'optical_flow', 'detection', 'fonts'].map(plain),
]

function plain(name: string): Category {
  return { name, folders: [name] }
}
