/* model-report.c - the exact figures as JSON, and the heap as it stands. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model-internal.h"

static const space spaces_book[] = {SP_NEW,  SP_OLD_POINTER,   SP_OLD_DATA, SP_CODE, SP_MAP,
                                    SP_CELL, SP_PROPERTY_CELL, SP_LARGE,    SP_COUNT};
static const space spaces_node6[] = {SP_NEW, SP_OLD, SP_CODE, SP_MAP, SP_LARGE, SP_COUNT};
static const space spaces_node20[] = {SP_NEW, SP_OLD, SP_CODE, SP_NEW_LARGE, SP_LARGE, SP_CODE_LARGE, SP_COUNT};

/* The spaces of the era in their order, ended by SP_COUNT. */
static const space *era_spaces(const model *m)
{
    switch (m->config.era) {
    case ERA_BOOK: return spaces_book;
    case ERA_NODE6: return spaces_node6;
    case ERA_NODE20:
    case ERA_NODE24:
    case ERA_NODE26: break;
    }
    return spaces_node20;
}

static void put_string(FILE *out, const char *s)
{
    if (s == NULL) {
        fputs("null", out);
        return;
    }
    putc('"', out);
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') {
            putc('\\', out);
            putc(c, out);
        } else if (c < 0x20) {
            fprintf(out, "\\u%04x", (unsigned)c);
        } else {
            putc(c, out);
        }
    }
    putc('"', out);
}

static void put_number(FILE *out, const char *key, uint64_t value, const char *end)
{
    fprintf(out, "\"%s\": %" PRIu64 "%s", key, value, end);
}

static void put_spaces(const model *m, FILE *out)
{
    fputs(" \"spaces\": [\n", out);
    for (const space *s = era_spaces(m); *s != SP_COUNT; s++) {
        uint64_t used = 0, count = 0;
        for (size_t i = 0; i < m->objects.count; i++) {
            const object *o = m->objects.items[i];
            if (!o->dead && o->space == *s) {
                used += o->size;
                count++;
            }
        }
        fprintf(out, "  {\"space_name\": \"%s\", ", md_space_name(*s));
        put_number(out, "space_used_size", used, ", ");
        put_number(out, "objects", count, s[1] == SP_COUNT ? "}\n" : "},\n");
    }
    fputs(" ],\n", out);
}

static void put_collection(const collection *c, FILE *out)
{
    const char *type = !c->major ? "scavenge" : c->compact ? "mark-compact" : "mark-sweep";
    fprintf(out, "   {\"type\": \"%s\", \"reason\": \"%s\", ", type, c->reason);
    put_number(out, "event", c->event, ", ");
    put_number(out, "line", c->line, ",\n    ");
    put_number(out, "copied_bytes", c->copied_bytes, ", ");
    put_number(out, "promoted_bytes", c->promoted_bytes, ", ");
    put_number(out, "promoted_objects", c->promoted_objects, ",\n    ");
    put_number(out, "dead_bytes", c->dead_bytes, ", ");
    put_number(out, "dead_objects", c->dead_objects, ", ");
    put_number(out, "roots_visited", c->roots_visited, ", ");
    put_number(out, "remembered_visited", c->remembered_visited, ",\n    ");
    put_number(out, "semispace_capacity", c->semispace_capacity, ", ");
    fputs("\"before\": {", out);
    put_number(out, "heapUsed", c->used_before, ", ");
    put_number(out, "external", c->external_before, "},\n    \"after\": {");
    put_number(out, "heapUsed", c->used_after, ", ");
    put_number(out, "external", c->external_after, "}}");
}

static void put_collections(const model *m, FILE *out)
{
    uint64_t scavenges = 0, sweeps = 0, compacts = 0;
    for (size_t i = 0; i < m->collection_count; i++) {
        const collection *c = &m->collections[i];
        *(!c->major ? &scavenges : c->compact ? &compacts : &sweeps) += 1;
    }
    fputs(" \"collections\": {\n  ", out);
    put_number(out, "scavenges", scavenges, ", ");
    put_number(out, "mark_sweeps", sweeps, ", ");
    put_number(out, "mark_compacts", compacts, ",\n  \"list\": [");
    for (size_t i = 0; i < m->collection_count; i++) {
        fputs(i == 0 ? "\n" : ",\n", out);
        put_collection(&m->collections[i], out);
    }
    fputs("\n  ]\n },\n", out);
}

/* The histogram of the final age of every object ever allocated. */
static void put_survival(const model *m, FILE *out)
{
    uint64_t oldest = 0;
    for (size_t i = 0; i < m->objects.count; i++) {
        const object *o = m->objects.items[i];
        oldest = o->age > oldest ? o->age : oldest;
    }
    fputs(" \"survival\": [", out);
    for (uint64_t age = 0; age <= oldest; age++) {
        uint64_t count = 0;
        for (size_t i = 0; i < m->objects.count; i++)
            count += ((const object *)m->objects.items[i])->age == age;
        fprintf(out, "%s%" PRIu64, age == 0 ? "" : ", ", count);
    }
    fputs("],\n", out);
}

