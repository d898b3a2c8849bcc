/* A small hash table of names; bursts come from one device, so the last answer is tried first. */
#include "detect/devices.h"

uint8_t devices_number(struct devices *devices, struct slice name, uint64_t mix)
{
    name = slice_first(name, DEVICE_NAME_MAX);
    if (name.len == 0)
        return 0;
    if (devices->last && slice_equals(devices_name(devices, devices->last), name))
        return devices->last;
    uint64_t hash = name.len;
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * mix;
    unsigned at = (unsigned)(hash >> 55);
    for (; devices->index[at]; at = (at + 1) % sizeof(devices->index))
        if (slice_equals(devices_name(devices, devices->index[at]), name))
            return devices->last = devices->index[at];
    if (devices->count == DEVICES_MAX)
        return 0;
    unsigned row = devices->count++;
    memcpy(devices->names[row].text, name.ptr, name.len);
    devices->names[row].len = (uint8_t)name.len;
    return devices->last = devices->index[at] = devices->count;
}
