#!/bin/sh
# Makes /opt/venv over the distribution's Python, with uv and pip in it, and installs torch.
# Reads TORCH, TORCH_INDEX, CUDA and ARCH, as the Dockerfiles explain them.
set -eu
umask 022

make_venv() {
	python3 -m venv /tmp/tools
	/tmp/tools/bin/pip install --quiet --requirement /build/tools.txt
	# No copy of Python: the final image has the same one from its distribution.
	/tmp/tools/bin/uv venv --quiet --python /usr/bin/python3 /opt/venv
	/tmp/tools/bin/uv pip install --quiet --python /opt/venv/bin/python --requirement /build/tools.txt
	rm -r /tmp/tools
}

index_of() {
	case $TORCH_INDEX in
	none) ;;
	'') printf 'https://download.pytorch.org/whl/cu%s' "$(printf '%s' "$CUDA" | tr -d .)" ;;
	*) printf '%s' "$TORCH_INDEX" ;;
	esac
}

install_torch() {
	index=$(index_of)
	printf '%s' "$TORCH" | tr -s ' ' '\n' >/opt/torch.txt
	uv pip install ${index:+--index-url "$index"} --requirement /opt/torch.txt
	# Builds for different CUDAs install beside each other, and refuse to be imported.
	python -c '
import importlib, importlib.util
for name in ("torch", "torchvision", "torchaudio"):
    if importlib.util.find_spec(name): importlib.import_module(name)'
	if [ -n "${ARCH:-}" ]; then python /build/check-arch.py "$ARCH"; fi
}

# What is installed later may not replace these: another index has other builds of them.
hold_torch() {
	sh /build/list-packages.sh /opt/installed.txt
	sed -n -E '/^(torch|torchvision|torchaudio)==/p' /opt/installed.txt >/opt/held.txt
	if [ -z "$TORCH" ] || [ -s /opt/held.txt ]; then return; fi
	printf 'Cannot hold torch. TORCH=%s installs none of torch, torchvision and torchaudio by version.\n' "$TORCH" >&2
	exit 65
}

# It is told in a label, for everybody to read.
case $TORCH_INDEX in
*://*@*)
	echo 'Cannot use TORCH_INDEX: it holds a password or a token, which would be in the image.' >&2
	exit 65
	;;
esac
make_venv
if [ -n "$TORCH" ]; then install_torch; fi
hold_torch
