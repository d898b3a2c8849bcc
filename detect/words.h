/* Comma separated words of several detectors as one text. */
#pragma once

#include "parsers/record.h"

/* The words of the detectors in the mask, which is not 0, each once; in the record's scratch area. */
struct slice words_joined(struct record *r, const struct slice *texts, uint64_t mask);
