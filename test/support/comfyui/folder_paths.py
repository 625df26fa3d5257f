"""Where everything lies. Custom nodes import this module, so the names are ComfyUI's own.

folder_names_and_paths maps a category to (folders, extensions); an empty set of extensions means every file.
Importing it makes <base>/input, as ComfyUI does.
"""

import logging
import os
import time

from comfy.cli_args import args

supported_pt_extensions = {".ckpt", ".pt", ".pt2", ".bin", ".pth", ".safetensors", ".pkl", ".sft"}
LEGACY_NAMES = {"unet": "diffusion_models", "clip": "text_encoders"}

base_path = os.path.abspath(args.base_directory) if args.base_directory else os.path.dirname(os.path.realpath(__file__))
models_dir = os.path.abspath(args.models_directory) if args.models_directory else os.path.join(base_path, "models")
output_directory = os.path.join(base_path, "output")
temp_directory = os.path.join(base_path, "temp")
input_directory = os.path.join(base_path, "input")
user_directory = os.path.join(base_path, "user")
filename_list_cache = {}
folder_names_and_paths = {}


def _category(name, *folders, extensions=supported_pt_extensions):
    folder_names_and_paths[name] = ([os.path.join(models_dir, folder) for folder in folders or (name,)], set(extensions))


_category("checkpoints")
_category("configs", extensions={".yaml"})
_category("loras")
_category("vae")
_category("text_encoders", "text_encoders", "clip")
_category("diffusion_models", "unet", "diffusion_models")
_category("clip_vision")
_category("style_models")
_category("embeddings")
_category("diffusers", extensions={"folder"})
_category("vae_approx")
_category("controlnet", "controlnet", "t2i_adapter")
_category("gligen")
_category("upscale_models")
_category("latent_upscale_models")
folder_names_and_paths["custom_nodes"] = ([os.path.join(base_path, "custom_nodes")], set())
folder_names_and_paths["datasets"] = ([os.path.join(base_path, "datasets")], set())
_category("hypernetworks")
_category("photomaker")
_category("classifiers", extensions={""})
_category("model_patches")
_category("audio_encoders")
_category("background_removal")
_category("frame_interpolation")
_category("geometry_estimation")
_category("optical_flow")
_category("detection")

if not os.path.exists(input_directory):
    try:
        os.makedirs(input_directory)
    except OSError:
        logging.error("Failed to create input directory")


def map_legacy(folder_name):
    return LEGACY_NAMES.get(folder_name, folder_name)


def set_output_directory(path):
    global output_directory
    output_directory = path


def set_temp_directory(path):
    global temp_directory
    temp_directory = path


def set_input_directory(path):
    global input_directory
    input_directory = path


def set_user_directory(path):
    global user_directory
    user_directory = path


def get_output_directory():
    return output_directory


def get_temp_directory():
    return temp_directory


def get_input_directory():
    return input_directory


def get_user_directory():
    return user_directory


def get_system_user_directory(name="system"):
    return os.path.join(user_directory, f"__{name}")


def get_public_user_directory(user_id):
    return None if user_id.startswith("__") else os.path.join(user_directory, user_id)


def get_directory_by_type(type_name):
    return {"output": output_directory, "temp": temp_directory, "input": input_directory}.get(type_name)


def annotated_filepath(name):
    """Splits «a.png [output]» into ("a.png", folder of that kind); the folder is None without a mark."""
    for kind in ("output", "input", "temp"):
        if name.endswith(f"[{kind}]"):
            return name[: -len(kind) - 3], get_directory_by_type(kind)
    return name, None


def get_annotated_filepath(name, default_dir=None):
    name, folder = annotated_filepath(name)
    return os.path.join(folder or default_dir or input_directory, name)


def exists_annotated_filepath(name):
    return os.path.exists(get_annotated_filepath(name))


def add_model_folder_path(folder_name, full_folder_path, is_default=False):
    """Adds a folder to a category, making the category if need be; a default comes before all others."""
    folder_name = map_legacy(folder_name)
    paths, _ = folder_names_and_paths.setdefault(folder_name, ([], set()))
    if full_folder_path in paths:
        if is_default and paths[0] != full_folder_path:
            paths.remove(full_folder_path)
            paths.insert(0, full_folder_path)
        return
    paths.insert(0 if is_default else len(paths), full_folder_path)


