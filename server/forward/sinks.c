/* The kinds of output, one row each; `protocol:` of a forward entry chooses. */
#include "server/forward/sink_kind.h"

extern const struct sink_kind sink_file, sink_udp, sink_tcp, sink_tls, sink_relp;

const struct sink_kind *const sink_kinds[] = {&sink_file, &sink_udp,  &sink_tcp,
                                              &sink_tls,  &sink_relp, NULL};
