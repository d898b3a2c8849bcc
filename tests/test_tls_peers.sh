#!/bin/sh
# TLS with rsyslog (both of its drivers) and syslog-ng as senders and as receivers (TAP): what leaves
# one arrives at the other, byte for byte and in order. Those that are not installed are skipped.
set -u
. tests/serving.sh
. tests/certificates.sh

authority ca
certificate parapet ca /CN=parapet DNS:parapet.example.com,IP:127.0.0.1
certificate peer ca /CN=peer DNS:peer.example.com,IP:127.0.0.1
chmod 600 "$d"/tls/*.key
"$B/tool_lines" mix 2000 7 >"$d/mix"
listener="- {protocol: tls, address: 127.0.0.1, port: TLS_PORT, certificate: tls/parapet.pem, key: tls/parapet.key, client-ca: tls/ca.pem, allowed-names: peer.example.com}"
skip() { n=$((n + 1)) && echo "ok $n - $1 # SKIP $2"; }
has() { [ "$(wc -l <"$d/got" 2>/dev/null || echo 0)" -ge "$1" ]; }
peer_ends() {
    kill $peer 2>/dev/null
    wait $peer 2>/dev/null
}
# from NAME COMMAND...: starts a sender of $d/mix and waits for all of it
from() {
    who=$1
    shift
    "$@" >"$d/peer" 2>&1 &
    peer=$!
    pids="$pids $peer"
    check "from $who: all 2,000 arrive" until_true is received 2000
    check "from $who: in one connection" is tls_handshakes 1
    peer_ends
    ended_well "from $who"
}
# to NAME COMMAND...: starts a receiver on $to that writes $d/got; a second output is the judge
to_peer() {
    who=$1
    shift
    rm -f "$d/got" "$d/same"
    "$@" >"$d/peer" 2>&1 &
    peer=$!
    pids="$pids $peer"
    until_true nc -z 127.0.0.1 "$to"
    serve forward="{name: siem, protocol: tls, host: 127.0.0.1, port: $to, ca: tls/ca.pem, certificate: tls/parapet.pem, key: tls/parapet.key, server-name: peer.example.com, header: $header, reconnect: {min: 50ms, max: 100ms}, show: [events]}
  - {name: same, protocol: file, path: '$d/same', header: $header, show: [events]}"
    "$B/tool_load" -p "$port" -f "$d/mix" >"$d/load" 2>&1
    check "to $who: all 2,000 are forwarded" until_true is forwarded 2000 output
    check "to $who: and arrive" until_true has 2000
    check "to $who: byte for byte, in order" cmp -s "$d/got" "$d/same"
    stop
    check "to $who: ends with status 0" [ "$status" = 0 ]
    check "to $who: nothing to report" reported
    peer_ends
}

# ---- rsyslog ----

rsyslog() { # DRIVER: writes $d/rsyslog.conf up to what is particular
    cat >"$d/rsyslog.conf" <<-END
	global(workDirectory="$d" maxMessageSize="64k" defaultNetstreamDriver="$1"
	    defaultNetstreamDriverCAFile="$d/tls/ca.pem"
	    defaultNetstreamDriverCertFile="$d/tls/peer.pem" defaultNetstreamDriverKeyFile="$d/tls/peer.key")
	template(name="raw" type="string" string="%rawmsg%\n")
	template(name="bare" type="string" string="%rawmsg%")
	END
}
for driver in ossl gtls; do
    if ! command -v rsyslogd >/dev/null || ! ls /usr/lib/*/rsyslog/lmnsd_$driver.so >/dev/null 2>&1; then
        skip "rsyslog with $driver" "not installed"
        continue
    fi
    serve listen="$listener"
    rsyslog $driver
    cat >>"$d/rsyslog.conf" <<-END
	module(load="imfile")
	input(type="imfile" file="$d/mix" tag="x" ruleset="send")
	ruleset(name="send") {
	    action(type="omfwd" target="127.0.0.1" port="$tls_port" protocol="tcp" template="bare"
	        TCP_Framing="octet-counted" StreamDriver="$driver" StreamDriverMode="1"
	        StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="parapet.example.com")
	}
	END
    rm -f "$d"/imfile-state*
    from "rsyslog, $driver" rsyslogd -n -f "$d/rsyslog.conf" -i "$d/rsyslog.pid"

    to=$(random_port)
    header=rfc5424
    rsyslog $driver
    cat >>"$d/rsyslog.conf" <<-END
	module(load="imtcp" StreamDriver.Name="$driver" StreamDriver.Mode="1"
	    StreamDriver.AuthMode="x509/name" PermittedPeer="parapet.example.com")
	input(type="imtcp" port="$to" address="127.0.0.1" ruleset="write")
	ruleset(name="write") { action(type="omfile" file="$d/got" template="raw") }
	END
    to_peer "rsyslog, $driver" rsyslogd -n -f "$d/rsyslog.conf" -i "$d/rsyslog.pid"
done

# ---- syslog-ng ----

if ! command -v syslog-ng >/dev/null; then
    # Debian's packages of the two exclude each other; a copy of it in the PATH will do.
    skip "syslog-ng" "not installed (Debian has either rsyslog or syslog-ng)"
    exit 0
fi
syslog_ng() { exec syslog-ng -F --no-caps -f "$d/syslog-ng.conf" -p "$d/ng.pid" -c "$d/ng.ctl" -R "$d/ng.persist"; }
tls_of_ng="tls(ca-file('$d/tls/ca.pem') cert-file('$d/tls/peer.pem') key-file('$d/tls/peer.key') peer-verify(required-trusted))"
serve listen="$listener"
cat >"$d/syslog-ng.conf" <<END
@version: 3.35
source s { file("$d/mix" flags(no-parse) log-msg-size(65536)); };
destination d { network("127.0.0.1" port($tls_port) transport("tls") template("\$MSG\n") $tls_of_ng); };
log { source(s); destination(d); };
END
from syslog-ng syslog_ng
to=$(random_port)
header=none
cat >"$d/syslog-ng.conf" <<END
@version: 3.35
source s { syslog(ip("127.0.0.1") port($to) transport("tls") flags(no-parse) log-msg-size(65536) $tls_of_ng); };
destination d { file("$d/got" template("\$MSG\n")); };
log { source(s); destination(d); };
END
to_peer syslog-ng syslog_ng
