#!/bin/sh
# Installs JupyterLab where WITH_JUPYTER is true, freezes what is installed, and compiles it, so that no start has to.
set -eu
umask 022

# pip and uv stay free: a newer one breaks nothing.
freeze() {
	mkdir -p /etc/comfy-init
	sh /build/list-packages.sh /opt/installed.txt
	sed -E '/^(pip|uv|setuptools|wheel)==/d' /opt/installed.txt >/etc/comfy-init/constraints.txt
}

if [ "$WITH_JUPYTER" = true ]; then sh /build/install-requirements.sh /build/jupyter.txt; fi
uv pip check
freeze
# Left by uv, and writable by everybody.
rm -f /opt/venv/.lock
# Nobody edits the environment, so its sources are not looked at; ComfyUI is edited, and an edit counts.
python /build/compile.py unchecked-hash /opt/venv/lib
python /build/compile.py checked-hash /opt/ComfyUI
