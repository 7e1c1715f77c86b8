#!/bin/bash
# Swift (the version in Debian trixie) on a Debian host that has none, in the cached chroot.
#
#   swift-toolchain.sh setup CACHE                    the chroot; seconds when it is cached
#   swift-toolchain.sh test CACHE PACKAGE LIBRARIES DATA [K=V...]
#                                                     `swift test` of the package, built in it; LIBRARIES and DATA are
#                                                     folders that it reads
#
# The folders are seen inside under the same paths, so that messages name real files.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/trixie-chroot.sh"

# Swift alone cannot import Foundation: it reads the C library's headers.
packages=(swiftlang libc6-dev libstdc++-14-dev binutils gcc git ca-certificates)

usage() { sed -n '2,10p' "${BASH_SOURCE[0]}"; exit 2; }
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
    package=$(cd "$3" && pwd); libraries=$(cd "$4" && pwd); data=$(cd "$5" && pwd); shift 5
    envs=(); for pair in "$@"; do envs+=(--env "$pair"); done
    tc_run "$root" --bind "$package:$package" --bind "$libraries:$libraries" --bind "$data:$data" --workdir "$package" \
      ${envs[@]+"${envs[@]}"} -- swift test
    ;;
  *) usage ;;
esac
