#!/bin/sh
# parapet explain (TAP): what it prints about a line of each vendor, against tests/explain/*.txt, and
# what holds for every page. `test_explain.sh write` writes these anew: a person reads the diff.
set -u
. tests/tap.sh
PARAPET=$B/parapet
NOW=2026-11-21T12:00:00Z
shown='page err'

# page NAME LINE [OPTION ...]: explains one line and compares.
page() {
    name=$1
    line=$2
    shift 2
    "$PARAPET" explain --now $NOW "$@" "$line" >"$d/page" 2>&1
    [ "${mode:-}" = write ] && cp "$d/page" "tests/explain/$name.txt"
    check "explain: $name" diff -u "tests/explain/$name.txt" "$d/page"
}

mode=${1:-}
page asa '<166>Nov 20 09:20:09 fw-edge : %ASA-6-302014: Teardown TCP connection 70001 for outside:198.51.100.80/443 to inside:10.1.0.31/50300 duration 0:00:02 bytes 0 TCP FINs' \
    --timezone Europe/Berlin
page panos '<14>Nov 20 08:00:14 pa-berlin 1,2026/11/20 08:00:14,012801000042,TRAFFIC,end,2561,2026/11/20 08:00:14,10.1.20.31,198.51.100.25,203.0.113.9,198.51.100.25,allow web,example\anna,,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,to-siem,2026/11/20 08:00:14,52114,1,51514,443,18022,443,0x400019,tcp,allow,53531,5321,48210,75,2026/11/20 08:00:14,16,any,,7461002,0x8000000000000000,10.0.0.0-10.255.255.255,Reserved,,31,44,tcp-fin'
page checkpoint '<134>1 2026-11-21T09:16:20Z mgmt1 CheckPoint 2201 - [action:"Drop"; ifdir:"inbound"; ifname:"eth1"; logid:"0"; origin:"192.168.7.1"; originsicname:"CN=gw-berlin,O=mgmt1..x7k2pq"; time:"1795252580"; dst:"10.1.7.20"; rule_name:"say \"no\""; product:"VPN-1 & FireWall-1"; proto:"6"; s_port:"51514"; service:"1433"; src:"10.1.2.3"; ]'
page meraki '<134>1 1795252620.183456969 MX84 security_event ids_alerted signature=1:28423:1 priority=1 timestamp=1795252620.810079 dhost=02:00:5E:00:53:08 direction=ingress protocol=tcp/ip src=203.0.113.66:80 dst=10.2.0.17:53023 decision=blocked message: EXPLOIT-KIT example executable'

page nobody 'Nov 20 09:20:09 host app[77]: nothing of a firewall'
page wrong 'Nov 20 09:20:09 fw-edge : %ASA-6-302014: Teardown TCP connection'

# Every sample, read by itself: no row is wider than a page, none is wrong.
cat samples/*/*.log >"$d/lines"
"$PARAPET" explain --now $NOW <"$d/lines" >"$d/all" 2>"$d/err"
check "all samples: exit 0" [ $? = 0 ]
check "all samples: nothing on standard error" [ ! -s "$d/err" ]
check "all samples: a page each" [ "$(grep -c '^header' "$d/all")" = "$(grep -c '' "$d/lines")" ]
check "all samples: no row over 100 columns" \
    sh -c 'LC_ALL=C grep -v "[^ -~]" "$1" | awk "length > 100 { print; wide = 1 } END { exit wide }"' - "$d/all"
check "all samples: nothing steers a terminal" sh -c '! LC_ALL=C tr -d "\n" <"$1" | LC_ALL=C grep -q "[[:cntrl:]]"' - "$d/all"
check "no colours in a file" sh -c '! grep -q "$(printf "\033")" "$1"' - "$d/all"

"$PARAPET" explain --fields >"$d/fields"
check "--fields: every field" [ "$(grep -c '^[a-z_]* ' "$d/fields")" = "$(grep -c 'FIELD([A-Z]*, ' parsers/record_fields.h)" ]
"$PARAPET" explain --parser nobodys x >"$d/out" 2>"$d/err"
check "an unknown parser: exit 1" [ $? = 1 ]
check "an unknown parser: the known ones" grep -q 'asa' "$d/err"
"$PARAPET" explain one two >"$d/out" 2>"$d/err"
check "two lines as arguments: exit 1" [ $? = 1 ]
"$PARAPET" explain --parser meraki --now $NOW 'src=192.0.2.1 dst=192.0.2.2' >"$d/out" 2>"$d/err"
check "--parser: said" grep -q '^parser *meraki, by --parser' "$d/out"
echo "1..$n"
