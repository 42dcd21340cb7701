#!/bin/bash
# Bring a fresh machine to where `python -m ops up` can run: system packages, Python packages, Kafka's jars, the console.
# What is there already is left as it is, so that a second run takes no time.
# Usage: ops/bootstrap.sh [--tests]    with what the tests need besides: a browser, a Chinese font
set -euo pipefail
cd "$(dirname "$0")/.."
RUN=$PWD/.run
umask 022
mkdir -p "$RUN/log" "$RUN/stamps" 2>/dev/null || true
. ops/steps.sh
. ops/system.sh
mode=${1:-}
[ -O "$RUN" ] || fail "$(stat -c %U "$RUN") set up this clone: go on as that user, or remove .run and .venv (make down first)."

install_packages() { # NAME PACKAGE...
    local name=$1 listed
    shift
    listed="${*%%|*}"
    [ ${#listed} -le 32 ] || listed="$# by apt"
    if [ "$(id -u)" = 0 ]; then
        step "$name" "$listed" sh ops/apt.sh "$@"
    elif has sudo; then
        sudo -v # asks for the password here, where it can be seen
        step "$name" "$listed" sudo sh ops/apt.sh "$@"
    else
        note "not root, and no sudo; an administrator can say:  apt-get install ${*%%|*}"
        return 1
    fi
}

system_packages() {
    local required=() wanted=()
    has_postgis || required+=("$(postgis_package)")
    has mosquitto || required+=(mosquitto)
    has mosquitto_pub || required+=(mosquitto-clients)
    has_library libgdal || required+=(gdal-bin)
    find_python >/dev/null || required+=(python3-venv)
    if [ ${#required[@]} -gt 0 ]; then
        install_packages "system packages" "${required[@]}" || fail "The system packages above could not be installed."
    fi
    # Ubuntu 22.04 calls 3.10 its python3.
    if ! find_python >/dev/null; then
        install_packages "Python" "python3.13-venv|python3.12-venv|python3.11-venv" ||
            fail "Python 3.11 or later, with venv, is needed."
    fi

    has_java || wanted+=("openjdk-17-jre-headless|openjdk-21-jre-headless|default-jre-headless")
    has mvn || has_kafka || wanted+=(maven)
    if [ ${#wanted[@]} -gt 0 ]; then
        install_packages "Java" "${wanted[@]}" || note "no Java or Maven"
    fi
    wanted=()
    if [ "$mode" = --tests ]; then
        has_browser || wanted+=("chromium|chromium-browser")
        has_chinese_font || wanted+=(fonts-noto-cjk fontconfig)
        if [ ${#wanted[@]} -gt 0 ]; then
            install_packages "browser" "${wanted[@]}" || note "no browser: the tests that need one will fail"
        fi
    fi
}

python_packages() {
    local python stamp
    python=$(find_python)
    stamp=$("$python" --version)-$(hash_of requirements.lock)
    .venv/bin/python -c '' 2>/dev/null && is_done python "$stamp" && return
    .venv/bin/python -c '' 2>/dev/null || "$python" -m venv --clear .venv
    step "Python packages" "requirements.lock" \
        .venv/bin/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock ||
        fail "The Python packages could not be installed; is the package index within reach?"
    mark_done python "$stamp"
}

kafka_jars() {
    local stamp partial=$RUN/kafka/partial
    stamp=$(hash_of ops/kafka/pom.xml)
    has_kafka && is_done kafka "$stamp" && return
    rm -rf "$partial"
    if has mvn && step "Kafka's jars" "by Maven" \
        mvn -B --strict-checksums -f ops/kafka/pom.xml dependency:copy-dependencies "-DoutputDirectory=$partial"; then
        rm -rf "$RUN/kafka/libs"
        mv "$partial" "$RUN/kafka/libs"
        mark_done kafka "$stamp"
    else
        note "Kafka's jars could not be had: the city runs without Kafka"
    fi
}

install_node() {
    "$(find_python)" -m venv --clear .run/node &&
        .run/node/bin/python -m pip install --disable-pip-version-check --require-hashes -r ops/node.lock
}

build_console() {
    PATH=$(find_node):$PATH
    cd frontend/console && npm ci --no-audit --no-fund && npm run build
}

console() {
    local folder=frontend/console stamp
    if [ ! -e $folder/package.json ]; then
        note "$folder has no package.json: the city runs without its console"
        return
    fi
    stamp=$(find $folder \( -name node_modules -o -name dist \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum |
        sha256sum | cut -c 1-16)
    [ -e $folder/dist/index.html ] && is_done console "$stamp" && return
    if { find_node >/dev/null || step "Node" "as a Python wheel" install_node; } &&
        step "console" "npm ci, npm run build" build_console; then
        mark_done console "$stamp"
    else
        note "the console could not be built: the city runs without it"
    fi
}

system_packages
python_packages
kafka_jars
console
