#!/bin/sh
# Refuses what no image can be made of, before anything large is fetched. Reads WITH_JUPYTER and RUN_AS. Arguments: the folder
# of the binaries, and the file that says that all is well.
set -eu

refuse() {
	printf '%s\n' "$1" >&2
	exit 65
}

check_binary() {
	name=comfy-init-linux-$(dpkg --print-architecture | sed 's/^amd64$/x64/')
	if [ ! -s "$1/$name" ]; then refuse "Cannot find dist/$name. Type npm run binary -- all."; fi
}

check_jupyter() {
	case $WITH_JUPYTER in
	true | false) ;;
	*) refuse "Cannot build with WITH_JUPYTER=$WITH_JUPYTER. It is true or false." ;;
	esac
}

# Kubernetes can only tell from numbers that it is not root.
check_user() {
	if printf '%s\n' "$RUN_AS" | tr '\n' ' ' | grep -q -E '^[0-9]{1,10}(:[0-9]{1,10})? $'; then return; fi
	refuse "Cannot build with RUN_AS=$RUN_AS. It is a user id, or UID:GID, like 1000:1000."
}

check_binary "$1"
check_jupyter
check_user
: >"$2"
