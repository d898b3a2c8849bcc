/* Which of the allowed connections an output that samples is sent. */
#include "server/forward/sample.h"

#define BIT(name) (UINT64_C(1) << FIELD_##name)

bool sample_applies(const struct record *r)
{
    const uint64_t needed = BIT(action) | BIT(src_ip) | BIT(dst_ip);
    const uint64_t enriched = BIT(risk) | BIT(detections);
    return (r->has & (needed | enriched)) == needed && r->action == ACTION_ALLOW && !r->counted;
}

static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
    return h ^ h >> 31;
}

static uint64_t end_hash(struct address ip, bool has_port, uint16_t port)
{
    return mix(mix(mix(ip.hi) + ip.lo) + (has_port ? port : 65536u));
}

bool sample_keeps(const struct record *r, uint32_t rate)
{
    uint64_t protocol = RECORD_HAS(r, protocol) ? r->protocol : 256;
    uint64_t h = end_hash(r->src_ip, RECORD_HAS(r, src_port), r->src_port) +
                 end_hash(r->dst_ip, RECORD_HAS(r, dst_port), r->dst_port);
    return mix(h + protocol) % rate == 0;
}
