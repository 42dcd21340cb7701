# shellcheck shell=bash
# Sourced by bootstrap.sh: a line per step with the seconds it took, the step's output in a log.

if [ -t 1 ]; then green=$'\e[32m' red=$'\e[31m' yellow=$'\e[33m' plain=$'\e[0m' erase=$'\r\e[K'
else green="" red="" yellow="" plain="" erase=""; fi
bootstrap_log=$RUN/log/bootstrap.log

note() { printf '  %s!%s %s\n' "$yellow" "$plain" "$1"; }

fail() {
    printf '%s✗%s %s\n' "$red" "$plain" "$1" >&2
    exit 1
}

# step NAME DETAIL COMMAND...: run a command with its output in the log, and return its code. On a terminal the line
# meanwhile tells the seconds and the last words of the log; elsewhere the step is announced, as it may take minutes.
step() {
    local name=$1 detail=$2 began=$SECONDS code=0
    shift 2
    printf '\n=== %s %s (%s)\n' "$name" "$detail" "$(date -u +%FT%TZ)" >>"$bootstrap_log"
    [ -t 1 ] || printf '  … %-22s%s\n' "$name" "$detail"
    "$@" >>"$bootstrap_log" 2>&1 </dev/null &
    while [ -t 1 ] && kill -0 $! 2>/dev/null; do
        printf '%s  … %-22s%4d s  %s' "$erase" "$name" $((SECONDS - began)) "$(last_words)"
        sleep 0.5
    done
    wait $! || code=$?
    if [ "$code" = 0 ]; then
        printf '%s  %s✓%s %-22s%-34s%6d s\n' "$erase" "$green" "$plain" "$name" "$detail" $((SECONDS - began))
    else
        printf '%s  %s✗%s %-22s%s\n' "$erase" "$red" "$plain" "$name" "the end of ${bootstrap_log#"$PWD/"}:"
        tail -n 20 "$bootstrap_log" | sed 's/^/      /'
    fi
    return "$code"
}

last_words() { tail -c 300 "$bootstrap_log" | tr '\r' '\n' | grep . | tail -n 1 | cut -c 1-50; }

# A stamp remembers of which inputs a step was last done.
is_done() { [ "$(cat "$RUN/stamps/$1" 2>/dev/null)" = "$2" ]; }
mark_done() { echo "$2" >"$RUN/stamps/$1"; }
hash_of() { cat "$@" | sha256sum | cut -c 1-16; }
