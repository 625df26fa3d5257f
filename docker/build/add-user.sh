#!/bin/sh
# Makes the user that ComfyUI runs as, comfy (1000:1000), and the place of the workspace, which any user may write to.
set -eu

name_of_1000() {
	getent passwd 1000 | cut -d : -f 1
}

# Ubuntu's images have a user of their own with this id. userdel complains of a missing mailbox, and is right otherwise.
remove() {
	said=$(userdel --remove "$1" 2>&1) || true
	if [ -z "$(name_of_1000)" ]; then return; fi
	printf 'Cannot remove user %s, who has the id 1000 of comfy. %s\n' "$1" "$said" >&2
	exit 65
}

taken=$(name_of_1000)
if [ -n "$taken" ]; then remove "$taken"; fi
groupadd --gid 1000 comfy
useradd --uid 1000 --gid 1000 --no-create-home --home-dir /workspace --shell /bin/bash comfy
install -d -m 1777 /workspace
