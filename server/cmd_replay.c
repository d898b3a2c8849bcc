/*
 * parapet replay: the pipeline over files, in event time. Line N of the output answers line N of the
 * input as long as only events are shown, whatever the line holds.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "parsers/record_json.h"
#include "server/command.h"
#include "server/forward/alert_json.h"
#include "server/forward/cef.h"
#include "server/forward/dead_letter.h"
#include "server/options.h"
#include "server/report.h"

#define READ_BYTES (1024 * 1024)

enum replay_format { REPLAY_JSON, REPLAY_CEF, REPLAY_NONE };

struct replay {
    enum replay_format format;
    bool show_events, show_alerts;
    bool report, show_given;
    const char *page_file; /* --html */
    FILE *page;
    struct options options;
    struct sender sender; /* of what is no dead letter: nobody, with the device of the options */
    struct detection *detection;
    struct pipeline pipeline;
    struct cef_format cef;
    struct batch *batch; /* CEF on its way to standard output */
    uint64_t alerts[3];
    struct report counted; /* for --report */
    int64_t tick_ms;       /* the time that detectors were last told */
    int64_t candidate_ms;  /* the time they will be told once a second message confirms it */
    uint64_t line;         /* of the file that is read, from 0 */
    bool letters;          /* it is one of dead letters */
    uint64_t torn;         /* lines of such files that are none */
    uint64_t bytes_total;  /* of all files as they lie on disk, for the progress bar */
    uint64_t bytes_before; /* of the files that are done */
    int percent;           /* shown last; -1: no bar */
};

/* ---- output ---- */

static void write_json(void *context, const char *bytes, size_t len)
{
    (void)context;
    fwrite(bytes, 1, len, stdout);
}

static void flush_batch(struct replay *replay)
{
    fwrite(replay->batch->bytes, 1, replay->batch->len, stdout);
    replay->batch->len = replay->batch->count = 0;
}

static void batch_room(struct replay *replay)
{
    if (replay->batch->len >= BATCH_FULL || replay->batch->count == BATCH_MESSAGES)
        flush_batch(replay);
}

static void replay_event(void *context, struct record *r)
{
    struct replay *replay = context;
    if (replay->format == REPLAY_CEF) {
        cef_event(&replay->cef, r, replay->batch);
        batch_room(replay);
    } else {
        record_json(r, write_json, NULL);
        putchar('\n');
    }
}

static void replay_unparsed(void *context, struct record *r, const struct unparsed *message)
{
    struct replay *replay = context;
    if (replay->format == REPLAY_CEF) {
        cef_unparsed(&replay->cef, r, message->status, message->raw, replay->batch);
        batch_room(replay);
    } else {
        record_json_unparsed(r, message->status, message->raw, write_json, NULL);
        putchar('\n');
    }
}

static void replay_alert(void *context, const struct alert *alert)
{
    struct replay *replay = context;
    replay->alerts[alert->phase]++;
    if (replay->report)
        report_alert(&replay->counted, alert);
    if (!replay->show_alerts || replay->format == REPLAY_NONE)
        return;
    if (replay->format == REPLAY_CEF) {
        cef_alert(&replay->cef, alert, replay->batch);
        batch_room(replay);
    } else {
        alert_json(alert, write_json, NULL);
        putchar('\n');
    }
}

/* ---- input ---- */

/* Episodes end by the messages' time. One stray stamp from the future must not end them all, so a
 * time is believed when the next message does not contradict it. */
static void tell_time(struct replay *replay, const struct record *r)
{
    if (!RECORD_HAS(r, time))
        return;
    if (replay->candidate_ms > replay->tick_ms + 1000 &&
        r->time >= replay->candidate_ms - replay->options.rules->settings->lateness_ms) {
        replay->tick_ms = replay->candidate_ms;
        pipeline_tell(&replay->pipeline);
        detect_tick(replay->detection, replay->tick_ms, replay_alert, replay);
        if (replay->report)
            report_tick(&replay->counted, replay->tick_ms);
    }
    replay->candidate_ms = r->time;
}

