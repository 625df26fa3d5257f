"""SaveImageWebsocket: sends pictures to the client as binary PNG messages instead of saving them."""

import comfy.utils


class SaveImageWebsocket:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"images": ("IMAGE",)}}

    RETURN_TYPES = ()
    FUNCTION = "save_images"
    OUTPUT_NODE = True
    CATEGORY = "api/image"

    def save_images(self, images):
        bar = comfy.utils.ProgressBar(len(images))
        for step, picture in enumerate(images):
            bar.update_absolute(step, len(images), ("PNG", picture.png()))
        return {}


NODE_CLASS_MAPPINGS = {"SaveImageWebsocket": SaveImageWebsocket}
