#!/bin/bash
# Type-checks a package (and all it depends on) for a phone target whose rust-std is not installed: Debian
# trixie's rustc-web and cargo-web in a cached chroot, -Z build-std from rust-web-src, and a stand-in C
# compiler and archiver, since `cargo check` never links. It proves that the Rust code compiles for the
# target; it builds no library and compiles no C for it.
#
#   mobile-check.sh setup CACHE                           the chroot; seconds when it is cached
#   mobile-check.sh check CACHE WORKSPACE PACKAGE TARGET  e.g. aarch64-linux-android, aarch64-apple-ios
#
# The workspace needs a Cargo.lock that is up to date. The chroot uses the host's registry cache (CARGO_HOME)
# and CA bundle; its own cargo downloads what is missing, std's dependencies included.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/trixie-chroot.sh"

packages=(rustc-web cargo-web rust-web-src gcc libc6-dev nasm pkgconf ca-certificates)

usage() { sed -n '2,11p' "${BASH_SOURCE[0]}"; exit 2; }
[ $# -ge 2 ] || usage
action=$1; mkdir -p "$2"; cache=$(cd "$2" && pwd); root=$cache/trixie

# Stand-ins. CC: create the -o file (and a .d file if asked), answer nothing to -E. AR: create the archive.
stand_ins() {
  mkdir -p "$cache/stand-ins/sdk"
  cat >"$cache/stand-ins/cc" <<'X'
#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in
    -o) : >"$2"; shift ;;
    -o?*) : >"${1#-o}" ;;
    -MF) : >"$2"; shift ;;
    --version) echo "stand-in cc for cargo check" ;;
  esac
  shift
done
exit 0
X
  cat >"$cache/stand-ins/ar" <<'X'
#!/bin/sh
for a in "$@"; do case $a in *.a) printf '!<arch>\n' >"$a"; exit 0 ;; esac; done
exit 0
X
  chmod +x "$cache/stand-ins/cc" "$cache/stand-ins/ar"
}

check() {
  local workspace package=$2 target=$3 home=${CARGO_HOME:-$HOME/.cargo} host=() f v
  workspace=$(cd "$1" && pwd)
  [ -f "$workspace/Cargo.lock" ] || tc_die "no Cargo.lock in the workspace"
  mkdir -p "$home/registry" "$home/git" "$cache/mobile-target"
  for f in config.toml config; do
    if [ -f "$home/$f" ]; then host+=(--bind "$home/$f:/opt/cargo/config.toml"); break; fi
  done
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    host+=(--bind /etc/ssl/certs/ca-certificates.crt:/opt/host-ca.crt --env CARGO_HTTP_CAINFO=/opt/host-ca.crt)
  fi
  for v in http_proxy https_proxy no_proxy HTTPS_PROXY NO_PROXY CARGO_NET_OFFLINE CARGO_BUILD_JOBS; do
    if [ -n "${!v:-}" ]; then host+=(--env "$v=${!v}"); fi
  done
  stand_ins
  local u=${target//-/_}
  tc_run "$root" --workdir /src/workspace \
    --bind "$workspace:/src/workspace" --bind "$cache/mobile-target:/src/target" \
    --bind "$cache/stand-ins:/opt/stand-ins" \
    --bind "$home/registry:/opt/cargo/registry" --bind "$home/git:/opt/cargo/git" --env CARGO_HOME=/opt/cargo \
    --env RUSTC_BOOTSTRAP=1 --env CARGO_TARGET_DIR=/src/target ${host[@]+"${host[@]}"} \
    --env "CC_$u=/opt/stand-ins/cc" --env "CXX_$u=/opt/stand-ins/cc" \
    --env "AR_$u=/opt/stand-ins/ar" --env "RANLIB_$u=/bin/true" \
    --env SDKROOT=/opt/stand-ins/sdk --env IPHONEOS_DEPLOYMENT_TARGET=16.0 \
    -- cargo check --locked -Z build-std=std,panic_unwind --target "$target" -p "$package"
}

case $action in
  setup) tc_setup "$root" mobile "${packages[@]}" ;;
  check) [ $# = 5 ] || usage; check "$3" "$4" "$5" ;;
  *) usage ;;
esac
