# How one run of the bench goes, sourced by tests/bench.sh: a server on one core, load generator and
# sink on another, every line counted. Its figures go to $d/runs.NAME, a line a run.
hz=$(getconf CLK_TCK)
server= sink=
failed=0
stop() { [ -n "$1" ] && kill "$1" 2>/dev/null && wait "$1" 2>/dev/null; }
say() { echo "bench: $*" >&2; failed=1; }

# Where there are two cores, the server has the first and the tools the second. Two workers have two;
# the tools share them, where there are no more.
cores_of() { # CONFIGURATION
    case $1 in
    *_workers*) server_on=0,1 tools_on=$([ "$(nproc)" -gt 3 ] && echo 2,3 || echo 0,1) ;;
    *) server_on=0 tools_on=1 ;;
    esac
}
on() { # CORES COMMAND...: pinned
    cores=$1
    shift
    [ "$(nproc)" -gt 1 ] && set -- taskset -c "$cores" "$@"
    [ -n "${BENCH_AHEAD:-}" ] && set -- chrt -r 10 "$@"
    exec "$@"
}
value() { sed -n "s/.*\b$1=\([0-9.]*\).*/\1/p" "$2"; }
cpu() { awk -v hz="$hz" '{ sub(/.*[)] /, ""); print ($12 + $13) / hz }' "/proc/$1/stat"; }
memory() { awk -v what="$2:" '$1 == what { print $2 / 1024 }' "/proc/$1/status"; } # PROCESS FIELD: MiB
# A port nobody listens on: two servers on one port would share its connections.
free_port() { "$B/tool_sink" -p 0 -i 1 2>&1 >/dev/null | sed -n 's/^listening on 127.0.0.1://p'; }
takes_datagrams() { grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") " /proc/net/udp; }
is_there() { kill -0 "$1" 2>/dev/null; }

sink_start() { # CORES ARGUMENTS...: $sink is its process, $port_out its port
    rm -f "$d/sink.err"
    cores=$1
    shift
    (on "$cores" "$B/tool_sink" -p 0 "$@" >"$d/sink.out" 2>"$d/sink.err") &
    sink=$!
    until port_out=$(sed -n 's/^listening on 127.0.0.1://p' "$d/sink.err" 2>/dev/null) && [ -n "$port_out" ]; do sleep 0.02; done
}

# Installed, or unpacked by `make bench-peers`: Debian's package does not go with rsyslog's.
syslog_ng_root() { if [ -x "$B/peers/root/usr/sbin/syslog-ng" ]; then echo "$B/peers/root"; fi; }
installed() { # CONFIGURATION
    case $1 in
    parapet*) true ;;
    rsyslog*) command -v rsyslogd >/dev/null ;;
    syslog_ng*) [ -n "$(syslog_ng_root)" ] || command -v syslog-ng >/dev/null ;;
    esac
}
serve() { # CONFIGURATION: becomes the server that it is for
    case $1 in
    parapet*) on "$server_on" "$parapet" serve -c "$d/$1" ;;
    rsyslog*) on "$server_on" rsyslogd -n -i "$d/pid" -f "$d/$1" ;;
    syslog_ng*)
        root=$(syslog_ng_root)
        LD_LIBRARY_PATH=$root/usr/lib/syslog-ng:$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu \
            on "$server_on" "${root:+$root/usr/sbin/}syslog-ng" -F --no-caps -f "$d/$1" -R "$d/persist" -p "$d/pid" -c "$d/control" \
            --module-path="$(echo "$root"/usr/lib/syslog-ng/*/)"
        ;;
    esac
}
detectors() { "$parapet" detectors | awk 'NR > 1 { printf "%s%s", (NR > 2 ? ", " : ""), $1 }'; }
server_start() { # CONFIGURATION: $server is its process, $port_in its port
    port_in=$(free_port)
    rm -rf "$d/spool" "$d/server.err"
    sed "s|@DIR@|$d|; s|@IN@|$port_in|; s|@OUT@|$port_out|; s|@PEERS@|$peers|; s|@DETECTORS@|$(detectors)|" "$peers/$1" >"$d/$1"
    serve "$1" >"$d/server.out" 2>"$d/server.err" &
    server=$!
}

# One line, alone: when it has come through, the server is up and connected.
first_line() { # FILE HOW IT IS SENT
    head -n 1 "$1" >"$d/first.log"
    case $2 in -u*) until takes_datagrams "$port_in" || ! is_there $server; do sleep 0.02; done ;; esac
    # shellcheck disable=SC2086
    "$B/tool_load" -p "$port_in" -w 10 $2 -f "$d/first.log" -n 1 >"$d/load.out" 2>"$d/load.err" && is_there $server && sleep 0.5
}