void md_report_json(const model *m, FILE *out)
{
    static const char *const event_names[EV_COUNT] = {
#define X(name) #name,
        MODEL_EVENTS(X)
#undef X
    };
    fputs("{\n \"schema\": 1,\n \"trace\": {\"title\": ", out);
    put_string(out, m->title);
    fputs(", ", out);
    put_number(out, "events", m->event, ", ");
    put_number(out, "lines", m->lines, "},\n");
    fputs(" \"outcome\": \"completed\",\n \"events\": {", out);
    for (int e = 0; e < EV_COUNT; e++)
        put_number(out, event_names[e], m->event_counts[e], e + 1 < EV_COUNT ? ", " : "},\n");
    fputs(" \"memoryUsage\": {", out);
    put_number(out, "heapUsed", md_used(m), ", ");
    put_number(out, "external", md_external(m), "},\n");
    put_spaces(m, out);
    put_collections(m, out);
    fputs(" \"barriers\": {", out);
    put_number(out, "generational", m->barrier_generational, "},\n");
    fputs(" \"promotion\": {", out);
    put_number(out, "by_age", m->by_age, ", ");
    put_number(out, "by_threshold", m->by_threshold, ", ");
    put_number(out, "by_overflow", m->by_overflow, ", ");
    put_number(out, "by_major", m->by_major, ", ");
    put_number(out, "large", m->large, "},\n");
    put_survival(m, out);
    fputs(" \"objects\": {", out);
    put_number(out, "allocated", m->allocated, ", ");
    put_number(out, "collected", m->collected, ", ");
    put_number(out, "live", m->allocated - m->collected, ", ");
    put_number(out, "peak_live", m->peak_live, "},\n ");
    put_number(out, "finalized", m->finalized, ",\n ");
    put_number(out, "weak_cleared", m->weak_cleared, ",\n");
    md_report_leaks((model *)m, out); /* marks */
    fputs(" \"expectations\": {\"passed\": 0, \"failed\": 0}\n}\n", out);
}

/* The dump's own number of an object: its place in the order of allocation. */
static size_t id_of(const model *m, const object *o)
{
    size_t i = 0;
    while (m->objects.items[i] != o)
        i++;
    return i + 1;
}

static void put_object(const model *m, const object *o, FILE *out)
{
    fprintf(out, "{\"id\": %zu, \"name\": ", id_of(m, o));
    put_string(out, o->bound ? o->name : NULL);
    fprintf(out, ", \"kind\": \"%s\", ", o->kind->name);
    put_number(out, "size", o->size, ", ");
    fprintf(out, "\"space\": \"%s\", ", md_space_name(o->space));
    if (o->space == SP_NEW) {
        put_number(out, "page", o->page, ", ");
        put_number(out, "offset", o->offset, ", ");
    }
    put_number(out, "age", o->age, ", ");
    fprintf(out, "\"rooted\": %s, \"slots\": [", md_rooted(m, o) ? "true" : "false");
    const char *comma = "";
    for (const slot *s = o->slots; s != NULL; s = s->next) {
        if (s->target != NULL) {
            fprintf(out, "%s[", comma);
            put_string(out, s->name);
            fprintf(out, ", %zu%s]", id_of(m, s->target), s->weak ? ", \"weak\"" : "");
            comma = ", ";
        }
    }
    putc(']', out);
    if (o->kind->collection) {
        fputs(", \"entries\": [", out);
        comma = "";
        for (const entry *e = o->entries; e != NULL; e = e->next) {
            if (!e->removed) {
                fprintf(out, "%s[%zu, ", comma, id_of(m, e->key));
                if (e->value != NULL)
                    fprintf(out, "%zu]", id_of(m, e->value));
                else
                    fputs("null]", out);
                comma = ", ";
            }
        }
        putc(']', out);
    }
    fputs("}\n", out);
}

static int place_order(const void *a, const void *b)
{
    const object *x = *(const object *const *)a;
    const object *y = *(const object *const *)b;
    if (x->page != y->page)
        return x->page < y->page ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void md_report_heap(const model *m, FILE *out)
{
    for (const space *s = era_spaces(m); *s != SP_COUNT; s++) {
        list here = {0};
        for (size_t i = 0; i < m->objects.count; i++) {
            object *o = m->objects.items[i];
            if (!o->dead && o->space == *s)
                md_list_add(&here, o);
        }
        if (*s == SP_NEW && here.count > 0)
            qsort(here.items, here.count, sizeof *here.items, place_order);
        for (size_t i = 0; i < here.count; i++)
            put_object(m, here.items[i], out);
        md_list_free(&here);
    }
}
