# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/quickstart and tests/run: installs distribution packages that are not there.
# shellcheck shell=bash

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "$*: needs root, and there is no sudo" >&2
    return 1
  fi
}

# missing_packages dpkg|rpm NAME... : those of the names that are not installed, one a line.
missing_packages() {
  local kind=$1 name
  shift
  for name in "$@"; do
    if [ "$kind" = dpkg ]; then
      [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
    else
      rpm -q --quiet --whatprovides "$name" || echo "$name"
    fi
  done
}

# without_services COMMAND... : runs it while new packages may start no service; a policy that the
# machine has already stays as it is.
without_services() {
  local policy=/usr/sbin/policy-rc.d code=0
  if [ -e "$policy" ]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  "$@" || code=$?
  as_root rm -f "$policy"
  return "$code"
}

# install_debian NAME... : one apt-get run, and none when everything is there.
install_debian() {
  local missing
  mapfile -t missing < <(missing_packages dpkg "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing: ${missing[*]}"
  local get=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0)
  # The lists of a fresh machine are empty or old; a failed update is not the end if they will do.
  as_root "${get[@]}" update >/dev/null || echo "apt-get update failed, trying with the lists at hand" >&2
  without_services as_root "${get[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# install_rpm NAME... : the same with dnf (untried, see README.md).
install_rpm() {
  local missing
  mapfile -t missing < <(missing_packages rpm "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing: ${missing[*]}"
  as_root dnf -q -y install --setopt=install_weak_deps=False "${missing[@]}"
}
