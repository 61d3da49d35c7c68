/* labels.c - names objects, slots, colors and rules, in JSON and for people. */
#include "report/labels.h"
#include "heap/figures.h"

#define NAME_COLUMNS 40 /* longer names are cut in text for people */

const char *color_word(enum color color)
{
    static const char *const words[] = {"white", "grey", "black"};
    return words[color];
}

bool label_known(const struct heap *heap, uint32_t object)
{
    return object < heap->objects.len && !(heap->objects.data[object].bits & OBJECT_FREE);
}

void label_name_json(struct out *out, const struct heap *heap, uint32_t name)
{
    char digits[NAME_DIGITS];
    size_t len = 0;
    const char *text = name == NAME_NONE ? NULL : names_text(heap->names, name, digits, &len);
    out_json_string(out, text, len);
}

uint32_t label_slot_name(uint32_t key)
{
    switch (key & SLOT_TYPE) {
    case SLOT_NAME: return NAME_INTERNED | (key & SLOT_VALUE);
    case SLOT_INDEX: return key & SLOT_VALUE;
    default: return NAME_NONE;
    }
}

void label_slot_json(struct out *out, const struct heap *heap, uint32_t key)
{
    label_name_json(out, heap, label_slot_name(key));
}

void label_name(struct out *out, const struct heap *heap, uint32_t name)
{
    if (name == NAME_NONE) {
        out_words(out, "an unnamed object");
        return;
    }
    char digits[NAME_DIGITS];
    size_t len = 0;
    const char *text = names_text(heap->names, name, digits, &len);
    out_safe(out, text, len, NAME_COLUMNS);
}

void label_object(struct out *out, const struct heap *heap, uint32_t object)
{
    if (!label_known(heap, object)) {
        out_words(out, "nothing");
        return;
    }
    const struct object *o = &heap->objects.data[object];
    if (o->name != NAME_NONE) {
        label_name(out, heap, o->name);
        return;
    }

    out_words(out, "an unnamed ");
    out_words(out, object_kind_word(object_kind(o)));
}

void label_slot(struct out *out, const struct heap *heap, uint32_t key)
{
    uint32_t name = label_slot_name(key);
    if (name == NAME_NONE)
        return;
    bool index = (key & SLOT_TYPE) == SLOT_INDEX;
    out_char(out, index ? '[' : '.');
    label_name(out, heap, name);
    if (index)
        out_char(out, ']');
}

static void promotion_rule(struct out *out, const struct heap *heap, const uint64_t *value)
{
    switch ((enum promotion_rule)value[PROMOTE_rule]) {
    case PROMOTION_AGE:
        out_format(out, "%llu:%llu lies below the age mark %lu:%lu: promoted",
                   (unsigned long long)value[PROMOTE_from_page], (unsigned long long)value[PROMOTE_from_offset],
                   (unsigned long)heap->gc.mark_page, (unsigned long)heap->gc.mark_offset * UNIT);
        break;
    case PROMOTION_THRESHOLD:
        out_format(out, "%llu + %llu ≥ %llu %% of %llu: promoted",
                   (unsigned long long)(value[PROMOTE_left] - value[PROMOTE_size]),
                   (unsigned long long)value[PROMOTE_size], (unsigned long long)heap->config.promotion_threshold,
                   (unsigned long long)value[PROMOTE_right]);
        break;
    case PROMOTION_OVERFLOW:
        out_format(out, "no room for %llu in to-space: promoted", (unsigned long long)value[PROMOTE_size]);
        break;
    case PROMOTION_MAJOR: out_words(out, "it survived a major collection: promoted"); break;
    case PROMOTION_LARGE: out_words(out, "a survivor of new-large becomes large, unmoved"); break;
    case PROMOTION_RULE_COUNT: break;
    }
}

void label_decision(struct out *out, enum decision rule, uint64_t left, uint64_t right)
{
    for (const char *w = decision_words(rule); *w != '\0'; w++)
        if (*w != '%')
            out_char(out, *w);
        else if (*++w == '%')
            out_char(out, '%');
        else
            out_number(out, *w == 'l' ? left : right);
}

void label_limit(struct out *out, const struct limit_record *made)
{
    for (const char *w = limit_rule_words((enum limit_rule)made->rule); *w != '\0'; w++)
        if (*w != '%')
            out_char(out, *w);
        else if (*++w == 'f')
            out_format(out, "%llu.%03llu", (unsigned long long)made->operand[1] / 1000,
                       (unsigned long long)made->operand[1] % 1000);
        else
            out_number(out, made->operand[*w - '0']);
}

void label_rule(struct out *out, const struct heap *heap, const struct happening *happening)
{
    if (happening->kind == HAPPENING_PROMOTE)
        promotion_rule(out, heap, happening->value);
    else
        label_decision(out, (enum decision)happening->value[DECISION_rule], happening->value[DECISION_left],
                       happening->value[DECISION_right]);
}

bool next_field(const char **fields, struct field *field)
{
    const char *at = *fields;
    if (*at == '\0')
        return false;
    field->name = at;
    while (*at != ':')
        at++;
    field->len = (size_t)(at - field->name);
    field->type = at[1];
    at += 2;
    *fields = *at == ' ' ? at + 1 : at;
    return true;
}

const struct limit_record *label_limit_made(const struct heap *heap, const struct field *field)
{
    return field->len == 4 ? &heap->gc.now.limit_record : &heap->gc.now.promotion_limit_made;
}
