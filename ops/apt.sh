#!/bin/sh
# Install packages of the distribution, as root, without leaving a service behind: the city runs servers of its own,
# and what else this machine serves is not ours to change.
# Usage: ops/apt.sh PACKAGE... where PACKAGE may be "a|b|c", of which the first that the distribution has is taken.
set -eu
export DEBIAN_FRONTEND=noninteractive

policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/yiwang.conf
ours=""
# shellcheck disable=SC2086
trap 'rm -f $ours' EXIT
trap 'exit 130' INT TERM

# Nothing is started while it is being installed. Containers bring such a file of their own.
if [ ! -e "$policy" ]; then
    ours=$policy
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
# A first PostgreSQL would make a cluster "main"; that is left to whoever wants one (pg_createcluster).
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    ours="$ours $cluster"
    mkdir -p "${cluster%/*}"
    echo 'create_main_cluster = false' >"$cluster"
fi
had_mosquitto=$(command -v mosquitto || true)

first_available() {
    for package in $(echo "$1" | tr '|' ' '); do
        if apt-cache policy "$package" | grep -q 'Candidate: [^(]'; then
            echo "$package"
            return
        fi
    done
    echo "$1"
}

apt="apt-get -q -y -o DPkg::Lock::Timeout=600"
$apt update
packages=""
for wanted in "$@"; do packages="$packages $(first_available "$wanted")"; done
# shellcheck disable=SC2086
$apt install --no-install-recommends $packages

# Not started now, and not at the next boot either.
if [ -z "$had_mosquitto" ] && command -v mosquitto >/dev/null; then
    if command -v systemctl >/dev/null; then
        systemctl disable --quiet mosquitto.service
    elif command -v update-rc.d >/dev/null; then
        update-rc.d mosquitto disable
    fi
fi
