/* IPv6 by the C library's inet_pton and inet_ntop, which are right and rarely needed; IPv4 by hand. */
#include "parsers/text/address.h"

#include <arpa/inet.h>

static bool parse_v6(struct slice text, struct address *out)
{
    char copy[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    size_t zone = slice_find(text, '%');
    if (zone >= sizeof(copy) || zone < 2)
        return false;
    memcpy(copy, text.ptr, zone);
    copy[zone] = '\0';
    if (memchr(copy, '\0', zone) || inet_pton(AF_INET6, copy, bytes) != 1)
        return false;
    struct address a = {0, 0};
    for (int i = 0; i < 8; i++) {
        a.hi = a.hi << 8 | bytes[i];
        a.lo = a.lo << 8 | bytes[i + 8];
    }
    *out = a;
    return true;
}

bool address_parse(struct slice text, struct address *out)
{
    struct address a;
    size_t taken = address_read_v4(text, &a);
    if (taken) {
        if (taken != text.len)
            return false;
        *out = a;
        return true;
    }
    if (text.len >= 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
        text = slice_make(text.ptr + 1, text.len - 2);
    return slice_find(text, ':') < text.len && parse_v6(text, out);
}

char *address_format_v6(char *out, struct address a)
{
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(a.hi >> (56 - 8 * i));
        bytes[i + 8] = (unsigned char)(a.lo >> (56 - 8 * i));
    }
    inet_ntop(AF_INET6, bytes, text, sizeof(text));
    size_t len = strlen(text);
    memcpy(out, text, len);
    return out + len;
}
