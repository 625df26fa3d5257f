#!/bin/sh
# Installs requirements files, named as arguments, together with all that were named before: nothing that one of them needs
# is replaced for another.
set -eu
umask 022
mkdir -p /opt/wheels
for file in "$@"; do echo "-r $file" >>/opt/asked.txt; done
uv pip install --requirement /opt/asked.txt --constraint /opt/held.txt --find-links /opt/wheels
