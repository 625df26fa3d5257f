#!/bin/bash
# A bash entrypoint of the usual kind, doing what a warm boot of comfy-init does: the other side of `npm run bench boot`.
set -e
WORKSPACE=${COMFY_WORKSPACE:-/workspace}
IMAGE=${COMFY_HOME:-/opt/ComfyUI}
HOME_TREE=$WORKSPACE/ComfyUI
UID_WANTED=${COMFY_UID:-$(stat -c %u "$WORKSPACE")}
GID_WANTED=${COMFY_GID:-$(stat -c %g "$WORKSPACE")}

if ! grep -q " $WORKSPACE " /proc/self/mountinfo; then echo "warning: $WORKSPACE is not a mount" >&2; fi
touch "$WORKSPACE/.write-test" && rm "$WORKSPACE/.write-test"
if [ "$(df --output=avail "$WORKSPACE" | tail -n 1)" -lt 51200 ]; then echo "error: no space left" >&2; exit 1; fi

if [ ! -d "$HOME_TREE" ]; then cp -a "$IMAGE" "$HOME_TREE" && rm -rf "$IMAGE"; fi
if [ -d "$IMAGE" ] && [ ! -L "$IMAGE" ]; then rm -rf "$IMAGE"; fi
ln -sfn "$HOME_TREE" "$IMAGE"
for folder in custom_nodes models user input output temp; do mkdir -p "$HOME_TREE/$folder"; done

{
  echo "shared:"
  echo "  base_path: $COMFY_SHARED_MODELS"
  for folder in "$COMFY_SHARED_MODELS"/*/; do name=$(basename "$folder"); echo "  $name: $name"; done
} > "$WORKSPACE/extra-model-paths.yaml"

if command -v nvidia-smi > /dev/null && nvidia-smi > /dev/null 2>&1; then gpu=; else gpu=--cpu; fi
groupadd -o -g "$GID_WANTED" comfy 2> /dev/null || true
useradd -o -u "$UID_WANTED" -g "$GID_WANTED" -d "$WORKSPACE" comfy 2> /dev/null || true
cd "$HOME_TREE"
exec setpriv --reuid "$UID_WANTED" --regid "$GID_WANTED" --init-groups \
  "$COMFY_PYTHON" main.py --listen 0.0.0.0 --port "${COMFY_PORT:-8188}" $gpu \
  --extra-model-paths-config "$WORKSPACE/extra-model-paths.yaml"
