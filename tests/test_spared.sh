#!/bin/sh
# What outputs are spared, by the real program (TAP): filtered, sampled, aggregated, and all of it
# counted; what waits for others like it leaves in time, at a reload and at the end.
set -u
. tests/serving.sh

of() { echo "{name: local, protocol: file, path: \"-\", show: [events], $1}"; }
deny() { # COUNT
    yes '<164>Nov 21 2026 08:56:00 fw1 : %ASA-4-106023: Deny tcp src outside:192.0.2.7/41000 dst inside:198.51.100.9/23 by access-group "a"' |
        head -n "$1"
}
built() { # COUNT
    seq 1 "$1" | sed 's|.*|<166>%ASA-6-302013: Built outbound TCP connection & for o:203.0.113.9/443 (203.0.113.9/443) to i:10.1.1.8/& (192.0.2.1/&)|'
}

serve forward="$(of 'where: {action: deny, min_severity: 5}')"
{ deny 10; built 30; echo '<14>nobody'; } | tcp
check "filtered: only what was refused" until_true is filtered 31 output
check "arrives" until_true is forwarded 10 output
stop
check "the counters add up" conserved

serve forward="$(of 'sample: {allowed: 1/10}')"
{ deny 10; built 1000; } | tcp
check "sampled: all received" until_true is received 1010
accounted() { counters && conserved; }
check "and accounted for" until_true accounted
check "about one in ten is sent" eval '[ $(value sampled output) -gt 820 ] && [ $(value sampled output) -lt 960 ]'
check "what was refused in full" [ "$(grep -c 'act=deny' "$d/out")" = 10 ]
check "the rate is told" [ "$(grep -c 'flexNumber1=10$\|flexNumber1=10 ' "$d/out")" = $((1000 - $(value sampled output))) ]
stop
check "the counters add up" conserved

serve forward="$(of 'aggregate: {interval: 1s}')"
deny 100 | tcp
check "aggregated: one for a hundred, when its time has come" until_true arrived 'act=deny.* cnt=100 start='
check "nothing waits any more" is aggregating 0 output
stop
check "the counters add up" conserved

serve forward="$(of 'aggregate: {interval: 1h}')"
deny 100 | tcp
check "one waits for an hour" until_true is aggregating 1 output
check "and 99 went with it" is aggregated 99 output
check "so far the counters add up" conserved
sed -i 's/interval: 1h/interval: 59m/' "$d/parapet.yaml"
kill -HUP $server
check "a reload lets it go" until_true arrived ' cnt=100 '
deny 7 | tcp
check "others wait" until_true is aggregating 1 output
stop
check "and leave at the end" arrived ' cnt=7 '
check "the counters add up" conserved
check "ends with status 0" [ "$status" = 0 ]
