/* Alerts as JSON: one object, no line break. Written by libfastjson. */
#pragma once

#include "detect/alert.h"
#include "parsers/record_json.h"

void alert_json(const struct alert *alert, json_write write, void *context);
