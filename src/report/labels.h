/* labels.h - the names of objects, slots and colors, in JSON and for people; and the rules of decisions in words. */
#ifndef HEAPREEL_REPORT_LABELS_H
#define HEAPREEL_REPORT_LABELS_H

#include "base/writer.h"
#include "heap/heap.h"

/* white, grey, black. */
const char *color_word(enum color color);

/* Is object an object record in use? NONE is not. */
bool label_known(const struct heap *heap, uint32_t object);

/* A name as a JSON string; null if there is none. */
void label_name_json(struct out *out, const struct heap *heap, uint32_t name);
/* The name in a slot's key, or NAME_NONE if it is anonymous. */
uint32_t label_slot_name(uint32_t key);
/* A slot's name or index as a JSON string; null if it is anonymous. */
void label_slot_json(struct out *out, const struct heap *heap, uint32_t key);

/* A name for people. */
void label_name(struct out *out, const struct heap *heap, uint32_t name);
/* An object for people: its name, "an unnamed array", or "nothing". */
void label_object(struct out *out, const struct heap *heap, uint32_t object);
/* A slot for people, to follow its holder: ".left", "[3]", or nothing if it is anonymous. */
void label_slot(struct out *out, const struct heap *heap, uint32_t key);

/*
 * The rule of a PROMOTE or a DECISION with its operands: "432 + 48 ≥ 25 % of 1920: promoted". No character in it
 * needs an escape in JSON.
 */
void label_rule(struct out *out, const struct heap *heap, const struct happening *happening);

/* The words of a decision with its operands filled in. No character in them needs an escape in JSON. */
void label_decision(struct out *out, enum decision rule, uint64_t left, uint64_t right);

/* The same for the rule of a limit; nothing for a limit that was kept. */
void label_limit(struct out *out, const struct limit_record *made);

/* A field of a happening's list. */
struct field {
    const char *name;
    size_t len;
    char type;
};
/* Takes the next field of a list (happening_fields) off *fields; false at its end. */
bool next_field(const char **fields, struct field *field);
/* The limit that a field of type l belongs to: "rule", or "promotion_rule". */
const struct limit_record *label_limit_made(const struct heap *heap, const struct field *field);

#endif
