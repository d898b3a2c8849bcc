/* Which changes of a configuration a reload has to act on, and what it may keep. */
#include "tests/told.h"

#include "config/same.h"

#define BASE                                                                                       \
    "forward: [{name: a, protocol: tcp, host: siem.example.com, port: 514, queue: {size: 2 MiB}}]"

static const struct {
    const char *text;
    bool same;
} transports[] = {
    {BASE, true},
    {"forward: [{protocol: tcp, port: 514, host: siem.example.com, queue: {size: 2048 KiB}, "
     "name: a}]",
     true},
    {"forward: [{name: a, protocol: tcp, host: siem.example.com, port: 514, queue: {size: 2 MiB}, "
     "show: [alerts], format: json, facility: local7, ipv6: c6a, unmapped: drop}]",
     true},
    {"forward: [{name: a, protocol: tcp, host: siem.example.net, port: 514, queue: {size: 2 MiB}}]",
     false},
    {"forward: [{name: a, protocol: tcp, host: siem.example.com, port: 515, queue: {size: 2 MiB}}]",
     false},
    {"forward: [{name: a, protocol: udp, host: siem.example.com, port: 514, queue: {size: 2 MiB}}]",
     false},
    {"forward: [{name: a, protocol: tcp, host: siem.example.com, port: 514, queue: {size: 3 MiB}}]",
     false},
    {"forward: [{name: a, protocol: tcp, host: siem.example.com, port: 514, "
     "queue: {size: 2 MiB, when-full: drop-newest}}]",
     false},
    {"forward: [{name: a, protocol: tcp, host: siem.example.com, port: 514, queue: {size: 2 MiB}, "
     "framing: newline}]",
     false},
    {"forward: [{name: a, protocol: tcp, host: siem.example.com, port: 514, queue: {size: 2 MiB}, "
     "reconnect: {max: 10s}}]",
     false},
    {"forward: [{name: a, protocol: file, path: out, queue: {size: 2 MiB}}]", false},
};

static const struct {
    const char *text;
    bool same;
} detections[] = {
    {BASE, true},
    {"networks: {internal: [192.0.2.0/24]}\nallow: []\ndevices: [{sender: 192.0.2.1}]", true},
    {"lists: [{name: nms_ips, entries: [192.0.2.1]}]", false}, /* their order is another */
    {"lists: [{name: proxy_servers, entries: [192.0.2.1]}]", true},
    {"lists: [{name: mine, entries: [192.0.2.1]}]", false},
    {"detectors: {disable: [slow_scan]}", false},
    {"detectors: {enable: [internal_port_scan]}", false},
    {"memory: {detection: 128 MiB}", false},
    {"memory: {pairs-per-source: 10}", false},
    {"risk: {threshold: 13}", false},
    {"limits: {lateness: 61s}", false},
    {"limits: {ahead: 3s}", false},
    {"limits: {max-message-size: 2 KiB, idle-timeout: 5s}", true},
};

static struct config *settings_of(const char *text)
{
    struct told *told = told_new();
    unsigned complaints = 0;
    struct config *config = load_text(text, strlen(text), told, &complaints);
    if (complaints)
        fail_msg("%s: %s", text, told->text);
    free(told);
    return config;
}

static void outputs(void **state)
{
    (void)state;
    struct config *base = settings_of(BASE);
    for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
        struct config *other = settings_of(transports[i].text);
        if (same_transport(&config_settings(base)->forward[0],
                           &config_settings(other)->forward[0]) != transports[i].same)
            fail_msg("%s", transports[i].text);
        config_free(other);
    }
    config_free(base);
}

static void detection(void **state)
{
    (void)state;
    struct config *base = settings_of(BASE);
    for (size_t i = 0; i < sizeof(detections) / sizeof(detections[0]); i++) {
        struct config *other = settings_of(detections[i].text);
        if (same_detection(config_settings(base), config_settings(other)) != detections[i].same)
            fail_msg("%s", detections[i].text);
        config_free(other);
    }
    config_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs),
        cmocka_unit_test(detection),
    };
    return cmocka_run_group_tests_name("same", tests, NULL, NULL);
}
