#!/bin/sh
# Makes the user that ComfyUI runs as, comfy (1000:1000), and the place of the workspace, which any user may write to.
set -eu
# Ubuntu's images have a user of their own with this id.
taken=$(getent passwd 1000 | cut -d : -f 1) || true
if [ -n "$taken" ]; then userdel --remove "$taken" 2>/dev/null; fi
groupadd --gid 1000 comfy
useradd --uid 1000 --gid 1000 --no-create-home --home-dir /workspace --shell /bin/bash comfy
install -d -m 1777 /workspace
