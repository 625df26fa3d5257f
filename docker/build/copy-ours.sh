#!/bin/sh
# Puts docker/rootfs and the binary into a tree. Everybody can read what comes of it, whatever umask the copy of the repository
# was made with, and folders that the base has keep their modes. Arguments: another rootfs, folder of binaries, tree and base.
set -eu
umask 022
rootfs=${1:-/rootfs}
binary=${2:-/dist}/comfy-init-linux-$(dpkg --print-architecture | sed 's/^amd64$/x64/')
export to="${3:-/ours}" base="${4:-}"
mkdir -p "$to/usr/local/bin"
install -m 755 "$binary" "$to/usr/local/bin/comfy-init"
cd "$rootfs"
find . -type d -exec sh -euc 'for each; do
	mkdir -p "$to/$each"
	if [ -d "$base/$each" ]; then chmod --reference "$base/$each" "$to/$each"; fi
done' sh {} +
find . -type l -exec sh -euc 'for each; do cp -P "$each" "$to/$each"; done' sh {} +
find . -type f ! -perm -0100 -exec sh -euc 'for each; do install -m 644 "$each" "$to/$each"; done' sh {} +
find . -type f -perm -0100 -exec sh -euc 'for each; do install -m 755 "$each" "$to/$each"; done' sh {} +
