/* A small hash table of names. */
#include "detect/devices.h"

uint64_t devices_hash(struct slice name, uint64_t mix)
{
    name = slice_first(name, DEVICE_NAME_MAX);
    uint64_t hash = name.len, word;
    for (; name.len >= 8; name = slice_from(name, 8)) {
        memcpy(&word, name.ptr, 8);
        hash = (hash ^ word) * mix;
        hash ^= hash >> 32;
    }
    return (hash ^ slice_few_bytes(name.ptr, name.len)) * mix;
}

/* The place of the name, or the free one that it may take. */
static inline unsigned place_of(const struct devices *devices, struct slice name, uint64_t hash,
                                uint8_t *number)
{
    unsigned at = (unsigned)(hash >> 55);
    while ((*number = __atomic_load_n(&devices->index[at], __ATOMIC_ACQUIRE)) &&
           (devices->names[*number - 1].len != name.len ||
            !slice_same(devices->names[*number - 1].text, name.ptr, name.len)))
        at = (at + 1) % sizeof(devices->index);
    return at;
}

uint8_t devices_find(const struct devices *devices, struct slice name, uint64_t hash)
{
    uint8_t number;
    place_of(devices, slice_first(name, DEVICE_NAME_MAX), hash, &number);
    return number;
}

uint8_t devices_number(struct devices *devices, struct slice name, uint64_t hash)
{
    uint8_t number;
    name = slice_first(name, DEVICE_NAME_MAX);
    unsigned at = place_of(devices, name, hash, &number);
    if (number || name.len == 0 || devices_full(devices))
        return number;
    unsigned row = devices->count;
    memcpy(devices->names[row].text, name.ptr, name.len);
    devices->names[row].len = (uint8_t)name.len;
    number = (uint8_t)(row + 1);
    __atomic_store_n(&devices->count, number, __ATOMIC_RELAXED);
    __atomic_store_n(&devices->index[at], number,
                     __ATOMIC_RELEASE); /* whoever sees it sees the name */
    return number;
}
