/* An alert as CEF: who, what, since when, and what to do about it. */
#include "server/forward/cef_head.h"

static const char *const phases[] = {"start", "ongoing", "end"};

static void put_pair(struct cef_writer *w, const char *key, const char *text, size_t limit)
{
    if (!text || !*text)
        return;
    cef_put_raw(w, key, strlen(key));
    cef_put_escaped(w, slice(text), limit, CEF_IN_EXTENSION);
}

/* The group's own fields under their CEF keys: src_ip is src, dst_port is dpt. */
static void put_group(struct cef_writer *w, const struct alert *a)
{
    for (unsigned i = 0; i < a->group_count; i++)
        for (int field = 0; field < FIELD_COUNT; field++)
            if (strcmp(record_fields[field].name, a->group[i].name) == 0 &&
                cef_has_key((enum record_field)field)) {
                cef_put_key(w, (enum record_field)field);
                cef_put_escaped(w, slice(a->group[i].text), 1023, CEF_IN_EXTENSION);
            }
}

static void put_list(struct cef_writer *w, const char *key, const char *const *items,
                     unsigned count)
{
    for (unsigned i = 0; i < count && (i < 4 || w->text_limit > CEF_LAST_ROUND); i++) {
        cef_put_raw(w, i ? "," : key, i ? 1 : strlen(key));
        cef_put_escaped(w, slice(items[i]), 128, CEF_IN_EXTENSION);
    }
}

static void put_alert_details(struct cef_writer *w, const struct alert *a)
{
    const char *samples[ALERT_SAMPLES_MAX], *evidence[EVIDENCE_COUNT];
    unsigned n = 0;
    for (unsigned i = 0; i < a->sample_count; i++)
        samples[i] = a->samples[i].text;
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
        if (a->evidence >> i & 1)
            evidence[n++] = record_word(KIND_EVIDENCE, i);
    CEF_PUT(w, " cs4Label=Detections cs4=");
    cef_put_escaped(w, slice(a->detector->name), 4000, CEF_IN_EXTENSION);
    put_pair(w, " cs5Label=ATT&CK cs5=", a->detector->techniques, 4000);
    put_list(w, " cs6Label=Evidence cs6=", evidence, n);
    CEF_PUT(w, " cn1Label=Risk cn1=");
    cef_put_number(w, a->risk);
    CEF_PUT(w, " flexString2Label=Phase flexString2=");
    put_pair(w, "", phases[a->phase], 16);
    CEF_PUT(w, " ParapetThreshold=");
    cef_put_number(w, a->threshold);
    CEF_PUT(w, " ParapetScore=");
    cef_put_number(w, a->score);
    put_pair(w, " ParapetTactics=", a->detector->tactics, 1023);
    if (a->count_estimated)
        CEF_PUT(w, " ParapetCountEstimated=1");
    CEF_PUT(w, " ParapetFirstSeen=");
    cef_put_time(w, a->first_seen_ms);
    CEF_PUT(w, " ParapetLastSeen=");
    cef_put_time(w, a->last_seen_ms);
    put_list(w, " ParapetSamples=", samples, a->sample_count);
    for (unsigned i = 0; i < a->device_count; i++) {
        cef_put_raw(w, i ? "," : " ParapetDevices=", i ? 1 : 16);
        cef_put_escaped(w, a->devices[i], 255, CEF_IN_EXTENSION);
    }
    put_pair(w, " ParapetNextSteps=", a->detector->next_steps, 1023);
}

void cef_put_alert(struct cef_writer *w, const struct cef_format *format, const struct alert *a)
{
    const struct record *r = a->record;
    struct slice host = r && RECORD_HAS(r, host) ? r->host
                        : a->device_count        ? a->devices[0]
                                                 : slice("parapet");
    unsigned severity = a->severity > 10 ? 10 : a->severity;
    if (format->header != CEF_HEADER_NONE)
        cef_put_syslog_header(w, format, a->time_ms, host, severity);
    CEF_PUT(w, "CEF:0|Parapet|Parapet|" PARAPET_VERSION "|");
    cef_put_header_text(w, slice(a->detector->name), "detector", 1023);
    cef_put_header_text(w, slice(a->detector->title), a->detector->name, 512);
    cef_put_number(w, severity);
    CEF_PUT(w, "|rt=");
    cef_put_time(w, a->time_ms);
    cef_put_text_field(w, FIELD_host, host);
    if (r && RECORD_HAS(r, device_ip)) {
        cef_put_key(w, FIELD_device_ip);
        w->p = address_format(w->p, r->device_ip);
    }
    CEF_PUT(w, " type=2 cat=");
    put_pair(w, "", a->detector->type == DETECTOR_FIRST_SEEN ? "first_seen" : "scan", 16);
    CEF_PUT(w, " externalId=");
    put_pair(w, "", a->id, 40);
    CEF_PUT(w, " start=");
    cef_put_time(w, a->window_start_ms);
    CEF_PUT(w, " end=");
    cef_put_time(w, a->window_end_ms);
    if (a->count > 1) {
        CEF_PUT(w, " cnt=");
        cef_put_number(w, a->count);
    }
    put_group(w, a);
    put_alert_details(w, a);
    if (w->cut)
        CEF_PUT(w, " ParapetCut=1");
    put_pair(w, " msg=", a->summary, 1023);
}
