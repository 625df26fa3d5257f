#!/bin/sh
# Installs packages of the distribution, named as arguments, and leaves no lists of them in the layer.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet
apt-get install --quiet --yes --no-install-recommends "$@"
rm -rf /var/lib/apt/lists/*
