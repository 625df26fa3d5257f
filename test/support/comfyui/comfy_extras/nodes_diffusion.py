"""The nodes of the usual text-to-image graph, without any diffusion: a checkpoint must exist but is not read, and the
picture's colour comes from the seed and the prompts, so that equal graphs give equal pictures."""

import time
import zlib

import comfy.utils
import folder_paths
from comfy.picture import TINY_JPEG, Picture

STEP_S = 0.01
SAMPLERS = ["euler", "euler_ancestral", "heun", "dpmpp_2m", "ddim"]
SCHEDULERS = ["simple", "sgm_uniform", "karras", "normal"]


class CheckpointLoaderSimple:
    DESCRIPTION = "Finds a checkpoint."
    SEARCH_ALIASES = ["model", "checkpoint"]
    OUTPUT_TOOLTIPS = ("The model.", "The text encoder.", "The decoder.")

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"ckpt_name": (folder_paths.get_filename_list("checkpoints"), {"tooltip": "Which checkpoint."})}}

    RETURN_TYPES = ("MODEL", "CLIP", "VAE")
    FUNCTION = "load_checkpoint"
    CATEGORY = "model/loaders"

    def load_checkpoint(self, ckpt_name):
        path = folder_paths.get_full_path_or_raise("checkpoints", ckpt_name)
        return path, path, path


class CLIPTextEncode:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {"multiline": True}), "clip": ("CLIP",)}}

    RETURN_TYPES = ("CONDITIONING",)
    FUNCTION = "encode"
    CATEGORY = "model/conditioning"

    def encode(self, clip, text):
        return (text,)


class EmptyLatentImage:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {
            "width": ("INT", {"default": 512, "min": 16, "max": 16384, "step": 8}),
            "height": ("INT", {"default": 512, "min": 16, "max": 16384, "step": 8}),
            "batch_size": ("INT", {"default": 1, "min": 1, "max": 4096}),
        }}

    RETURN_TYPES = ("LATENT",)
    FUNCTION = "generate"
    CATEGORY = "model/latent"

    def generate(self, width, height, batch_size=1):
        return ({"width": width, "height": height, "batch_size": batch_size},)


class KSampler:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {
            "model": ("MODEL",),
            "seed": ("INT", {"default": 0, "min": 0, "max": 0xFFFFFFFFFFFFFFFF}),
            "steps": ("INT", {"default": 20, "min": 1, "max": 10000}),
            "cfg": ("FLOAT", {"default": 8.0, "min": 0.0, "max": 100.0, "step": 0.1}),
            "sampler_name": (SAMPLERS,),
            "scheduler": (SCHEDULERS,),
            "positive": ("CONDITIONING",),
            "negative": ("CONDITIONING",),
            "latent_image": ("LATENT",),
            "denoise": ("FLOAT", {"default": 1.0, "min": 0.0, "max": 1.0, "step": 0.01}),
        }}

    RETURN_TYPES = ("LATENT",)
    FUNCTION = "sample"
    CATEGORY = "model/sampling"

    def sample(self, model, seed, steps, positive, negative, latent_image, **rest):
        bar = comfy.utils.ProgressBar(steps)
        for step in range(steps):
            time.sleep(STEP_S)
            bar.update_absolute(step + 1, steps, ("JPEG", TINY_JPEG))
        color = zlib.crc32(f"{model} {seed} {positive} {negative}".encode()) & 0xFFFFFF
        return ({**latent_image, "color": color},)


class VAEDecode:
    DESCRIPTION = "Turns a latent into pictures."
    SEARCH_ALIASES = ["decode"]
    OUTPUT_TOOLTIPS = ("The pictures.",)

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"samples": ("LATENT", {"tooltip": "What to decode."}), "vae": ("VAE", {"tooltip": "The decoder."})}}

    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "decode"
    CATEGORY = "model/latent"

    def decode(self, samples, vae):
        picture = Picture(samples["width"], samples["height"], samples.get("color", 0))
        return ([picture] * samples["batch_size"],)


NODE_CLASS_MAPPINGS = {node.__name__: node for node in (CheckpointLoaderSimple, CLIPTextEncode, EmptyLatentImage, KSampler, VAEDecode)}
NODE_DISPLAY_NAME_MAPPINGS = {
    "CheckpointLoaderSimple": "Load Checkpoint",
    "CLIPTextEncode": "CLIP Text Encode (Prompt)",
    "EmptyLatentImage": "Empty Latent Image",
    "VAEDecode": "VAE Decode",
}