static void replay_observed(void *context, struct parsed *parsed)
{
    struct replay *replay = context;
    if (replay->report && parsed->status == PARSE_OK) {
        pipeline_tell(&replay->pipeline);
        report_message(&replay->counted, &parsed->record);
    }
    tell_time(replay, &parsed->record);
}

static inline void one_message(struct replay *replay, const struct sender *sender,
                               struct slice message, int64_t arrival_ms, bool cut)
{
    size_t max = replay->options.rules->settings->max_message_size;
    if (message.len > max) {
        message.len = max;
        cut = true;
    }
    pipeline_message(&replay->pipeline, sender, message, arrival_ms, cut);
}

/* As it came: from the same sender at the same time, so that the same row of devices counts and
 * stamps are completed in the same way. What the command line says of the device comes first. */
static void one_letter(struct replay *replay, const struct dead_letter *letter)
{
    const struct rules *rules = replay->options.rules;
    struct device device = *rules_device(rules, letter->sender);
    struct sender sender = {.address = letter->sender, .device = &device};
    if (replay->options.parser_name)
        device.parser = replay->options.device.parser;
    one_message(replay, &sender, letter->raw, letter->arrival_ms, letter->cut);
}

static __attribute__((noinline)) void line_of_letters(struct replay *replay, char *line, size_t len)
{
    struct dead_letter letter;
    if (dead_letter_read(line, len, &letter))
        one_letter(replay, &letter);
    else
        replay->torn++;
}

static inline void one_line(struct replay *replay, char *line, size_t len, bool cut)
{
    if (replay->line++ == 0)
        replay->letters = dead_letter_begins(line, len);
    if (replay->letters) {
        line_of_letters(replay, line, len);
        return;
    }
    if (len && line[len - 1] == '\r')
        len--;
    one_message(replay, &replay->sender, slice_make(line, len), replay->options.now_ms, cut);
}

static void show_progress(struct replay *replay, gzFile file)
{
    static const char bar[] = "########################################";
    int64_t at = gzoffset(file);
    if (replay->percent < 0 || replay->bytes_total == 0 || at < 0)
        return;
    int percent = (int)((replay->bytes_before + (uint64_t)at) * 100 / replay->bytes_total);
    if (percent == replay->percent || percent > 100)
        return;
    replay->percent = percent;
    fprintf(stderr, "\r[%-40.*s] %3d %%", percent * 2 / 5, bar, percent);
}

/* One file, plain or gzip. A line longer than the buffer is cut; its rest is skipped. */
static bool read_lines(struct replay *replay, gzFile file, char *buffer)
{
    size_t have = 0;
    bool skipping = false;
    int n;
    replay->line = 0;
    while ((n = gzread(file, buffer + have, (unsigned)(READ_BYTES - have))) > 0) {
        char *p = buffer, *end = buffer + have + (size_t)n, *stop;
        while ((stop = memchr(p, '\n', (size_t)(end - p)))) {
            if (!skipping)
                one_line(replay, p, (size_t)(stop - p), false);
            skipping = false;
            p = stop + 1;
        }
        pipeline_flush(&replay->pipeline);
        have = (size_t)(end - p);
        memmove(buffer, p, have);
        if (have == READ_BYTES) {
            if (!skipping)
                one_line(replay, buffer, have, true);
            pipeline_flush(&replay->pipeline);
            skipping = true;
            have = 0;
        }
        show_progress(replay, file);
    }
    if (n == 0 && have && !skipping)
        one_line(replay, buffer, have, false);
    pipeline_flush(&replay->pipeline);
    return n == 0;
}

