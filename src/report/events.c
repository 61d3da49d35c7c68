/*
 * events.c - the event stream: one flat JSON object per line for everything that happens (heapreel(1), "The event
 * stream").
 *
 * {"e":142,"t":18400,"k":"promote","addr":…,"name":"node5", then the fields of the table of happenings, in its order.
 * In the heap of a worker other than main, the worker's name follows "t", as "worker". An object field has the object's
 * address under the field's name, and its name under NAME_name. The rule of a promotion comes as "promotion" (the word
 * of the report) and, last, in words with its operands as "rule"; a decision's only in words.
 */
#include "heap/figures.h"
#include "report/labels.h"
#include "report/report.h"

static void put_key(struct out *out, const char *name, size_t len)
{
    out_words(out, ",\"");
    out_text(out, name, len);
    out_words(out, "\":");
}

static void put_word(struct out *out, const char *word)
{
    out_char(out, '"');
    out_words(out, word);
    out_char(out, '"');
}

/* An object field: its address, and its name under NAME_name. */
static void put_object(struct out *out, const struct heap *heap, const struct field *field, uint64_t value)
{
    bool known = value <= UINT32_MAX && label_known(heap, (uint32_t)value);
    put_key(out, field->name, field->len);
    if (known)
        out_number(out, object_address(heap, (uint32_t)value));
    else
        out_words(out, "null");
    out_words(out, ",\"");
    out_text(out, field->name, field->len);
    out_words(out, "_name\":");
    label_name_json(out, heap, known ? heap->objects.data[value].name : NAME_NONE);
}

static void put_rule(struct out *out, const struct heap *heap, const struct happening *happening)
{
    out_words(out, ",\"rule\":\"");
    label_rule(out, heap, happening);
    out_char(out, '"');
}

/* The rule of a limit; null if there is none. */
static void put_limit_rule(struct out *out, const struct limit_record *made)
{
    if (made->rule == LIMIT_KEPT) {
        out_words(out, "null");
        return;
    }
    out_char(out, '"');
    label_limit(out, made);
    out_char(out, '"');
}

/* A field whose value is a word of a table. */
static void put_table_word(struct out *out, const struct heap *heap, char type, uint64_t value)
{
    switch (type) {
    case 'b': out_words(out, value ? "true" : "false"); break;
    case 's': put_word(out, space_name(heap->config.era, (enum space_id)value)); break;
    case 'k': put_word(out, object_kind_word((enum object_kind)value)); break;
    case 'r': put_word(out, reason_words((enum reason)value)); break;
    case 'c': put_word(out, collection_type_word((enum collection_type)value)); break;
    case 'y': put_word(out, sweeper_word((enum sweeper)value)); break;
    case 'w': put_word(out, promotion_rule_word((enum promotion_rule)value)); break;
    case 'p': put_word(out, color_word((enum color)value)); break;
    case 'i': label_name_json(out, heap, (uint32_t)value); break;
    default: label_slot_json(out, heap, (uint32_t)value); break; /* x */
    }
}

static void put_field(struct out *out, const struct heap *heap, const struct happening *happening,
                      const struct field *field, uint64_t value)
{
    switch (field->type) {
    case 'n':
        put_key(out, field->name, field->len);
        out_number(out, value);
        break;
    case 'o': put_object(out, heap, field, value); break;
    case 'd': put_rule(out, heap, happening); break;
    case 'l':
        put_key(out, field->name, field->len);
        put_limit_rule(out, label_limit_made(heap, field));
        break;
    case 'w':
        put_key(out, "promotion", 9);
        put_table_word(out, heap, field->type, value);
        break;
    default:
        put_key(out, field->name, field->len);
        put_table_word(out, heap, field->type, value);
        break;
    }
}

static void hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct event_stream *stream = self;
    struct out out;
    out_to_file(&out, stream->out);
    out_words(&out, "{\"e\":");
    out_number(&out, heap->event);
    out_words(&out, ",\"t\":");
    /* The fixed costs of a pause count from its first micro-step on, but the pause begins before them. */
    out_number(&out, happening->kind == HAPPENING_GC_BEGIN ? heap->gc.now.start_ns : heap_now(heap));
    if (heap->worker.name != NULL) {
        put_key(&out, "worker", 6);
        out_json_string(&out, heap->worker.name, strlen(heap->worker.name));
    }
    put_key(&out, "k", 1);
    put_word(&out, happening_word(happening->kind));
    if (label_known(heap, happening->object)) {
        put_key(&out, "addr", 4);
        out_number(&out, object_address(heap, happening->object));
        put_key(&out, "name", 4);
        label_name_json(&out, heap, heap->objects.data[happening->object].name);
    }
    const char *fields = happening_fields(happening->kind);
    struct field field;
    for (unsigned i = 0; next_field(&fields, &field); i++)
        put_field(&out, heap, happening, &field, happening->value[i]);
    if (happening->kind == HAPPENING_PROMOTE)
        put_rule(&out, heap, happening);
    out_words(&out, "}\n");
    if (out_spill(&out))
        stream->failed = true;
}

void event_stream_init(struct event_stream *stream, FILE *out)
{
    *stream = (struct event_stream){
        .listener = {.mask = (UINT64_C(1) << HAPPENING_COUNT) - 1, .hear = hear, .self = stream}, .out = out};
}
