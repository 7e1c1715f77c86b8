# shellcheck shell=bash
# Sourced, not run: a Debian 13 (trixie) chroot kept in a cache directory, for compilers that the host's own
# release does not have. Needs root (or CAP_SYS_ADMIN + CAP_SYS_CHROOT) on a Debian-family host with apt.
#
#   tc_setup DIR STAMP PKG...    create DIR if needed, install PKG... unless stamp STAMP says it is done
#   tc_run DIR [--bind HOST:IN]... [--workdir IN] [--env K=V]... -- CMD...
#
# All mounts (proc, dev, binds) live in a private mount namespace of the one command that needs them, so
# they are gone when it ends, even after kill -9, and no umount is ever needed on the host.

TC_SUITE=trixie
tc_say() { printf '[chroot] %s\n' "$*" >&2; }
tc_die() { printf '[chroot] FAILED: %s\n' "$*" >&2; exit 1; }

# The Debian mirror that the host's own apt uses (override: DEBIAN_MIRROR=URL).
tc_mirror() {
  if [ -n "${DEBIAN_MIRROR:-}" ]; then printf '%s\n' "$DEBIAN_MIRROR"; return; fi
  local codename m
  # shellcheck disable=SC1091
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  # the base suite of this release, component main (not -security, not -updates, not third parties)
  m=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
      awk -v c="$codename" '$1==c && $2=="main" {print $3; exit}')
  if [ -z "$m" ]; then # apt lists not downloaded yet: read the sources themselves
    m=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
        grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n1 | tr -d ' ')
  fi
  [ -n "$m" ] || tc_die "no Debian mirror found in the host's apt sources; set DEBIAN_MIRROR"
  printf '%s\n' "${m%/}"
}

tc_need_debootstrap() {
  if ! command -v debootstrap >/dev/null; then
    tc_say "installing debootstrap on the host"
    local log; log=$(mktemp)
    { apt-get install -y --no-install-recommends debootstrap ||
      { apt-get update && apt-get install -y --no-install-recommends debootstrap; }; } >"$log" 2>&1 ||
      { tail -n 20 "$log" >&2; rm -f "$log"; tc_die "could not install debootstrap"; }
    rm -f "$log"
  fi
  [ -e /usr/share/debootstrap/scripts/$TC_SUITE ] || tc_die "this debootstrap does not know $TC_SUITE; it needs a newer one"
}

tc_run() {
  local root=$1; shift
  local binds=() envs=() wd=/
  while [ $# -gt 0 ]; do
    case $1 in
      --bind) binds+=("$2"); shift 2 ;;
      --env) envs+=("$2"); shift 2 ;;
      --workdir) wd=$2; shift 2 ;;
      --) shift; break ;;
      *) tc_die "tc_run: unknown option $1" ;;
    esac
  done
  # --kill-child + a PID namespace: nothing the command started outlives it.
  # unshare ignores TERM and INT while it waits: put `timeout --kill-after=5 N` before it, not plain timeout.
  unshare --mount --propagation private --pid --fork --kill-child -- /bin/bash -c '
    set -eu
    root=$1; wd=$2; nb=$3; shift 3
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    while [ "$nb" -gt 0 ]; do
      src=${1%%:*}; dst=$root${1#*:}; shift; nb=$((nb-1))
      if [ -d "$src" ]; then mkdir -p "$dst"; else mkdir -p "$(dirname "$dst")"; [ -e "$dst" ] || : >"$dst"; fi
      mount --bind "$src" "$dst"
    done
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
      TERM="${TERM:-dumb}" chroot "$root" /usr/bin/env --chdir="$wd" "$@"
  ' tc_run "$root" "$wd" "${#binds[@]}" ${binds[@]+"${binds[@]}"} ${envs[@]+"${envs[@]}"} "$@"
}

tc_setup() {
  local root=$1 stamp=$2; shift 2
  local pkgs=("$@") mirror want log
  tc_need_debootstrap
  mkdir -p "$(dirname "$root")"; root=$(cd "$(dirname "$root")" && pwd)/$(basename "$root")
  want="$TC_SUITE ${pkgs[*]}"
  exec {tc_lock}>"$root.lock"; flock "$tc_lock"     # two runs at once: the second waits
  if [ "$(cat "$root/.tc-$stamp" 2>/dev/null)" = "$want" ]; then
    tc_say "the cached chroot already has '$stamp'"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"   # a cached chroot may have come from another machine
    exec {tc_lock}>&-; return 0
  fi
  mirror=$(tc_mirror) || exit 1
  if [ ! -e "$root/.tc-base" ]; then
    tc_say "debootstrap $TC_SUITE (about half a minute)"
    # built beside and renamed, so an interrupted run never leaves a half chroot under the final name
    rm -rf --one-file-system "$root" "$root.partial"
    log=$root.debootstrap.log
    debootstrap --variant=minbase "$TC_SUITE" "$root.partial" "$mirror" >"$log" 2>&1 ||
      { tail -n 20 "$log" >&2; tc_die "debootstrap failed (log: $log)"; }
    # the host's acquire settings (proxy, retries, expired snapshots) hold inside too
    apt-config dump | sed -n -E '/""/d; /^Acquire::(http|https|Check-Valid-Until|Retries)/p' \
      >"$root.partial/etc/apt/apt.conf.d/90host"
    printf '#!/bin/sh\nexit 101\n' >"$root.partial/usr/sbin/policy-rc.d"; chmod +x "$root.partial/usr/sbin/policy-rc.d"
    touch "$root.partial/.tc-base"
    mv "$root.partial" "$root"
  fi
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  tc_say "installing: ${pkgs[*]}"
  log=$root.$stamp.log
  # DPkg::Options force-unsafe-io: a cache needs no fsync per file
  tc_run "$root" --env DEBIAN_FRONTEND=noninteractive -- /bin/sh -ec '
    dpkg --configure -a
    apt-get update -q
    apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-unsafe-io "$@"
    apt-get clean' sh "${pkgs[@]}" >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; tc_die "apt-get in the chroot failed (log: $log)"; }
  printf '%s' "$want" >"$root/.tc-$stamp"
  tc_say "'$stamp' installed, $(du -sxh "$root" | cut -f1) in all"
  exec {tc_lock}>&-
}
