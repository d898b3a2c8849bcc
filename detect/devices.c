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
    for (word = 0; name.len; name = slice_from(name, 1))
        word = word << 8 | (unsigned char)name.ptr[0];
    return (hash ^ word) * mix;
}

uint8_t devices_number(struct devices *devices, struct slice name, uint64_t hash)
{
    name = slice_first(name, DEVICE_NAME_MAX);
    if (name.len == 0)
        return 0;
    unsigned at = (unsigned)(hash >> 55);
    for (; devices->index[at]; at = (at + 1) % sizeof(devices->index))
        if (slice_equals(devices_name(devices, devices->index[at]), name))
            return devices->index[at];
    if (devices->count == DEVICES_MAX)
        return 0;
    unsigned row = devices->count++;
    memcpy(devices->names[row].text, name.ptr, name.len);
    devices->names[row].len = (uint8_t)name.len;
    return devices->index[at] = devices->count;
}
