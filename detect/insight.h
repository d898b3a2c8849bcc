/* The alert that follows when an entity's risk reaches the threshold. */
#pragma once

#include "detect/alert.h"
#include "detect/risk.h"

/* `field` of the record is the entity; `cause` is the alert whose score made it cross. */
void insight_alert(struct alert *alert, const struct record *r, enum record_field field,
                   const struct risk_state *state, const struct alert *cause,
                   const struct detector *detectors);
