/*
 * All ranges of all sets, flattened into segments that do not overlap, each with the mask of the
 * sets that hold it. IPv4 finds its segment by a table of the 256 /8 blocks, which caches always have:
 * most lie in one segment. The others ask a table of the 65,536 /16 pages, and search the few segments
 * of a page that does not lie in one either. IPv6 searches all segments.
 */
#include "detect/networks.h"

#include <stdbool.h>
#include <stdlib.h>

#define PAGES  65536
#define BLOCKS 256

struct networks {
    struct address *starts; /* ascending; the first is the lowest address there is */
    uint64_t *masks;        /* of the segment that begins there */
    size_t count;
    uint64_t blocks[BLOCKS];   /* the sets that hold the block, */
    bool is_mixed[BLOCKS];     /* unless it lies in several segments */
    uint32_t pages[PAGES + 1]; /* the segment that holds the page's first address */
};

/* A set begins or has just ended at an address. */
struct edge {
    struct address at;
    unsigned set;
    int step; /* +1, -1 */
};

static int edge_compare(const void *left, const void *right)
{
    const struct edge *a = left, *b = right;
    if (address_less(a->at, b->at))
        return -1;
    return address_less(b->at, a->at);
}

static struct address address_next(struct address a)
{
    a.lo++;
    a.hi += a.lo == 0;
    return a;
}

static size_t edges_of(const struct network *entries, size_t count, struct edge *edges)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const struct network *e = &entries[i];
        if (e->set > 63 || address_less(e->last, e->first))
            continue;
        edges[n++] = (struct edge){e->first, e->set, 1};
        if (e->last.hi != UINT64_MAX || e->last.lo != UINT64_MAX)
            edges[n++] = (struct edge){address_next(e->last), e->set, -1};
    }
    qsort(edges, n, sizeof(*edges), edge_compare);
    return n;
}

/* The segment that holds an address: the last that does not begin after it, of [low, high]. */
static size_t segment_of(const struct networks *n, struct address a, size_t low, size_t high)
{
    while (low < high) {
        size_t middle = low + (high - low + 1) / 2;
        if (address_less(a, n->starts[middle]))
            high = middle - 1;
        else
            low = middle;
    }
    return low;
}

static void networks_fill(struct networks *n, const struct edge *edges, size_t edge_count)
{
    size_t depth[64] = {0};
    uint64_t mask = 0;
    n->starts[0] = (struct address){0, 0};
    n->masks[0] = 0;
    n->count = 1;
    for (size_t i = 0; i < edge_count; i++) {
        const struct edge *e = &edges[i];
        uint64_t bit = UINT64_C(1) << e->set;
        depth[e->set] += (size_t)e->step;
        mask = depth[e->set] ? mask | bit : mask & ~bit;
        if (i + 1 < edge_count && address_equals(edges[i + 1].at, e->at))
            continue; /* more happens at the same address */
        size_t last = n->count - 1;
        if (address_equals(n->starts[last], e->at)) {
            n->masks[last] = mask;
        } else if (n->masks[last] != mask) {
            n->starts[n->count] = e->at;
            n->masks[n->count++] = mask;
        }
    }
    for (uint32_t page = 0; page < PAGES; page++)
        n->pages[page] = (uint32_t)segment_of(n, address_v4(page << 16), 0, n->count - 1);
    n->pages[PAGES] = (uint32_t)segment_of(n, address_v4(UINT32_MAX), 0, n->count - 1);
    for (uint32_t block = 0; block < BLOCKS; block++) {
        uint32_t first = n->pages[block << 8];
        n->blocks[block] = n->masks[first];
        n->is_mixed[block] =
            first != segment_of(n, address_v4(block << 24 | 0xffffff), 0, n->count - 1);
    }
}

struct networks *networks_new(const struct network *entries, size_t count)
{
    struct networks *n = calloc(1, sizeof(*n));
    struct edge *edges = malloc((2 * count + 1) * sizeof(*edges));
    if (n) {
        n->starts = malloc((2 * count + 1) * sizeof(*n->starts));
        n->masks = malloc((2 * count + 1) * sizeof(*n->masks));
    }
    if (!n || !edges || !n->starts || !n->masks || count > UINT32_MAX / 4) {
        free(edges);
        networks_free(n);
        return NULL;
    }
    networks_fill(n, edges, edges_of(entries, count, edges));
    free(edges);
    return n;
}

void networks_free(struct networks *networks)
{
    if (!networks)
        return;
    free(networks->starts);
    free(networks->masks);
    free(networks);
}

uint64_t networks_of(const struct networks *n, struct address a)
{
    size_t low = 0, high = n->count - 1;
    if (address_is_v4(a)) {
        if (!n->is_mixed[(uint32_t)a.lo >> 24])
            return n->blocks[(uint32_t)a.lo >> 24];
        uint32_t page = (uint32_t)a.lo >> 16;
        low = n->pages[page];
        high = n->pages[page + 1];
        if (low == high)
            return n->masks[low];
    }
    return n->masks[segment_of(n, a, low, high)];
}
