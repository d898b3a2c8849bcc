/* What the words of PAN-OS mean in the shared record, and what the end of a session proves. */
#pragma once

#include "parsers/record.h"

/* Sets severity; false when the word is none of the vendor's. */
bool panos_severity(struct record *out, struct slice word);

/* Sets action; false when the vendor's word says more than ours, or is not known. */
bool panos_action(struct record *out, struct slice word);

/* Whether the word is a subtype of THREAT. */
bool panos_is_threat(struct slice word);

/* Which field column 31 of a THREAT row is: URL or file. */
enum record_field panos_misc(struct slice subtype, struct slice text);

/* Sets outcome when the words tell of one: "success", "Failed", "auth-fail". */
void panos_outcome(struct record *out, struct slice words);

/* What was kept under that name; empty when nothing was. */
struct slice panos_kept(const struct record *r, const char *name);

/* Once all columns are read: evidence, category, outcome, by type. */
void panos_finish_traffic(struct record *out, struct slice subtype);
void panos_finish_threat(struct record *out, struct slice subtype);
void panos_finish_session(struct record *out, struct slice subtype);
void panos_finish_system(struct record *out, struct slice subtype);
void panos_finish_config(struct record *out, struct slice subtype);
void panos_finish_audit(struct record *out, struct slice subtype);
void panos_finish_globalprotect(struct record *out, struct slice subtype);
void panos_finish_authentication(struct record *out, struct slice subtype);
