# What the shell tests share (TAP), sourced by them: a folder $d of their own, checks, waiting for
# conditions, never for luck. Processes whose numbers are in $pids end with the test.
B=${B:-build}
d=$(mktemp -d)
pids=
# Whether that is still a program of ours: a number is another's when its process is gone.
export TAP_FOLDER="$d"
mine() { grep -Fzqx "TAP_FOLDER=$d" "/proc/${1:-none}/environ" 2>/dev/null; }
end_all() {
    for p in $pids; do mine "$p" && kill "$p"; done 2>/dev/null
    wait 2>/dev/null
    chmod -R u+w "$d"
    rm -rf "$d"
}
trap end_all EXIT
n=0
shown='err out' # files in $d whose ends tell why a check failed

check() { # NAME COMMAND...: one line of TAP
    n=$((n + 1))
    name=$1
    shift
    if "$@"; then echo "ok $n - $name"; else
        echo "not ok $n - $name"
        (cd "$d" && for f in $shown; do tail -n 60 "$f" 2>/dev/null; done) | cut -c 1-300 | sed 's/^/# /'
    fi
}

until_true() { # COMMAND...: within 20 s; COMMAND may wait in the same way
    local tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -gt 400 ] && return 1
        sleep 0.05
    done
}

random() { od -An -N4 -tu4 /dev/urandom | awk -v most="$1" '{ print $1 % most }'; }
random_port() { echo $((20000 + $(random 10000))); }
