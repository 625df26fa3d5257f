"""The command line: the flags of ComfyUI 0.33, with the meaning the stand-in can give them.

Every flag stands in an add_argument line of its own: programs look for the text `"--flag"` in this file to learn
whether a ComfyUI knows a flag without starting it.
"""

import argparse
import os

import comfy.options

LOG_LEVELS = ("DEBUG", "DETAIL", "INFO", "WARNING", "ERROR", "CRITICAL")


class VerboseAction(argparse.Action):
    """Collects (level, file) pairs: no value means DEBUG on the console, two values mean a log file."""

    def __call__(self, parser, namespace, values, option_string=None):
        if not values:
            output = ("DEBUG", None)
        elif values[0] in LOG_LEVELS and len(values) <= 2:
            output = (values[0], values[1] if len(values) == 2 else None)
        else:
            parser.error(f"{option_string} expects no values, a console LEVEL, or LEVEL FILE")
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), output])


def console_log_level(outputs):
    """The chattiest level asked for on the console; INFO when none was."""
    levels = [level for level, path in outputs if path is None]
    return min(levels, key=LOG_LEVELS.index, default="INFO")


def file_log_outputs(outputs):
    return [(level, path) for level, path in outputs if path is not None]


def readable_directory(path):
    if not os.path.exists(path):
        raise argparse.ArgumentTypeError(f"The path '{path}' does not exist.")
    if not os.path.isdir(path):
        raise argparse.ArgumentTypeError(f"'{path}' is not a directory.")
    if not os.access(path, os.R_OK):
        raise argparse.ArgumentTypeError(f"You do not have read permissions for '{path}'.")
    return path


parser = argparse.ArgumentParser()

# Where it listens
parser.add_argument("--listen", metavar="IP", nargs="?", default="127.0.0.1", const="0.0.0.0,::", help="Addresses to bind, comma-separated; bare means all of IPv4 and IPv6.")
parser.add_argument("--port", type=int, default=8188, help="TCP port.")
parser.add_argument("--tls-keyfile", help="Accepted, not served.")
parser.add_argument("--tls-certfile", help="Accepted, not served.")
parser.add_argument("--enable-cors-header", metavar="ORIGIN", nargs="?", const="*", help="Answers CORS for an origin (bare: any) and drops the origin check.")
parser.add_argument("--max-upload-size", type=float, default=100, help="Largest request body, MB.")

# Where things lie
parser.add_argument("--base-directory", help="Holds models, custom_nodes, input, output, temp and user.")
parser.add_argument("--extra-model-paths-config", metavar="PATH", nargs="+", action="append", help="YAML files that add model folders.")
parser.add_argument("--output-directory", help="Overrides <base>/output.")
parser.add_argument("--temp-directory", help="Holds temp/; overrides <base>.")
parser.add_argument("--input-directory", help="Overrides <base>/input.")
parser.add_argument("--user-directory", type=readable_directory, help="Overrides <base>/user; must exist.")
parser.add_argument("--models-directory", type=readable_directory, help="Overrides <base>/models; must exist.")
parser.add_argument("--front-end-version", default="comfyanonymous/ComfyUI@latest", help="Accepted; the stand-in has one page.")
parser.add_argument("--front-end-root", type=readable_directory, help="Serves the pages of this folder; must exist.")
parser.add_argument("--database-url", default="sqlite:///" + os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "user", "comfyui.db")), help="sqlite:///PATH or sqlite:///:memory:")

# Devices and memory
parser.add_argument("--cuda-device", metavar="DEVICE_ID", help="Sets CUDA_VISIBLE_DEVICES.")
parser.add_argument("--default-device", type=int, metavar="DEVICE_ID", help="Puts one device first.")
cuda_malloc_group = parser.add_mutually_exclusive_group()
cuda_malloc_group.add_argument("--cuda-malloc", action="store_true")
cuda_malloc_group.add_argument("--disable-cuda-malloc", action="store_true")
vram_group = parser.add_mutually_exclusive_group()
vram_group.add_argument("--gpu-only", action="store_true")
vram_group.add_argument("--highvram", action="store_true")
vram_group.add_argument("--lowvram", action="store_true")
vram_group.add_argument("--novram", action="store_true")
vram_group.add_argument("--cpu", action="store_true", help="Needs no GPU.")
parser.add_argument("--reserve-vram", type=float)
parser.add_argument("--vram-headroom", type=float, default=0)
parser.add_argument("--async-offload", nargs="?", const=2, type=int)
parser.add_argument("--disable-async-offload", action="store_true")
parser.add_argument("--disable-dynamic-vram", action="store_true")
parser.add_argument("--enable-dynamic-vram", action="store_true")
parser.add_argument("--disable-nvml-pressure", action="store_true")
parser.add_argument("--fast-disk", action="store_true")
parser.add_argument("--disable-cuda-graphs", action="store_true")
parser.add_argument("--force-non-blocking", action="store_true")
parser.add_argument("--disable-smart-memory", action="store_true")
parser.add_argument("--disable-pinned-memory", action="store_true")
parser.add_argument("--mmap-torch-files", action="store_true")
parser.add_argument("--disable-mmap", action="store_true")
parser.add_argument("--directml", type=int, nargs="?", metavar="DEVICE", const=-1)
parser.add_argument("--oneapi-device-selector", metavar="SELECTOR")
parser.add_argument("--supports-fp8-compute", action="store_true")
parser.add_argument("--enable-triton-backend", action="store_true")
parser.add_argument("--disable-triton-backend", action="store_true")

