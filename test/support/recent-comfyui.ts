import type { Category } from '../../src/facts/facts.ts'

/** Flags of a recent ComfyUI. */
export const FLAGS = [
  '--listen --port --base-directory --models-directory --extra-model-paths-config --output-directory',
  '--input-directory --temp-directory --user-directory --front-end-root --front-end-version --cpu --gpu-only',
  '--highvram --lowvram --novram --cuda-device --default-device --preview-method --enable-manager',
  '--disable-all-custom-nodes --whitelist-custom-nodes --multi-user --verbose --log-stdout --database-url',
  '--disable-metadata --fast --enable-cors-header --max-upload-size --quick-test-for-ci',
].flatMap((line) => line.split(' '))

/** Model categories of a recent ComfyUI. */
export const CATEGORIES: readonly Category[] = [
  ...['checkpoints', 'configs', 'loras', 'vae'].map(plainCategory),
  { name: 'text_encoders', folders: ['text_encoders', 'clip'] },
  { name: 'diffusion_models', folders: ['unet', 'diffusion_models'] },
  ...['clip_vision', 'style_models', 'embeddings', 'diffusers', 'vae_approx'].map(plainCategory),
  { name: 'controlnet', folders: ['controlnet', 't2i_adapter'] },
  ...['gligen', 'upscale_models', 'latent_upscale_models', 'hypernetworks', 'photomaker'].map(plainCategory),
  ...['classifiers', 'model_patches', 'audio_encoders', 'background_removal'].map(plainCategory),
  ...['frame_interpolation', 'geometry_estimation', 'optical_flow', 'detection'].map(plainCategory),
]

function plainCategory(name: string): Category {
  return { name, folders: [name] }
}
