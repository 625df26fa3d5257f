#!/bin/sh
# Fetches one commit of ComfyUI into /opt/ComfyUI, with a shallow .git, so that ComfyUI-Manager and git know what it is.
# Reads COMFYUI_REPOSITORY, COMFYUI_REF and COMFYUI_COMMIT. Argument: another folder.
set -eu
umask 022
tree=${1:-/opt/ComfyUI}

refuse() {
	printf 'Cannot fetch ComfyUI. %s\n' "$1" >&2
	exit 65
}

# A tag comes before a branch of the same name; what is neither is a commit, which servers give by its whole hash alone.
fetch() {
	found=$(git -C "$tree" ls-remote origin "refs/tags/$COMFYUI_REF" "refs/heads/$COMFYUI_REF")
	case $found in
	*refs/tags/*) set -- "+refs/tags/$COMFYUI_REF:refs/tags/$COMFYUI_REF" ;;
	*refs/heads/*) set -- "+refs/heads/$COMFYUI_REF:refs/remotes/origin/$COMFYUI_REF" ;;
	*) set -- "$COMFYUI_REF" ;;
	esac
	git -C "$tree" fetch --quiet --depth 1 --no-tags --end-of-options origin "$1" ||
		refuse "There is no $COMFYUI_REF in $COMFYUI_REPOSITORY, or it does not answer."
	git -C "$tree" -c advice.detachedHead=false checkout --quiet --detach FETCH_HEAD
}

check() {
	[ -f "$tree/comfyui_version.py" ] || refuse "$COMFYUI_REPOSITORY holds something else: it has no comfyui_version.py."
	commit=$(git -C "$tree" rev-parse HEAD)
	case ${#COMFYUI_COMMIT} in
	0) return ;;
	[1-7]) refuse "COMFYUI_COMMIT=$COMFYUI_COMMIT is too short; 8 digits are the least." ;;
	esac
	case $commit in
	"$COMFYUI_COMMIT"*) ;;
	*) refuse "$COMFYUI_REF is at $commit, and not at $COMFYUI_COMMIT, which COMFYUI_COMMIT asks for." ;;
	esac
}

# Read by comfy-init, which tells one image from another by it; also in a copy of the tree without .git.
note() {
	version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$tree/comfyui_version.py")
	digest=$(sha256sum "$tree/requirements.txt" | cut -d ' ' -f 1)
	printf '{"version":"%s","commit":"%s","requirements":"%s"}\n' "$version" "$commit" "$digest" \
		>"$tree/.comfy-init-image.json"
	echo /.comfy-init-image.json >>"$tree/.git/info/exclude"
}

# Git would take these for an option, for the server's HEAD, or for a pattern.
case $COMFYUI_REF in
'' | -* | *[!A-Za-z0-9._/+-]*) refuse "COMFYUI_REF=$COMFYUI_REF is no tag, branch or commit." ;;
esac
# A password would lie in the image for everybody to read. The user of ssh is no secret.
host=${COMFYUI_REPOSITORY#*://}
host=${host%%/*}
case $COMFYUI_REPOSITORY in
-* | ext::*) refuse "COMFYUI_REPOSITORY=$COMFYUI_REPOSITORY is no address of a repository." ;;
http*://*) case $host in *@*) refuse 'COMFYUI_REPOSITORY holds a password or a token.' ;; esac ;;
esac
git init --quiet --template= "$tree"
mkdir -p "$tree/.git/info"
git -C "$tree" remote add origin "$COMFYUI_REPOSITORY"
fetch
check
note