# Precision and attention
precision_group = parser.add_mutually_exclusive_group()
precision_group.add_argument("--force-fp32", action="store_true")
precision_group.add_argument("--force-fp16", action="store_true")
unet_group = parser.add_mutually_exclusive_group()
unet_group.add_argument("--fp32-unet", action="store_true")
unet_group.add_argument("--fp64-unet", action="store_true")
unet_group.add_argument("--bf16-unet", action="store_true")
unet_group.add_argument("--fp16-unet", action="store_true")
unet_group.add_argument("--fp8_e4m3fn-unet", action="store_true")
unet_group.add_argument("--fp8_e5m2-unet", action="store_true")
unet_group.add_argument("--fp8_e8m0fnu-unet", action="store_true")
vae_group = parser.add_mutually_exclusive_group()
vae_group.add_argument("--fp16-vae", action="store_true")
vae_group.add_argument("--fp32-vae", action="store_true")
vae_group.add_argument("--bf16-vae", action="store_true")
parser.add_argument("--cpu-vae", action="store_true")
text_encoder_group = parser.add_mutually_exclusive_group()
text_encoder_group.add_argument("--fp8_e4m3fn-text-enc", action="store_true")
text_encoder_group.add_argument("--fp8_e5m2-text-enc", action="store_true")
text_encoder_group.add_argument("--fp16-text-enc", action="store_true")
text_encoder_group.add_argument("--fp32-text-enc", action="store_true")
text_encoder_group.add_argument("--bf16-text-enc", action="store_true")
parser.add_argument("--fp16-intermediates", action="store_true")
parser.add_argument("--force-channels-last", action="store_true")
attention_group = parser.add_mutually_exclusive_group()
attention_group.add_argument("--use-split-cross-attention", action="store_true")
attention_group.add_argument("--use-quad-cross-attention", action="store_true")
attention_group.add_argument("--use-pytorch-cross-attention", action="store_true")
attention_group.add_argument("--use-sage-attention", action="store_true")
attention_group.add_argument("--use-flash-attention", action="store_true")
attention_group.add_argument("--use-ck-attention", action="store_true")
parser.add_argument("--disable-xformers", action="store_true")
upcast_group = parser.add_mutually_exclusive_group()
upcast_group.add_argument("--force-upcast-attention", action="store_true")
upcast_group.add_argument("--dont-upcast-attention", action="store_true")
parser.add_argument("--fast", nargs="*", choices=["fp16_accumulation", "fp8_matrix_mult", "cublas_ops", "autotune"])
parser.add_argument("--deterministic", action="store_true")

# Caches and previews
parser.add_argument("--preview-method", choices=["none", "auto", "latent2rgb", "taesd"], default="none")
parser.add_argument("--preview-size", type=int, default=512)
cache_group = parser.add_mutually_exclusive_group()
cache_group.add_argument("--cache-ram", nargs="*", type=float, default=[], metavar="GB")
cache_group.add_argument("--cache-classic", action="store_true")
cache_group.add_argument("--cache-lru", type=int, default=0)
cache_group.add_argument("--cache-none", action="store_true", help="Runs every node each time.")
cache_group.add_argument("--high-ram", action="store_true")
parser.add_argument("--default-hashing-function", choices=["md5", "sha1", "sha256", "sha512"], default="sha256")

# Nodes and Manager
parser.add_argument("--enable-manager", action="store_true", help="Adds the routes of ComfyUI-Manager.")
manager_group = parser.add_mutually_exclusive_group()
manager_group.add_argument("--disable-manager-ui", action="store_true")
manager_group.add_argument("--enable-manager-legacy-ui", action="store_true")
parser.add_argument("--disable-all-custom-nodes", action="store_true")
parser.add_argument("--whitelist-custom-nodes", nargs="+", default=[], help="Loads these all the same.")
parser.add_argument("--disable-api-nodes", action="store_true", help="Adds a content security policy to every answer.")

# The rest
parser.add_argument("--auto-launch", action="store_true")
parser.add_argument("--disable-auto-launch", action="store_true")
parser.add_argument("--windows-standalone-build", action="store_true")
parser.add_argument("--debug-hang", action="store_true")
parser.add_argument("--dont-print-server", action="store_true", help="Keeps the address out of the log.")
parser.add_argument("--quick-test-for-ci", action="store_true", help="Exits 0 once everything is loaded.")
parser.add_argument("--disable-metadata", action="store_true", help="Saves images without the workflow.")
parser.add_argument("--multi-user", action="store_true")
parser.add_argument("--verbose", action=VerboseAction, nargs="*", default=[], metavar="LEVEL FILE")
parser.add_argument("--log-stdout", action="store_true", help="Sends what is below ERROR to stdout.")
parser.add_argument("--enable-compress-response-body", action="store_true")
parser.add_argument("--comfy-api-base", default="https://api.comfy.org")
parser.add_argument("--enable-assets", action="store_true")
parser.add_argument("--enable-asset-hashing", action="store_true")
parser.add_argument("--feature-flag", action="append", default=[], metavar="KEY[=VALUE]")
parser.add_argument("--list-feature-flags", action="store_true")

args = parser.parse_args(None if comfy.options.args_parsing else [])
