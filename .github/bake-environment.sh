#!/bin/sh
# Prints what an image says of itself as NAME=value lines, for the bake file's variables: a release by its tag, else main.
set -eu

case "${GITHUB_REF:?}" in
  refs/tags/v*) version=${GITHUB_REF#refs/tags/v} ;;
  *) version=main ;;
esac

echo "VERSION=$version"
echo "SOURCE=${GITHUB_SERVER_URL:?}/${GITHUB_REPOSITORY:?}"
echo "REVISION=${GITHUB_SHA:?}"
# The commit's time, not the clock's: the same commit gives the same labels.
echo "CREATED=$(git log -1 --format=%cI)"
