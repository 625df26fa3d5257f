#!/bin/bash
# What entrypoints do for their nodes: one after the other, cloned and its packages installed. Lines of /bench/nodes are URLs.
set -e
mkdir -p /workspace/custom_nodes
cd /workspace/custom_nodes
while read -r url; do
  name=$(basename "$url" .git)
  if [ ! -d "$name" ]; then
    git clone --quiet --depth 1 --recurse-submodules "$url" "$name"
    if [ -f "$name/requirements.txt" ]; then
      "$VENV/bin/python" -m pip install --quiet --requirement "$name/requirements.txt"
    fi
  fi
done < /bench/nodes
exec "$VENV/bin/python" /opt/ComfyUI/main.py