static bool replay_file(struct replay *replay, const char *path, char *buffer)
{
    bool standard = strcmp(path, "-") == 0;
    gzFile file = standard ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb");
    struct stat info;
    int code = 0;
    if (!file) {
        fprintf(stderr, "parapet replay: %s: %s\n", path, strerror(errno));
        return false;
    }
    gzbuffer(file, 256 * 1024);
    if (replay->report)
        report_file(&replay->counted, path);
    bool done = read_lines(replay, file, buffer);
    if (!done) {
        const char *why = gzerror(file, &code);
        fprintf(stderr, "parapet replay: %s: %s\n", path, code == Z_ERRNO ? strerror(errno) : why);
    }
    gzclose(file);
    if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
        replay->bytes_before += (uint64_t)info.st_size;
    return done;
}

/* ---- the command ---- */

static const char options_text[] =
    OPTIONS_TEXT "  --format json|cef|none   how to print (default json)\n"
                 "  --show events,alerts     what to print (default both; with --report none)\n"
                 "  --report            how often each detector fired, and would have with other "
                 "thresholds\n"
                 "  --html FILE         the report as a page, too\n"
                 "  FILE                a file, plain or gzip; - is standard input; one of dead "
                 "letters is read\n"
                 "                      as what it holds, each from its sender at its time\n";

static bool read_show(struct replay *replay, const char *list)
{
    struct cursor c = cursor_over(slice(list));
    replay->show_events = replay->show_alerts = false;
    do {
        struct slice word = cursor_until_or_end(&c, ',');
        if (slice_is(word, "events"))
            replay->show_events = true;
        else if (slice_is(word, "alerts"))
            replay->show_alerts = true;
        else
            return false;
    } while (!cursor_at_end(&c));
    return true;
}

static bool read_format(struct replay *replay, const char *word)
{
    static const char *const words[] = {"json", "cef", "none"}; /* enum replay_format */
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(word, words[i]) == 0) {
            replay->format = (enum replay_format)i;
            return true;
        }
    }
    return false;
}

/* EXIT_DONE, or what to exit with; *first is the first file's place in argv. */
static int read_options(struct replay *replay, int argc, char **argv, int *first)
{
    static const struct option long_options[] = {OPTIONS_LONG,
                                                 {"format", required_argument, NULL, 'f'},
                                                 {"show", required_argument, NULL, 's'},
                                                 {"report", no_argument, NULL, 'r'},
                                                 {"html", required_argument, NULL, 'h'},
                                                 {NULL, 0, NULL, 0}};
    struct options *o = &replay->options;
    for (int option; (option = getopt_long(argc, argv, OPTIONS_SHORT, long_options, NULL)) != -1;) {
        if (option == 'f') {
            if (!read_format(replay, optarg))
                return options_complain(o, "--format is json, cef or none", optarg);
        } else if (option == 's') {
            if (!read_show(replay, optarg))
                return options_complain(o, "--show is events, alerts or events,alerts", optarg);
            replay->show_given = true;
        } else if (option == 'r' || option == 'h') {
            replay->report = true;
            replay->page_file = option == 'h' ? optarg : replay->page_file;
        } else if (!options_take(o, option, argv)) {
            return EXIT_USAGE;
        }
    }
    if (optind == argc)
        return options_complain(o, "which files?", NULL);
    if (replay->report && !replay->show_given)
        replay->show_events = replay->show_alerts = false;
    *first = optind;
    return EXIT_DONE;
}

