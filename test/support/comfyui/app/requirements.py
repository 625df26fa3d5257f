"""What requirements.txt asks for, as /system_stats shows it. The stand-in claims to have the packages it needs."""

import os

PACKAGES = ("comfyui-frontend-package", "comfyui-workflow-templates", "comfyui-embedded-docs", "comfy-kitchen", "comfy-aimdo")


def required():
    """name → version of every line of the form name==version."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "requirements.txt")
    try:
        with open(path, encoding="utf-8") as file:
            pairs = [line.strip().split("==") for line in file if "==" in line]
    except OSError:
        return {}
    return {pair[0]: pair[1] for pair in pairs}


INSTALLED = {name: version for name, version in required().items() if name in PACKAGES}
