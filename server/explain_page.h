/* The page that parapet explain prints about a message. */
#pragma once

#include "server/explain.h"
#include "server/paper.h"

struct page {
    struct paper paper;
    const struct rules *rules;
    const struct detection *detection;
    const struct sender *sender;
    const char *timezone; /* the name of the zone that stamps are read in; NULL: UTC */
    bool pinned;          /* the parser was not chosen by the text */
    int64_t arrival_ms;
    /* The message at hand, as pipeline_parse left it. */
    struct slice message;
    struct parsed parsed;
    /* Filled by explain_page. */
    struct explanation explanation;
    size_t name_width, value_width; /* of the table at hand */
    unsigned char *inks;            /* of the message's bytes */
};

/* Prints on standard output. False: no memory. */
bool explain_page(struct page *page);
