/*
 * What an output's spool holds, one message a line, and on standard error
 *
 *   acknowledged=1 next=20001 messages=20000 set-aside=0 bytes=812345
 *
 * Nothing is acknowledged by that. The program that writes the spool must not run. Exit: 2 when it
 * cannot be opened.
 */
#include "tests/tool.h"

#include "server/forward/cef.h"
#include "server/forward/spool.h"

int main(int argc, char **argv)
{
    static struct batch batch;
    char error[SPOOL_ERROR_MAX];
    struct spool *spool;
    uint64_t first, messages = 0;
    int code;
    if (argc != 2)
        tool_fail("usage: tool_spool DIRECTORY");
    struct spool_plan plan = {.directory = argv[1], .size = 1, .framing = CEF_FRAME_NEWLINE};
    if (spool_open(&spool, &plan, error) != 0)
        tool_fail("%s: expected %s", argv[1], error);
    do {
        batch.len = batch.count = 0;
        messages += spool_read(spool, &batch, &first, &code);
        fwrite(batch.bytes, 1, batch.len, stdout);
    } while (batch.count);
    struct spool_state is = spool_state(spool);
    fprintf(stderr, "acknowledged=%llu next=%llu messages=%llu set-aside=%llu bytes=%llu\n",
            (unsigned long long)is.acknowledged, (unsigned long long)is.next,
            (unsigned long long)messages, (unsigned long long)is.set_aside,
            (unsigned long long)is.bytes);
    spool_close(spool);
    return code < 0 ? 2 : 0;
}
