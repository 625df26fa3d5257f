"""The core nodes the stand-in knows, and the maps that custom nodes add to."""

import json
import logging
import os
import random
import string

import folder_paths
from app import custom_nodes
from comfy.cli_args import args
from comfy.picture import Picture
from comfy_extras import nodes_diffusion, nodes_image, nodes_slow


class EmptyImage:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {
            "width": ("INT", {"default": 512, "min": 1, "max": 16384, "step": 1}),
            "height": ("INT", {"default": 512, "min": 1, "max": 16384, "step": 1}),
            "batch_size": ("INT", {"default": 1, "min": 1, "max": 4096}),
            "color": ("INT", {"default": 0, "min": 0, "max": 0xFFFFFF, "step": 1, "display": "color"}),
        }}

    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "generate"
    CATEGORY = "image"

    def generate(self, width, height, batch_size=1, color=0):
        return ([Picture(width, height, color)] * batch_size,)


class SaveImage:
    kind = "output"
    SEARCH_ALIASES = ["save", "write"]
    ESSENTIALS_CATEGORY = "Basics"
    DESCRIPTION = "Writes images into the output folder."

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "images": ("IMAGE", {"tooltip": "What to save."}),
                "filename_prefix": ("STRING", {"default": "ComfyUI", "tooltip": "How the file names begin."}),
            },
            "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"},
        }

    RETURN_TYPES = ("IMAGE",)
    RETURN_NAMES = ("images",)
    FUNCTION = "save_images"
    OUTPUT_NODE = True
    CATEGORY = "image"

    def folder(self):
        return folder_paths.get_output_directory()

    def save_images(self, images, filename_prefix="ComfyUI", prompt=None, extra_pnginfo=None):
        """Numbers go on from the highest in the folder: prefix_00001_.png, prefix_00002_.png, ..."""
        first = images[0]
        folder, name, counter, subfolder, _ = folder_paths.get_save_image_path(
            filename_prefix, self.folder(), first.width, first.height)
        saved = []
        for number, picture in enumerate(images, counter):
            filename = f"{name.replace('%batch_num%', str(number - counter))}_{number:05}_.png"
            with open(os.path.join(folder, filename), "wb") as file:
                file.write(picture.png(_metadata(prompt, extra_pnginfo)))
            saved.append({"filename": filename, "subfolder": subfolder, "type": self.kind})
        return {"ui": {"images": saved}, "result": (images,)}


class PreviewImage(SaveImage):
    kind = "temp"
    SEARCH_ALIASES = ["preview", "show"]
    DESCRIPTION = "Writes images into the temp folder, where the next start removes them."

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"images": ("IMAGE",)}, "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}}

    def folder(self):
        return folder_paths.get_temp_directory()

    def save_images(self, images, filename_prefix=None, prompt=None, extra_pnginfo=None):
        letters = "".join(random.choice(string.ascii_lowercase) for _ in range(5))
        return super().save_images(images, f"ComfyUI_temp_{letters}", prompt, extra_pnginfo)


def _metadata(prompt, extra_pnginfo):
    if args.disable_metadata:
        return []
    texts = [("prompt", json.dumps(prompt))] if prompt is not None else []
    return texts + [(key, json.dumps(value)) for key, value in (extra_pnginfo or {}).items()]


NODE_CLASS_MAPPINGS = {"EmptyImage": EmptyImage, "SaveImage": SaveImage, "PreviewImage": PreviewImage}
NODE_DISPLAY_NAME_MAPPINGS = {"EmptyImage": "Empty Image", "SaveImage": "Save Image", "PreviewImage": "Preview Image"}


def init_nodes():
    """Adds the extra nodes, then the custom nodes."""
    for module in (nodes_diffusion, nodes_image, nodes_slow):
        NODE_CLASS_MAPPINGS.update(module.NODE_CLASS_MAPPINGS)
        NODE_DISPLAY_NAME_MAPPINGS.update(module.NODE_DISPLAY_NAME_MAPPINGS)
    if args.disable_all_custom_nodes and not args.whitelist_custom_nodes:
        logging.info("Skipping loading of custom nodes")
        return
    custom_nodes.load_custom_nodes(NODE_CLASS_MAPPINGS, NODE_DISPLAY_NAME_MAPPINGS)


def describe(name):
    """The entry of one node in /object_info."""
    node = NODE_CLASS_MAPPINGS[name]
    inputs = node.INPUT_TYPES()
    outputs = list(getattr(node, "RETURN_TYPES", ()))
    info = {
        "input": inputs,
        "input_order": {kind: list(entries) for kind, entries in inputs.items()},
        "is_input_list": getattr(node, "INPUT_IS_LIST", False),
        "output": outputs,
        "output_is_list": list(getattr(node, "OUTPUT_IS_LIST", [False] * len(outputs))),
        "output_name": list(getattr(node, "RETURN_NAMES", outputs)),
        "name": name,
        "display_name": NODE_DISPLAY_NAME_MAPPINGS.get(name, name),
        "description": getattr(node, "DESCRIPTION", ""),
        "python_module": getattr(node, "RELATIVE_PYTHON_MODULE", "nodes"),
        "category": getattr(node, "CATEGORY", "sd"),
        "output_node": bool(getattr(node, "OUTPUT_NODE", False)),
        "has_intermediate_output": bool(getattr(node, "HAS_INTERMEDIATE_OUTPUT", False)),
    }
    if hasattr(node, "OUTPUT_TOOLTIPS"):
        info["output_tooltips"] = list(node.OUTPUT_TOOLTIPS)
    for attribute in ("DEPRECATED", "EXPERIMENTAL", "DEV_ONLY", "API_NODE"):
        if getattr(node, attribute, False):
            info[attribute.lower()] = True
    info["search_aliases"] = getattr(node, "SEARCH_ALIASES", [])
    if hasattr(node, "ESSENTIALS_CATEGORY"):
        info["essentials_category"] = node.ESSENTIALS_CATEGORY
    return info
