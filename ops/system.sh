# shellcheck shell=bash
# Sourced by bootstrap.sh: what this machine has. Asked of programs rather than packages, as Java or Maven may come from
# elsewhere.

PATH=$PATH:/usr/sbin:/sbin

has() { command -v "$1" >/dev/null; }
has_library() { ldconfig -p | grep -q "$1\.so"; }
has_browser() { has chromium || has chromium-browser || has google-chrome; }
has_chinese_font() { has fc-list && [ -n "$(fc-list :lang=zh)" ]; }
has_kafka() { ls "$RUN"/kafka/libs/kafka_*.jar >/dev/null 2>&1; }

has_java() {
    local java
    for java in "${JAVA_HOME:-}/bin/java" "$(command -v java)" /usr/lib/jvm/*/bin/java; do
        [ -x "$java" ] && [ "$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')" -ge 17 ] && return 0
    done
    return 1
}

has_postgis() {
    local control version
    for control in /usr/share/postgresql/*/extension/postgis.control; do
        version=${control#/usr/share/postgresql/}
        [ -x "/usr/lib/postgresql/${version%%/*}/bin/initdb" ] && return 0
    done
    return 1
}

# PostGIS for the newest PostgreSQL that is installed already, else for the distribution's, which it brings along.
postgis_package() {
    local newest
    newest=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | cut -d / -f 5 | sort -n | tail -n 1)
    [ -n "$newest" ] && echo "postgresql-$newest-postgis-3" ||
        echo "postgresql-postgis|postgresql-16-postgis-3|postgresql-15-postgis-3|postgresql-14-postgis-3"
}

# A Python that can make our environment; the distribution's own first.
find_python() {
    local python
    for python in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$python"
            return
        fi
    done
    return 1
}

find_node() {
    local node
    for node in node "$RUN/node/bin/node"; do
        if "$node" -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null &&
            [ -x "$(dirname "$(command -v "$node")")/npm" ]; then
            dirname "$(command -v "$node")"
            return
        fi
    done
    return 1
}
