#!/bin/bash
# Swift (the version in Debian trixie) on a Debian host that has none, in the cached chroot.
#
#   swift-toolchain.sh setup CACHE                    the chroot; seconds when it is cached
#   swift-toolchain.sh test CACHE PROJECT PACKAGE BUILD [K=V...]
#                                                     `swift test` of the package, built in the folder BUILD
#
# PROJECT and BUILD are seen inside under the same paths, so that messages name real files.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/trixie-chroot.sh"

# Swift alone cannot import Foundation: it reads the C library's headers.
packages=(swiftlang libc6-dev libstdc++-14-dev binutils gcc git ca-certificates)

usage() { sed -n '2,9p' "${BASH_SOURCE[0]}"; exit 2; }
[ $# -ge 2 ] || usage
action=$1; mkdir -p "$2"; cache=$(cd "$2" && pwd); root=$cache/trixie

case $action in
  setup)
    tc_setup "$root" swift "${packages[@]}"
    version=$(tc_run "$root" -- swift --version 2>&1) || tc_die "swift does not start in the chroot: $version"
    tc_say "$(printf '%s' "$version" | head -n1)"
    ;;
  test)
    [ $# -ge 5 ] || usage
    project=$(cd "$3" && pwd); package=$4; mkdir -p "$5"; build=$(cd "$5" && pwd); shift 5
    envs=(); for pair in "$@"; do envs+=(--env "$pair"); done
    tc_run "$root" --bind "$project:$project" --bind "$build:$build" --workdir "$project/$package" \
      ${envs[@]+"${envs[@]}"} -- swift test --scratch-path "$build/swift" --disable-automatic-resolution
    ;;
  *) usage ;;
esac
