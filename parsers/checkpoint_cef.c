/*
 * Log Exporter's formats "cef" and "leef". Most keys keep Check Point's names there; some have CEF's
 * or LEEF's (checkpoint_foreign), and some share CEF's numbered fields, where a label tells which:
 *
 *   CEF:0|Check Point|VPN-1 & FireWall-1|Check Point|Log|https|Unknown|act=Accept deviceDirection=0
 *   rt=1795252800000 spt=51514 dpt=443 cs2Label=Rule Name cs2=Web out src=10.1.2.3 dst=198.51.100.20
 *
 * Labels: "Log Exporter CEF Field Mappings" at community.checkpoint.com (R80.20).
 */
#include "parsers/checkpoint.h"

#include "parsers/text/cefline.h"
#include "parsers/text/leef.h"

/* What the labels of numbered fields are called as keys. Others are kept under their labels. */
static const struct {
    struct slice label, name;
} labels[] = {
    {SLICE("Rule Name"), SLICE("rule_name")},
    {SLICE("Application Rule Name"), SLICE("app_rule_name")},
    {SLICE("Threat Prevention Rule Name"), SLICE("malware_rule_name")},
    {SLICE("DLP Rule Name"), SLICE("dlp_rule_name")},
    {SLICE("Protection Name"), SLICE("protection_name")},
    {SLICE("Protection ID"), SLICE("protection_id")},
    {SLICE("Protection Type"), SLICE("protection_type")},
    {SLICE("Malware Family"), SLICE("malware_family")},
    {SLICE("Malware Name"), SLICE("spyware_name")},
    {SLICE("Virus Name"), SLICE("virus_name")},
    {SLICE("Application Name"), SLICE("appi_name")},
    {SLICE("Source IPv6 Address"), SLICE("src")},
    {SLICE("Destination IPv6 Address"), SLICE("dst")},
    {SLICE("Elapsed Time in Seconds"), SLICE("elapsed")},
    {SLICE("Duration in Seconds"), SLICE("duration")},
    {SLICE("ICMP Type"), SLICE("icmp_type")},
    {SLICE("ICMP Code"), SLICE("icmp_code")},
};

