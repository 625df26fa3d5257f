"""SlowNode: takes 0.1 s a step, shows previews, and fails on demand."""

import time

import comfy.utils
from comfy.model_management import OutOfMemoryError
from comfy.picture import TINY_JPEG

STEP_S = 0.1


class SlowNode:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {
            "image": ("IMAGE",),
            "steps": ("INT", {"default": 3, "min": 1, "max": 1000}),
            "mode": (["ok", "raise", "oom"],),
        }}

    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "run"
    CATEGORY = "test"

    def run(self, image, steps, mode):
        bar = comfy.utils.ProgressBar(steps)
        for step in range(steps):
            time.sleep(STEP_S)
            if step == 1 and mode == "raise":
                raise ValueError("boom from slow node")
            if step == 1 and mode == "oom":
                raise OutOfMemoryError("Allocation on device")
            bar.update_absolute(step + 1, steps, ("JPEG", TINY_JPEG))
        return (image,)


NODE_CLASS_MAPPINGS = {"SlowNode": SlowNode}
NODE_DISPLAY_NAME_MAPPINGS = {"SlowNode": "Slow Node"}
