/* The message that travelled least says how far a clock is off: the one with the largest difference. */
#include "server/clocks.h"

int64_t clocks_correct(struct clocks *clocks, uint64_t device, int64_t time_ms, int64_t arrival_ms,
                       int64_t lateness_ms)
{
    device |= 1;
    int64_t ahead = time_ms - arrival_ms;
    int64_t *known = &clocks->rows[device >> 8 & (CLOCKS_ROWS - 1)].ahead_ms;
    uint64_t *whose = &clocks->rows[device >> 8 & (CLOCKS_ROWS - 1)].device;
    bool steady = *whose == device && ahead <= *known && ahead >= *known - lateness_ms;
    if (steady)
        return time_ms - *known;
    *whose = device;
    *known = ahead;
    return arrival_ms;
}