static int open_pipeline(struct replay *replay)
{
    if (!options_open(&replay->options))
        return EXIT_USAGE;
    bool print = replay->show_events && replay->format != REPLAY_NONE;
    struct pipeline_output output = {.event = print ? replay_event : NULL,
                                     .unparsed = print ? replay_unparsed : NULL,
                                     .alert = replay_alert,
                                     .observed = replay_observed,
                                     .context = replay};
    replay->detection = rules_detection(replay->options.rules);
    replay->batch = calloc(1, sizeof(*replay->batch));
    replay->cef = (struct cef_format){.framing = CEF_FRAME_NEWLINE,
                                      .header = CEF_HEADER_NONE,
                                      .keep_unmapped = true,
                                      .max_message_size = 8192,
                                      .memory = cef_memory_new()};
    if (!replay->detection || !replay->batch || !replay->cef.memory ||
        pipeline_init(&replay->pipeline, replay->options.rules, replay->detection, &output) < 0) {
        fprintf(stderr, "parapet replay: not enough memory for the tables of `memory:`\n");
        return EXIT_USAGE;
    }
    replay->pipeline.replay = true;
    replay->sender.device = &replay->options.device;
    if (!replay->report)
        return EXIT_DONE;
    if (!report_open(&replay->counted, replay->options.rules, replay->detection,
                     &replay->pipeline)) {
        fprintf(stderr, "parapet replay: not enough memory for the report's engines, each of "
                        "`memory: detection`\n");
        return EXIT_USAGE;
    }
    if (replay->page_file && !(replay->page = report_file_open(replay->page_file)))
        return EXIT_INPUT;
    return EXIT_DONE;
}

static void print_summary(const struct replay *replay)
{
    const struct counters *n = &replay->pipeline.counters;
    if (replay->percent >= 0)
        fputs("\r\033[K", stderr);
    fprintf(stderr,
            "%" PRIu64 " messages: %" PRIu64 " parsed, %" PRIu64 " unknown, %" PRIu64
            " malformed, %" PRIu64 " of no known vendor; alerts: %" PRIu64 " started, %" PRIu64
            " ongoing, %" PRIu64 " ended\n",
            n->received, n->parsed, n->unknown, n->malformed, n->unclaimed, replay->alerts[0],
            replay->alerts[1], replay->alerts[2]);
    if (replay->torn)
        fprintf(stderr, "%" PRIu64 " lines of dead letters are torn and were left out\n",
                replay->torn);
}

static int replay_run(int argc, char **argv)
{
    static struct replay replay; /* large, and one is enough for a process */
    int first = 0, code;
    struct stat info;

    options_init(&replay.options, "replay", options_text);
    replay.show_events = replay.show_alerts = true;
    replay.tick_ms = replay.candidate_ms = INT64_MIN / 2;
    code = read_options(&replay, argc, argv, &first);
    char *buffer = malloc(READ_BYTES);
    if (code == EXIT_DONE)
        code = buffer ? open_pipeline(&replay) : EXIT_USAGE;
    if (code == EXIT_DONE) {
        for (int i = first; i < argc; i++)
            if (stat(argv[i], &info) == 0 && S_ISREG(info.st_mode))
                replay.bytes_total += (uint64_t)info.st_size;
        replay.percent = isatty(STDERR_FILENO) && replay.bytes_total > 4 * READ_BYTES ? 0 : -1;
        for (int i = first; i < argc; i++)
            if (!replay_file(&replay, argv[i], buffer))
                code = EXIT_INPUT;
        flush_batch(&replay);
        if (replay.report)
            report_text(&replay.counted, stdout);
        if (replay.page && !report_file_write(&replay.counted, replay.page, replay.page_file))
            code = EXIT_INPUT;
        if (fflush(stdout) != 0 || ferror(stdout)) {
            fprintf(stderr, "parapet replay: standard output: %s\n", strerror(errno));
            code = EXIT_INPUT;
        }
        print_summary(&replay);
    }
    report_close(&replay.counted);
    pipeline_close(&replay.pipeline);
    detection_free(replay.detection);
    options_close(&replay.options);
    cef_memory_free(replay.cef.memory);
    free(replay.batch);
    free(buffer);
    return code;
}

const struct command command_replay = {
    .name = "replay",
    .usage = "[options] FILE|- ...",
    .summary = "the same pipeline over files, in event time",
    .options = options_text,
    .run = replay_run,
};
