/* A file of its own, because the C library's struct tcp_info is older than the kernel's and cannot be
 * had beside it. */
#include "server/forward/tcp_state.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* An error leaves everything unacknowledged: it is sent again rather than lost. */
uint64_t tcp_state_unacked(int fd)
{
    int bytes;
    return ioctl(fd, SIOCOUTQ, &bytes) == 0 && bytes >= 0 ? (uint64_t)bytes : UINT64_MAX;
}

uint64_t tcp_state_window(int fd)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof(info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 ? info.tcpi_snd_wnd : 0;
}