/* The numbered fields: cs1 to cs6, cn1 to cn3, cfp1 to cfp4, c6a1 to c6a4 and so on. */
static const struct slice stems[] = {
    SLICE("cs"),         SLICE("cn"),         SLICE("c6a"), SLICE("deviceCustomDate"),
    SLICE("flexString"), SLICE("flexNumber"), SLICE("cfp"),
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NUMBERS      6

/* A value or a label that waits for the other; either may come first, and a field may come again
 * with another label. */
struct numbered {
    struct kv value;
    struct slice label;
};

struct numbered_fields {
    uint64_t valued, labelled; /* bit n: fields[n] has one */
    struct numbered fields[COUNT(stems) * NUMBERS];
};

/* Which numbered field a key is of; -1: none. */
static int checkpoint_numbered(struct slice name, bool *is_label)
{
    *is_label = slice_ends(name, "Label");
    if (*is_label)
        name.len -= strlen("Label");
    if (name.len < 3)
        return -1;
    unsigned number = (unsigned)(name.ptr[name.len - 1] - '1');
    name.len--;
    for (size_t i = 0; number < NUMBERS && i < COUNT(stems); i++)
        if (slice_equals(name, stems[i]))
            return (int)(i * NUMBERS + number);
    return -1;
}

static void checkpoint_labelled(struct checkpoint *cp, struct slice label, struct kv pair)
{
    pair.name = label;
    for (size_t i = 0; i < COUNT(labels); i++)
        if (slice_is_nocase(label, labels[i].label.ptr))
            pair.name = labels[i].name;
    checkpoint_pair(cp, &pair);
}

static void checkpoint_number(struct checkpoint *cp, struct numbered_fields *all, unsigned n,
                              const struct kv *pair, bool is_label)
{
    struct numbered *field = &all->fields[n];
    uint64_t bit = CHECKPOINT_BIT(n);
    if (is_label) {
        field->label = pair->value;
        all->labelled |= bit;
    } else if (all->valued & bit) { /* a second one, and no label between */
        checkpoint_pair(cp, pair);
        return;
    } else {
        field->value = *pair;
        all->valued |= bit;
    }
    if (all->valued & all->labelled & bit) {
        checkpoint_labelled(cp, field->label, field->value);
        all->valued &= ~bit;
        all->labelled &= ~bit;
    }
}

static struct slice checkpoint_header(struct checkpoint *cp, struct slice text)
{
    char *room;
    if (slice_find(text, '\\') < text.len && (room = record_scratch(cp->out, text.len)) != NULL)
        return slice_make(room, cefline_unescape(text, room));
    return text;
}

static void checkpoint_header_note(struct checkpoint *cp, enum checkpoint_note note,
                                   struct slice value)
{
    struct kv pair = {SLICE("product"), value, false, false};
    if (note == NOTE_ACTION)
        pair.name = slice("action");
    else if (note != NOTE_PRODUCT)
        pair.name = slice(note == NOTE_SEVERITY ? "severity" : "sev");
    if (!(cp->seen >> note & 1))
        checkpoint_pair(cp, &pair);
}

/* A text of the header that the pairs do not say again. */
static void checkpoint_header_extra(struct checkpoint *cp, const char *name, struct slice value)
{
    static const uint8_t same[] = {NOTE_ACTION,      NOTE_SERVICE_ID, NOTE_PROTECTION, NOTE_PRODUCT,
                                   NOTE_APPLICATION, NOTE_ATTACK,     NOTE_MALWARE};
    if (slice_is(value, "Log"))
        return;
    for (size_t i = 0; i < sizeof(same); i++)
        if (cp->seen >> same[i] & 1 && slice_equals(cp->notes[same[i]].value, value))
            return;
    record_extra(cp->out, slice(name), value);
}

/* The vendor's name with what else may stand in front of it: "|Check Point|". */
static bool checkpoint_vendor(struct slice text)
{
    return slice_starts(text, "Check Point|") || slice_starts(text, "CheckPoint|") ||
           slice_starts(text, "|Check Point|");
}

bool checkpoint_is_cef(struct slice text)
{
    struct cursor c = cursor_over(text);
    cursor_try(&c, "CEF:");
    cursor_skip_blanks(&c);
    return (cursor_try(&c, "0|") || cursor_try(&c, "1|")) && checkpoint_vendor(c.rest);
}

bool checkpoint_is_leef(struct slice text)
{
    struct cursor c = cursor_over(text);
    cursor_try(&c, "LEEF:");
    cursor_skip_blanks(&c);
    return (cursor_try(&c, "2.0|") || cursor_try(&c, "1.0|")) && checkpoint_vendor(c.rest);
}

bool checkpoint_cef(struct checkpoint *cp, struct slice text)
{
    struct numbered_fields all;
    struct cefline line;
    struct kv pair;
    unsigned pairs = 0;
    bool is_label, whole = cefline_read(text, &line);
    all.valued = all.labelled = 0;
    struct cefline_pairs it = cefline_pairs(line.extension);
    for (; cefline_next(&it, &pair); pairs++) {
        int n = checkpoint_numbered(pair.name, &is_label);
        if (n < 0)
            checkpoint_pair(cp, &pair);
        else if (pair.value.len)
            checkpoint_number(cp, &all, (unsigned)n, &pair, is_label);
    }
    for (; all.valued; all.valued &= all.valued - 1) /* values without labels */
        checkpoint_pair(cp, &all.fields[__builtin_ctzll(all.valued)].value);

    struct slice severity = line.severity;
    checkpoint_header_note(cp, NOTE_PRODUCT, checkpoint_header(cp, line.product));
    if (severity.len && (unsigned)(severity.ptr[0] - '0') <= 9)
        checkpoint_header_note(cp, NOTE_SEVERITY_10, severity);
    else if (!slice_is(severity, "Unknown"))
        checkpoint_header_note(cp, NOTE_SEVERITY, severity);
    if (!slice_is(line.version, "Check Point"))
        record_set_device_version(cp->out, checkpoint_header(cp, line.version));
    checkpoint_header_extra(cp, "class_id", checkpoint_header(cp, line.class_id));
    checkpoint_header_extra(cp, "name", checkpoint_header(cp, line.name));
    return pairs || whole;
}

/* LEEF:2.0|Check Point|VPN-1 & FireWall-1|1.0|Drop|cat=VPN-1 & FireWall-1<TAB>devTime=1795252800 */
bool checkpoint_leef(struct checkpoint *cp, struct slice text)
{
    struct leef line;
    struct kv pair;
    unsigned pairs = 0;
    bool whole = leef_read(text, &line);
    for (; leef_next(&line, &pair); pairs++)
        if (!slice_is(pair.name, "cat") || !slice_equals(pair.value, line.product))
            checkpoint_pair(cp, &pair);
    checkpoint_header_note(cp, NOTE_PRODUCT, checkpoint_header(cp, line.product));
    checkpoint_header_note(cp, NOTE_ACTION, checkpoint_header(cp, line.event_id));
    if (!slice_is(line.version, "1.0"))
        record_set_device_version(cp->out, checkpoint_header(cp, line.version));
    return pairs || whole;
}
