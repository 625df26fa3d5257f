#!/bin/sh
# Installs JupyterLab where WITH_JUPYTER is true, freezes what is installed, and compiles it, so that no start has to.
set -eu
umask 022

# pip and uv stay free: a newer one breaks nothing.
freeze() {
	uv pip freeze --exclude-editable | grep -E '^[A-Za-z0-9._-]+==' | grep -v -E '^(pip|uv|setuptools|wheel)==' || true
}

# Some packages bring files that no Python of today compiles; nobody imports those.
compile() {
	python -m compileall -qq -f -j 0 --invalidation-mode "$1" "$2" || true
}

if [ "$WITH_JUPYTER" = true ]; then sh /build/install-requirements.sh /build/jupyter.txt; fi
uv pip check
mkdir -p /etc/comfy-init
freeze >/etc/comfy-init/constraints.txt
# Left by uv, and writable by everybody.
rm -f /opt/venv/.lock
# Nobody edits the environment, so its sources are not looked at; ComfyUI is edited, and an edit counts.
compile unchecked-hash /opt/venv/lib
compile checked-hash /opt/ComfyUI
