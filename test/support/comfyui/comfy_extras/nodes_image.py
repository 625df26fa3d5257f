"""LoadImage: a picture of the size a PNG says it has, in a colour that depends on its bytes."""

import os
import struct
import zlib

import folder_paths
from comfy.picture import Picture

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")


class LoadImage:
    SEARCH_ALIASES = ["load image", "open image"]
    ESSENTIALS_CATEGORY = "Basics"

    @classmethod
    def INPUT_TYPES(cls):
        folder = folder_paths.get_input_directory()
        names = [name for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name)) and name.lower().endswith(SUFFIXES)]
        return {"required": {"image": (sorted(names), {"image_upload": True})}}

    RETURN_TYPES = ("IMAGE", "MASK")
    FUNCTION = "load_image"
    CATEGORY = "image"

    @classmethod
    def VALIDATE_INPUTS(cls, image):
        return True if folder_paths.exists_annotated_filepath(image) else f"Invalid image file: {image}"

    @classmethod
    def IS_CHANGED(cls, image):
        with open(folder_paths.get_annotated_filepath(image), "rb") as file:
            return zlib.crc32(file.read())

    def load_image(self, image):
        with open(folder_paths.get_annotated_filepath(image), "rb") as file:
            data = file.read()
        width, height = struct.unpack(">II", data[16:24]) if data[1:4] == b"PNG" else (64, 64)
        picture = Picture(width, height, zlib.crc32(data) & 0xFFFFFF)
        return [picture], [picture]


NODE_CLASS_MAPPINGS = {"LoadImage": LoadImage}
NODE_DISPLAY_NAME_MAPPINGS = {"LoadImage": "Load Image"}
