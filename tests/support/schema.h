/*
 * schema.h - a small validator of JSON against a JSON Schema, over jansson.
 *
 * Knows what src/report/report.schema.json uses: type, const, enum, minimum, maximum, properties, required,
 * additionalProperties (false), items, minItems, $ref to #/$defs/NAME, and the annotations. A keyword that it does not
 * know makes the check fail: a rule must not be passed over in silence.
 */
#ifndef HEAPREEL_TESTS_SCHEMA_H
#define HEAPREEL_TESTS_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

/* Is every keyword of the schema, at any depth, known? If not, message (room bytes) names the first unknown one. */
bool schema_known(const json_t *schema, char *message, size_t room);

/* Does value hold to schema? If not, message says where and why: "/spaces/0/pages: -1 is less than 0". */
bool schema_check(const json_t *schema, const json_t *value, char *message, size_t room);

#endif
