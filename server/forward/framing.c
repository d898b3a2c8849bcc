/* Octet counting (RFC 6587 section 3.4.1) and lines; a datagram and RELP need neither. */
#include "server/forward/framing.h"

#include <stdio.h>
#include <string.h>

enum cef_framing framing_of(const struct forward_settings *settings)
{
    if (settings->protocol == FORWARD_UDP || settings->protocol == FORWARD_RELP)
        return CEF_FRAME_NONE;
    return settings->framing == FRAMING_OCTET_COUNTING ? CEF_FRAME_OCTET_COUNTING
                                                       : CEF_FRAME_NEWLINE;
}

struct slice framing_strip(enum cef_framing framing, struct slice framed)
{
    if (framing == CEF_FRAME_OCTET_COUNTING)
        return slice_from(framed, slice_find(framed, ' ') + 1);
    if (framing == CEF_FRAME_NEWLINE)
        return slice_first(framed, framed.len - 1);
    return framed;
}

size_t framing_write(enum cef_framing framing, struct slice message, char *out)
{
    char *p = out;
    if (framing == CEF_FRAME_OCTET_COUNTING)
        p += sprintf(p, "%zu ", message.len);
    memcpy(p, message.ptr, message.len);
    p += message.len;
    if (framing == CEF_FRAME_NEWLINE)
        *p++ = '\n';
    return (size_t)(p - out);
}
