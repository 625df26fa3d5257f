#!/bin/sh
# Vendors the nodes of NODES, or of docker/rootfs/etc/comfy-init/nodes.yaml where that is there, and installs what they
# require. Argument: cpu or cuda. A first start finds all of it in the image, and asks no network.
set -eu
umask 022
vendor=/opt/comfy-init/vendor
own=/etc/comfy-init
arch=$(dpkg --print-architecture)

install_comfy_init() {
	case $arch in
	amd64) name=x64 ;;
	*) name=$arch ;;
	esac
	install -m 755 "/dist/comfy-init-linux-$name" /usr/local/bin/comfy-init
	cp -R /rootfs/. /
	mkdir -p "$own"
}

write_manifest() {
	echo '# The nodes that this image brings along, from its build argument NODES.'
	if [ -z "$NODES" ]; then
		echo 'nodes: []'
		return
	fi
	echo 'nodes:'
	printf '%s\n' "$NODES" | tr -s ' ,' '\n' | sed 's/^/  - "/; s/$/"/'
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

install_comfy_init
if [ ! -e "$own/nodes.yaml" ]; then write_manifest >"$own/nodes.yaml"; fi
vendor_nodes
case $1-$arch in
cpu-* | *-arm64) stand_in onnxruntime-gpu onnxruntime ;;
esac
sh /build/install-requirements.sh /opt/nodes.txt
