#!/bin/sh
# Builds both images as the Dockerfile says, without a Docker engine, and has the worker's image judge programs.
# Needs root and `apt-get install buildah crun debootstrap`; the base is a Debian made here, since python:slim lies in a
# registry of images. LANGUAGES="c cpp ..." for more than the smallest worker. Leaves nothing behind.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
buildah() { command buildah --root "$work/images" --runroot "$work/run" --storage-driver "${DRIVER:-vfs}" "$@"; }
clean() {
  buildah rm --all >/dev/null 2>&1 || :
  rm -rf "$work"
}
trap clean EXIT

debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv bookworm "$work/base" "${MIRROR:-}" >"$work/log" ||
  { cat "$work/log" >&2; exit 1; }
base=$(buildah from scratch)
buildah add --quiet "$base" "$work/base" / >/dev/null
buildah commit --quiet "$base" microcoder-base >/dev/null
rm -rf "$work/base"

for target in api worker; do
  buildah build --isolation chroot --build-arg BASE=localhost/microcoder-base --build-arg LANGUAGES="${LANGUAGES:-bash c}" \
    --target "$target" --tag "microcoder-$target" --file docker/Dockerfile .
done

echo "api: $(buildah run --isolation chroot "$(buildah from microcoder-api)" microcoder --help | head -n 2 | tail -n 1)"