def get_folder_paths(folder_name):
    return folder_names_and_paths[map_legacy(folder_name)][0][:]


def recursive_search(directory, excluded_dir_names=None):
    """(files relative to the directory, {folder: mtime}); symlinked folders are followed."""
    if not os.path.isdir(directory):
        return [], {}
    files, folders = [], {directory: os.path.getmtime(directory)}
    for here, below, names in os.walk(directory, followlinks=True, topdown=True):
        below[:] = [name for name in below if name not in (excluded_dir_names or ())]
        files += [os.path.relpath(os.path.join(here, name), directory) for name in names]
        for name in below:
            path = os.path.join(here, name)
            try:
                folders[path] = os.path.getmtime(path)
            except FileNotFoundError:
                logging.warning("Warning: Unable to access %s. Skipping this path.", path)
    return files, folders


def filter_files_extensions(files, extensions):
    return sorted(name for name in files if not extensions or os.path.splitext(name)[-1].lower() in extensions)


def get_full_path(folder_name, filename):
    """The first existing file of that name in the category's folders, or None."""
    folder_name = map_legacy(folder_name)
    if folder_name not in folder_names_and_paths:
        return None
    filename = os.path.relpath(os.path.join("/", filename), "/")
    for folder in folder_names_and_paths[folder_name][0]:
        path = os.path.join(folder, filename)
        if os.path.isfile(path):
            return path
        if os.path.islink(path):
            logging.warning("WARNING path %s exists but doesn't link anywhere, skipping.", path)
    return None


def get_full_path_or_raise(folder_name, filename):
    path = get_full_path(folder_name, filename)
    if path is None:
        raise FileNotFoundError(f"Model in folder '{folder_name}' with filename '{filename}' not found.")
    return path


def get_filename_list(folder_name):
    folders, extensions = folder_names_and_paths[map_legacy(folder_name)]
    found = set()
    for folder in folders:
        files, _ = recursive_search(folder, excluded_dir_names=[".git"])
        found.update(filter_files_extensions(files, extensions))
    return sorted(found)


def _fill_in(prefix, width, height):
    now = time.localtime()
    values = {"width": width, "height": height, "year": now.tm_year, "month": f"{now.tm_mon:02}", "day": f"{now.tm_mday:02}",
              "hour": f"{now.tm_hour:02}", "minute": f"{now.tm_min:02}", "second": f"{now.tm_sec:02}"}
    for name, value in values.items():
        prefix = prefix.replace(f"%{name}%", str(value))
    return prefix


def _number_in(filename, prefix):
    """12 for «prefix_00012_.png», 0 for files of another name."""
    if not filename.lower().startswith(prefix.lower() + "_"):
        return 0
    digits = filename[len(prefix) + 1 :].split("_")[0]
    return int(digits) if digits.isdigit() else 0


def get_save_image_path(filename_prefix, output_dir, image_width=0, image_height=0):
    """(folder, file name, next number, subfolder, prefix); raises for a folder outside output_dir."""
    prefix = _fill_in(filename_prefix, image_width, image_height)
    subfolder, filename = os.path.split(os.path.normpath(prefix))
    folder = os.path.join(output_dir, subfolder)
    real_output = os.path.realpath(output_dir)
    if os.path.commonpath((real_output, os.path.realpath(folder))) != real_output:
        raise Exception("**** ERROR: Saving image outside the output folder is not allowed.\n"
                        f" full_output_folder: {os.path.abspath(folder)}\n         output_dir: {output_dir}")
    os.makedirs(folder, exist_ok=True)
    counter = max((_number_in(name, filename) for name in os.listdir(folder)), default=0) + 1
    return folder, filename, counter, subfolder, filename_prefix


def get_input_subfolders():
    _, folders = recursive_search(input_directory)
    return sorted(os.path.relpath(path, input_directory) for path in folders if path != input_directory)
