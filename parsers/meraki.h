/* Between the files of the Meraki parser: meraki.c knows the kinds of message and their pairs,
 * meraki_events.c what events say in words. Nobody else includes this. */
#pragma once

#include "parsers/parser.h"

/* What an event is about and what it says in words: `type` is its type=, or empty where all of the
 * event is text. */
void meraki_event_says(struct record *r, struct slice type, struct slice text);
