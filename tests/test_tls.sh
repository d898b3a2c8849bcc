#!/bin/sh
# TLS in, against openssl s_client and real senders (TAP): who is let in and who is not, versions,
# resumption, peers that fall silent, leave in mid-connection, speak something else, send monstrous
# chains. Every connection is accounted for, and so is every message.
set -u
. tests/serving.sh
. tests/certificates.sh

authority ca
authority other
certificate server ca /CN=parapet DNS:parapet.example.com,IP:127.0.0.1
certificate next ca /CN=next DNS:parapet.example.com
certificate fw ca /CN=fw DNS:fw1.fw.example.com
certificate branch ca /CN=branch.example.com -
certificate stranger ca /CN=stranger DNS:fw1.example.net
certificate foreign other /CN=fw DNS:fw1.fw.example.com
certificate expired ca /CN=fw DNS:fw1.fw.example.com -days -1
chmod 600 "$d"/tls/*.key

plain=0 # connections to the plain port
ours="certificate: tls/server.pem, key: tls/server.key"
entry="- {protocol: tls, address: 127.0.0.1, port: TLS_PORT, $ours"
named="$entry, client-ca: tls/ca.pem, allowed-names: ['*.fw.example.com', branch.example.com]}"

# s_client CERTIFICATE [ARGUMENTS...]: what comes on standard input goes to the server, then
# close_notify. CERTIFICATE may be -.
s_client() {
    who=$1
    shift
    [ "$who" = - ] || set -- -cert "$d/tls/$who.pem" -key "$d/tls/$who.key" "$@"
    timeout "${limit:-20}" openssl s_client -connect "127.0.0.1:$tls_port" -CAfile "$d/tls/ca.pem" \
        -verify_return_error -verify_hostname parapet.example.com -no_ign_eof "$@" >"$d/client" 2>&1
}
says() { grep -q "$1" "$d/client"; } # s_client did
sends() { # TEXT CERTIFICATE [ARGUMENTS...]: and it arrives
    text=$1
    shift
    printf '<14>%s\n' "$text" | s_client "$@"
    until_true arrived "$text\$"
}
failed() { # REASON NUMBER
    until_true is "tls_failed_$1" "$2"
}
said() { grep -q "warning: sender 127.0.0.1 .*$1" "$d/err"; }
# Every connection is established, or has failed for one reason; and every message adds up.
adds_up() {
    [ "$(value connections_accepted)" = $(($(value tls_handshakes) + $(value tls_failed_timeout) + \
        $(value tls_failed_certificate) + $(value tls_failed_protocol) + \
        $(value tls_failed_plain) + $(value tls_failed_gone) + $(value connections_tls_hello) + \
        plain)) ] && conserved
}

# ---- who is let in ----

serve listen="$named" limits='{handshake-timeout: 500ms}' || { tail "$d/err"; exit 1; }
check "says that it listens" grep -q "and tls 127.0.0.1:$tls_port" "$d/err"
check "TLS 1.3 with a certificate of the right name" sends by-13 fw -tls1_3
check "TLS 1.2" sends by-12 fw -tls1_2
check "a common name, where there is no other" sends by-common branch
printf '10 <14>in-one10 <14>in-two<14>then a line\r\n' | s_client fw
check "octet counting, and lines after it" until_true arrived 'then a line$'
check "each is a handshake" until_true is tls_handshakes 4
for who in foreign:unable expired:expired stranger:'none of its names'; do
    s_client "${who%%:*}" </dev/null
done
check "another authority, an expired certificate, another name: none is let in" failed certificate 3
s_client - </dev/null
check "no certificate" failed certificate 4
check "one sender is told of once" [ "$(grep -c 'is not let in over TLS' "$d/err")" = 1 ]
s_client fw -tls1_1 -cipher 'ALL:@SECLEVEL=0' </dev/null
check "TLS 1.1 is refused" failed protocol 1
check "and the client is told why" says 'alert protocol version'
s_client fw -tls1_2 -cipher 'AES128-SHA:@SECLEVEL=0' </dev/null
check "ciphers without forward secrecy are refused" failed protocol 2

# ---- sessions ----

{ printf '<14>first\n'; until_true arrived 'first$'; } | s_client fw -tls1_3 -sess_out "$d/session"
sends second fw -tls1_3 -sess_in "$d/session"
check "a session is resumed" until_true is tls_resumed 1
check "and both sides know" says '^Reused, TLSv1.3'
{ printf '<14>third\n'; until_true arrived 'third$'; } | s_client fw -tls1_2 -sess_out "$d/session"
sends fourth fw -tls1_2 -sess_in "$d/session"
check "in TLS 1.2 too" until_true is tls_resumed 2
handshakes=$(counters; value tls_handshakes)
{
    until_true is tls_handshakes $((handshakes + 1))
    echo R
    until_true says 'no renegotiation'
} | s_client fw -tls1_2
check "renegotiation is refused" says 'no renegotiation'
check "nothing is compressed" says 'Compression: NONE'

# ---- peers that misbehave ----

truncated=$(counters; value tls_truncated)
handshakes=$(value tls_handshakes)
mkfifo "$d/silent"
openssl s_client -connect "127.0.0.1:$tls_port" -cert "$d/tls/fw.pem" -key "$d/tls/fw.key" -quiet \
    <"$d/silent" >"$d/client" 2>&1 &
cut=$!
pids="$pids $cut"
exec 3>"$d/silent"
printf '<14>whole\n<14>cut-o' >&3
check "a message before the cut" until_true arrived 'whole$'
kill -9 $cut
exec 3>&-
check "leaving without close_notify is counted" until_true is tls_truncated $((truncated + 1))
check "as an unfinished end" until_true is frames_unfinished 1
check "and what there was is delivered" until_true arrived 'cut-o$'
printf '\026\003\001\002\000\001\000\001\374\003\003' >"$d/hello"
{ cat "$d/hello"; sleep 3; } | nc 127.0.0.1 "$tls_port" >"$d/nothing" &
pids="$pids $!"
check "a hello, then silence: closed in time" failed timeout 1
cat "$d/hello" | nc -N -w 5 127.0.0.1 "$tls_port"
nc -z 127.0.0.1 "$tls_port"
check "a probe that connects and leaves, a hello cut off" failed gone 2
i=0
while [ $i -lt 12 ]; do cat "$d"/tls/*.pem "$d"/tls/*.pem; i=$((i + 1)); done >"$d/tls/many.chain"
printf '<14>huge\n' | s_client fw -cert_chain "$d/tls/many.chain"
check "a chain of 150 certificates is refused" until_true is tls_handshakes $((handshakes + 1))
printf '<14>in the clear\n' | nc -N -w 5 127.0.0.1 "$tls_port"
check "plain text on the TLS port is closed" failed plain 1
check "and said" said 'sends plain text to a TLS port'
plain=1
timeout 5 openssl s_client -connect "127.0.0.1:$port" </dev/null >/dev/null 2>&1
check "a TLS hello on the plain port is closed" until_true is connections_tls_hello 1
check "and said" said 'speaks TLS to a port without it'
printf 'GET /status HTTP/1.1\r\nHost: parapet\r\n\r\n' | tcp
printf 'GET / HTTP/1.1\r\n\r\n' | s_client fw
check "a web browser, on either port" until_true is connections_http 2
check "and said" said 'asks for a web page'
check "others are served" sends after-all-of-them fw
head -c 100000 /dev/urandom >"$d/noise"
{ printf '\026\003\001'; cat "$d/noise"; } | nc -N -w 5 127.0.0.1 "$tls_port" >/dev/null
check "noise that begins as TLS does" until_true is tls_failed_protocol 4
ended_well "bad peers" adds_up

# ---- handshakes that nobody goes on with ----

half_open() { # 200 connections that send the beginning of a hello and stay
    "$B/tool_load" -p "$tls_port" -f "$d/hello" -n 200 -c 200 -1 -r 10000 -k >"$d/load" 2>&1 &
    load=$!
    pids="$pids $load"
}
plain=0
serve listen="$entry}" limits='{handshake-timeout: 2s}'
sends first - # what takes memory once has taken it
before=$(resident)
half_open
until_true at_least connections_accepted 201
check "200 half-open handshakes: others are served meanwhile" sends meanwhile -
check "all are closed in time" failed timeout 200
check "a connection costs less than 64 KiB until then" [ $(($(resident) - before)) -lt $((200 * 64)) ]
check "and others are served" sends afterwards -
ended_well "half-open handshakes" adds_up
kill $load
serve listen="$entry}" limits='{handshake-timeout: 1s, max-connections: 50}'
half_open
check "as many as max-connections allows, the rest is closed at once" until_true is connections_over_limit 150
check "those in time" failed timeout 50
check "then there is room again" sends room -
stop
check "half-open beyond the limit: nothing to report" reported
kill $load

# ---- certificates that change under load ----

shown() { # the subject of the certificate that a new connection is shown
    openssl s_client -connect "127.0.0.1:$tls_port" </dev/null 2>/dev/null |
        openssl x509 -noout -subject 2>/dev/null
}
shows() { [ "$(shown)" = "subject=CN = $1" ]; }
: >"$d/go-on"
serve listen="$entry}"
limit=300
{
    i=0
    while [ -e "$d/go-on" ]; do
        i=$((i + 1))
        echo "<14>load-$i"
        [ $((i % 100)) = 0 ] && sleep 0.02 # whoever else is on this machine has a turn
    done
    echo $i >"$d/loaded"
} | s_client - >/dev/null 2>&1 &
pids="$pids $!"
loading=$!
check "under load" until_true at_least received 1000
check "a connection is shown the certificate" shows parapet
cp "$d/tls/next.pem" "$d/tls/server.pem"
kill -HUP $server
refused() { grep -q 'parapet.yaml:.*certificate in .*not ".*server.key"' "$d/err"; }
check "a certificate without its key is refused, with the place" until_true refused
check "and nothing has changed" shows parapet
cp "$d/tls/next.key" "$d/tls/server.key"
kill -HUP $server
check "with its key it is shown to new connections" until_true shows next
before=$(counters; value received)
check "the old connection goes on" until_true at_least received $((before + 1000))
rm "$d/go-on"
wait $loading
check "nothing is lost" until_true is received "$(cat "$d/loaded")"
plain=0
ended_well "certificates that change" adds_up
