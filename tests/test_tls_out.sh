#!/bin/sh
# TLS out, against openssl s_server and this program as receiver (TAP): receivers that show what they
# should, and those that do not; resumption; connections that break.
set -u
. tests/serving.sh
. tests/certificates.sh

authority ca
authority other
certificate siem ca /CN=siem DNS:siem.example.com,IP:127.0.0.1
certificate foreign other /CN=siem DNS:siem.example.com,IP:127.0.0.1
certificate expired ca /CN=siem DNS:siem.example.com,IP:127.0.0.1 -days -1
certificate fw ca /CN=parapet DNS:parapet.example.com
chmod 600 "$d"/tls/*.key
"$B/tool_lines" mix 3000 7 >"$d/mix"

mkfifo "$d/nothing" # s_server ends with its standard input
exec 9<>"$d/nothing"

# receive NAME: s_server with that certificate on $to; what it gets goes to $d/got
receive() {
    : >"$d/got"
    openssl s_server -accept "127.0.0.1:$to" -cert "$d/tls/$1.pem" -key "$d/tls/$1.key" \
        -CAfile "$d/tls/ca.pem" -Verify 3 -verify_return_error -quiet <"$d/nothing" \
        >"$d/got" 2>"$d/server" &
    receiver=$!
    pids="$pids $receiver"
    until_true listens
}
listens() { nc -z 127.0.0.1 "$to"; }
end_receiver() { kill -9 $receiver 2>/dev/null; wait $receiver 2>/dev/null; }
has() { [ "$(wc -l <"$d/got")" -ge "$1" ]; }
to_siem() { # KEYS: an output; events only
    echo "{name: siem, protocol: tls, host: 127.0.0.1, port: $to, framing: newline, header: none, show: [events], reconnect: {min: 50ms, max: 100ms}, $1}"
}
trusted="ca: tls/ca.pem, certificate: tls/fw.pem, key: tls/fw.key"
said() { grep -q "warning: output siem: tls 127.0.0.1: .*$1" "$d/err"; }
load() { "$B/tool_load" -p "$port" "$@" >"$d/load" 2>&1; }

# ---- a receiver as it should be ----

to=$(random_port)
receive siem
serve forward="$(to_siem "$trusted")"
load -f "$d/mix"
check "3,000 messages are forwarded" until_true is forwarded 3000 output
check "and received" until_true has 3000
check "each is a whole line" [ "$(grep -c '^CEF:0|.*|.*|.*|.*|.*|.*|' "$d/got")" = 3000 ]
"$B/parapet" check -c "$d/parapet.yaml" >"$d/checked" 2>&1
check "parapet check tells what receivers are shown" \
    grep -q "shows siem the certificate $(fingerprint fw sha-256 sha256)" "$d/checked"
end_receiver
printf '<14>while-away\n' | tcp
receive siem
gets_it() { grep -q while-away "$d/got"; }
check "what came while it was away arrives" until_true gets_it
check "an end without close_notify is said" said 'without close_notify'
ended_well "a good receiver"
end_receiver

# ---- receivers that are not who they should be ----

refused() { # NAME CERTIFICATE KEYS WHY
    receive "$2"
    serve forward="$(to_siem "$3")"
    printf '<14>secret\n' | tcp
    check "$1: it is said" until_true said "$4"
    # In TLS 1.3 a receiver may judge our certificate after our first words.
    check "$1: the message waits" until_true is received 1
    check "$1: and is accounted for" conserved
    check "$1: the receiver has seen none of it" [ ! -s "$d/got" ]
    kill -9 $server # it would try to deliver for some seconds more
    wait $server 2>/dev/null
    end_receiver
}
refused "another name" siem "$trusted, server-name: other.example.com" 'none of its names is asked for'
refused "another authority" foreign "$trusted" 'unable to get local issuer certificate'
refused "an expired certificate" expired "$trusted" 'certificate has expired'
refused "another fingerprint" siem \
    "certificate: tls/fw.pem, key: tls/fw.key, fingerprints: '$(fingerprint fw sha-256 sha256)'" \
    'its fingerprint is not listed'
refused "no certificate of ours" siem "ca: tls/ca.pem" 'certificate required'

receive foreign
serve forward="$(to_siem "certificate: tls/fw.pem, key: tls/fw.key, fingerprints: '$(fingerprint foreign sha-256 sha256)'")"
printf '<14>pinned\n' | tcp
check "a fingerprint lets in what no authority signed" until_true has 1
ended_well "fingerprint"
end_receiver

{ printf 'HTTP/1.0 400 Bad Request\r\n\r\n'; until_true grep -qs . "$d/got"; } | nc -l 127.0.0.1 "$to" >"$d/got" &
pids="$pids $!"
taken() { grep -q "$(printf ':%04X 00000000:0000 0A' "$to")" /proc/net/tcp; }
until_true taken
serve forward="$(to_siem "$trusted")"
printf '<14>secret\n' | tcp
check "a receiver that speaks no TLS: it is said" until_true said 'wrong version number'
check "the message waits" until_true is queued 1 output
check "and it has seen none of it" [ "$(grep -ac secret "$d/got")" = 0 ]
kill -9 $server
wait $server 2>/dev/null

# ---- between two of us: resumption, breaks ----

proxied=$to
receiver_ready() { grep -qs '^listening' "$d/receiver.err" || ! kill -0 $receiver 2>/dev/null; }
start_receiver() { # on a free port, $to
    to=$(random_port)
    cat >"$d/receiver.yaml" <<END
listen: [{protocol: tls, address: 127.0.0.1, port: $to, certificate: tls/siem.pem, key: tls/siem.key, client-ca: tls/ca.pem}]
allow: [127.0.0.0/8]
detectors: {enable: []}
forward: [{name: file, protocol: file, path: $d/got, show: [events]}]
END
    "$B/parapet" serve -c "$d/receiver.yaml" 2>"$d/receiver.err" &
    receiver=$!
    pids="$pids $receiver"
    until_true receiver_ready
    grep -q '^listening' "$d/receiver.err"
}
: >"$d/got"
until_true start_receiver
"$B/tool_proxy" $proxied $to 300000b:cut 400000b:reset 500000b:reset >"$d/proxy" 2>&1 &
pids="$pids $!"
to=$proxied
until_true listens
serve forward="$(to_siem "$trusted")"
awk 'BEGIN { for (i = 1; i <= 3000; i++) printf "<14>line-%d-of-3000 %0400d\n", i, 0 }' >"$d/lines"
printf '<14>first\n' | tcp
check "with a receiver like us" until_true is forwarded 1 output
load -f "$d/lines" -c 1
check "cut and reset in mid-record: all is forwarded" until_true is forwarded 3001 output
check "after three breaks" until_true is reconnects 3 output
resent=$(value resent output)
stop
check "it ends with status 0" [ "$status" = 0 ]
check "messages add up" conserved
kill $receiver
wait $receiver
check "the receiver lacks none of them" \
    [ "$(grep -o 'line-[0-9]*-of-3000 0' "$d/got" | sort -u | wc -l)" = 3000 ]
received=$(awk '$1 == "received" { n = $2 } END { print n }' "$d/receiver.err")
check "and has at most those twice that were sent again" [ "$received" -ge 3001 -a "$received" -le $((3001 + resent)) ]
check "sessions were resumed" grep -q '^  tls_resumed *[1-9]' "$d/receiver.err"
