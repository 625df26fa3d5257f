#!/bin/sh
# Writes the packages of /opt/venv into a file, as lines name==version. Argument: the file.
set -eu

refuse() {
	printf 'Cannot list the packages of /opt/venv. %s\n' "$1" >&2
	exit 65
}

uv pip freeze --exclude-editable >"$1.all" || refuse 'uv pip freeze did not work.'
sed -n -E '/^[A-Za-z0-9._-]+==/p' "$1.all" >"$1"
# pip and uv at least are there.
if [ ! -s "$1" ]; then refuse 'uv pip freeze names none.'; fi
rm "$1.all"
