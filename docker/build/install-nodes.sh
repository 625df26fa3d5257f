#!/bin/sh
# Vendors the nodes of NODES, or of docker/rootfs/etc/comfy-init/nodes.yaml where that is there, and installs what they
# require. Argument: cpu or cuda. A first start finds all of it in the image, and asks no network.
set -eu
umask 022
vendor=/opt/comfy-init/vendor
own=/etc/comfy-init
arch=$(dpkg --print-architecture)

# comfy-init reads NODES as it reads COMFY_NODES, and says what is wrong with it.
write_manifest() {
	COMFY_NODES=$NODES comfy-init explain --json COMFY_NODES >/opt/nodes.json
	python /build/nodes-manifest.py </opt/nodes.json >"$own/nodes.yaml"
}

vendor_nodes() {
	if [ -e /run/secrets/git ]; then export COMFY_GIT_CREDENTIALS_FILE=/run/secrets/git; fi
	comfy-init nodes vendor "$vendor"
	cp "$vendor/nodes.lock.json" "$own/nodes.lock.json"
	python /build/node-requirements.py "$own/nodes.yaml" "$vendor" /opt/ComfyUI >/opt/nodes.txt
}

# It is held too, so that no node puts the real one in its place.
stand_in() {
	if ! grep -q "^$1\b" /opt/nodes.txt; then return; fi
	uv pip install "$2" --constraint /opt/held.txt
	python /build/stand-in.py "$1" "$2" /opt/wheels >>/opt/held.txt
}

mkdir -p "$own"
if [ ! -e "$own/nodes.yaml" ]; then write_manifest; fi
vendor_nodes
case $1-$arch in
cpu-* | *-arm64) stand_in onnxruntime-gpu onnxruntime ;;
esac
sh /build/install-requirements.sh /opt/nodes.txt