# One run. Leaves what the sink and the load generator say in sink.out and load.out.
through() { # CONFIGURATION NAME FILE MESSAGES "HOW THEY ARE SENT" [WHERE THE SINK WRITES THEM]
    conf=$1 name=$2 file=$3 n=$4 how=$5 copy=${6:-}
    cores_of "$conf"
    sink_start "$tools_on" -n "$n" -i 15000 ${copy:+-o "$copy"}
    server_start "$conf"
    if ! first_line "$file" "$how"; then
        say "$name: $(tail -n 1 "$d/server.err") $(tail -n 1 "$d/load.err")"
        stop "$server"
        stop "$sink"
        server= sink=
        return 1
    fi
    before=$(cpu $server)
    # shellcheck disable=SC2086
    (on "$tools_on" "$B/tool_load" -p "$port_in" $how -t 120 -f "$file" -n $((n - 1)) >"$d/load.out" 2>"$d/load.err")
    wait "$sink"
    sink=
    used=$(echo "$before $(cpu $server)" | awk '{ print $2 - $1 }')
    mib=$(memory $server VmHWM)
    stop "$server"
    server=
    got=$(value messages "$d/sink.out")
    if [ "$got" != "$n" ]; then
        say "$name: $n sent, ${got:-0} came through; $(grep -E '^  (kernel_dropped|dropped_queue_full) +[1-9]' "$d/server.err" || tail -n 1 "$d/server.err")"
        return 1
    fi
    [ -n "$copy" ] || echo "$(value first "$d/load.out") $(value last "$d/sink.out") $used $mib $(value cpu "$d/load.out") $(value cpu "$d/sink.out")" |
        awk -v n="$n" '{ print n / ($2 - $1), $3 / n * 1e6, $4, $3 / ($2 - $1), ($5 + $6) / ($2 - $1) }' >>"$d/runs.$name"
}

# Medians of the columns rate, CPU and MiB of FILE, as one row of the table.
report() { # NAME FILE
    [ -s "$2" ] || return
    awk -v name="$1" '
        function median(v, n, i, j, t) {
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
            return v[int((n + 1) / 2)]
        }
        { rate[NR] = $1 + 0; cpu[NR] = $2 + 0; mib[NR] = $3 + 0 }
        END {
            r = median(rate, NR)
            printf "%-24s %12d %9.3f %9.1f   %d .. %d\n", name, r, median(cpu, NR), median(mib, NR), rate[1], rate[NR]
        }' "$2" | tee -a "$d/table"
}

# The two ends of each TCP and UDP flow in CEF, whichever opened it.
flows() {
    awk '{
        split("", f)
        for (i = 1; i <= NF; i++)
            if (match($i, /^(src|dst|spt|dpt|proto)=/)) f[substr($i, 1, RLENGTH - 1)] = substr($i, RLENGTH + 1)
        if (f["proto"] !~ /^(tcp|udp|6|17)$/) next
        a = f["src"] "/" f["spt"]; b = f["dst"] "/" f["dpt"]
        print(a < b ? a " " b : b " " a)
    }' | sort
}

# Whether what the sink gets says what the lines say: Parapet's must be what replay makes of them, a
# peer's must name the same addresses and ports.
same_content() { # CONFIGURATION NAME KIND "HOW THEY ARE SENT"
    case $2 in *unread | *undetecting) return 0 ;; esac
    n=20000
    case $4 in -u*) how="-u -r 20000" ;; *) how="-c 1" ;; esac
    # The first line is sent by itself before the others.
    { head -n 1 "$d/$3.log" && head -n $((n - 1)) "$d/$3.log"; } >"$d/content.log"
    head -n $((n - 1)) "$d/$3.log" >"$d/few.log"
    through "$1" "$2" "$d/few.log" $n "$how" "$d/copy" || return
    "$parapet" replay --format cef --show events "$d/content.log" 2>/dev/null >"$d/expected"
    case $1 in
    parapet*)
        # A file has no sender, a connection has.
        sed 's/^.*CEF:0|/CEF:0|/; s/ dvc=127[.]0[.]0[.]1 / /' "$d/copy" | cmp -s - "$d/expected" || say "$2: its CEF is not what replay makes of the lines"
        ;;
    *)
        flows <"$d/expected" >"$d/expected.flows"
        flows <"$d/copy" | cmp -s - "$d/expected.flows" || say "$2: its CEF names other addresses and ports than Parapet's"
        ;;
    esac
}
