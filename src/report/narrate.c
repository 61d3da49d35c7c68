/*
 * narrate.c - a happening as a line of text for people.
 *
 * Each kind has a template. {name} is the field of that name, written by its type; {object} the object concerned; {why}
 * the rule with its operands. {name?text} is text if the field is not 0, {name!text} if it is 0, {name~text} if it is
 * not 1.
 */
#include "heap/figures.h"
#include "report/labels.h"
#include "report/report.h"

static const char *const templates[HAPPENING_COUNT] = {
    [HAPPENING_ALLOC] = "{object} allocated in {space}: {kind}, {size} bytes",
    [HAPPENING_STORE] = "{object}{slot} = {target}{weak? (weak)}",
    [HAPPENING_CLEAR] = "{object}{slot} is cleared, which held {target}",
    [HAPPENING_ENTRY] = "{object}: the entry of {key} holds {value}",
    [HAPPENING_UNENTRY] = "{object}: the entry of {key} is removed",
    [HAPPENING_BARRIER] = ("{generational?generational}{generational!marking} barrier: {object}{slot} points to "
                           "{target}{recorded?, remembered}"),
    [HAPPENING_FILLER] = "filler of {size} bytes at {page}:{offset}: the rest of the page is too small",
    [HAPPENING_GC_BEGIN] = "{type} {index} begins: {reason}",
    [HAPPENING_DECISION] = "{why}",
    [HAPPENING_GROW] = "new space grows to {capacity} bytes a semispace: {survived} have survived since it last grew",
    [HAPPENING_SHRINK] = "new space shrinks to {capacity} bytes a semispace: {size} are in use, and memory is short",
    [HAPPENING_FLIP] = "the semispaces flip: to-space is empty, {pages} page{pages~s}",
    [HAPPENING_MOVE] = "{object} copied from {from_page}:{from_offset} to {page}:{offset}, {size} bytes, age {age}",
    [HAPPENING_PROMOTE] = "{object} promoted from {from_page}:{from_offset} to {space}, {size} bytes: {why}",
    [HAPPENING_SCAN] = "{object} scanned in {space}",
    [HAPPENING_MARK] = "{object} is {color}",
    [HAPPENING_MARKING_START] = "marking starts{forced?, as asked}: {old} bytes in the old generation",
    [HAPPENING_MARKING_ROOTS] = "its start took {pause_ns}: {visited} root{visited~s}, {swept} page{swept~s} swept",
    [HAPPENING_STEP] =
        "marking step of {pause_ns}: {scanned} bytes scanned of at most {budget}, {grey} object{grey~s} grey",
    [HAPPENING_WEAK_CLEAR] = "{object}: {entry?the entry of}{entry!the weak slot to} {target} is cleared",
    [HAPPENING_FINALIZED] = "{name} finalized",
    [HAPPENING_DEAD] = "{object} is dead: {size} bytes in {space}, age {age}",
    [HAPPENING_UNSWEPT] = "{space} page {page} is left unswept: {live} bytes live, {dead} to be found",
    [HAPPENING_SWEEP] = "{space} page {page} swept ({by}): {live} bytes live, {free} free, {wasted} wasted",
    [HAPPENING_CANDIDATE] =
        "{space} page {page} is to be evacuated: {free} bytes of it were free when it was last swept",
    [HAPPENING_EVACUATE] = "{object} moved in {space} from {from_page}:{from_offset} to {page}:{offset}, {size} bytes",
    [HAPPENING_ABORT] = "{space} page {page} could not be emptied: {left} object{left~s} left in it",
    [HAPPENING_PAGE] = "{space} takes page {page}, {size} bytes",
    [HAPPENING_RELEASE] = "{space} gives page {page} back, {size} bytes",
    [HAPPENING_LIMIT] = "the limit is {limit} now: {rule}",
    [HAPPENING_EXTERNAL] = "{object} holds {bytes} bytes off the heap, all objects {total}",
    [HAPPENING_GC_END] =
        "{type} {index} ends after {pause_ns}: {copied} bytes copied, {promoted} promoted, {dead} dead",
    [HAPPENING_OOM] = "out of memory: no room for {size} bytes ({kind})",
    [HAPPENING_OOM_COLLECTION] =
        "out of memory: the collection leaves the old generation {capacity} bytes large, of at most {maximum}",
};

/* A promotion that does not move the object. */
static const char becomes_large[] = "{object} is large now, unmoved: {size} bytes that survived in new-large";

/* node20 gives up before all room is used. */
static const char ineffective[] = "out of memory: four major collections in a row have left the old generation 80 % "
                                  "full, and the program less than 40 % of the time";

/* 3.14 has two limits, which can be equal. */
static const char both_limits[] =
    "the limit is {limit} now: {rule}; the promotion limit is {promotion_limit}: {promotion_rule}";

static const char *template_of(const struct happening *happening)
{
    if (happening->kind == HAPPENING_PROMOTE && happening->value[PROMOTE_rule] == PROMOTION_LARGE)
        return becomes_large;
    if (happening->kind == HAPPENING_LIMIT && happening->value[LIMIT_promotion_rule] != LIMIT_KEPT &&
        happening->value[LIMIT_promotion_limit] != happening->value[LIMIT_limit])
        return both_limits;
    if (happening->kind == HAPPENING_OOM_COLLECTION && happening->value[OOM_COLLECTION_ineffective])
        return ineffective;
    return templates[happening->kind];
}

static bool same(const struct field *field, const char *name, size_t len)
{
    return field->len == len && memcmp(field->name, name, len) == 0;
}

/* Finds the field called name[0..len) and its value; false if the kind has none. */
static bool find_field(const struct happening *happening, const char *name, size_t len, struct field *field,
                       uint64_t *value)
{
    const char *fields = happening_fields(happening->kind);
    for (unsigned i = 0; next_field(&fields, field); i++) {
        if (same(field, name, len)) {
            *value = happening->value[i];
            return true;
        }
    }
    return false;
}

static void put_field(struct out *out, const struct heap *heap, const struct field *field, uint64_t value)
{
    char text[OUT_HUMAN];
    switch (field->type) {
    case 'n':
        if (field->len > 3 && memcmp(field->name + field->len - 3, "_ns", 3) == 0)
            out_words(out, human_duration(text, value));
        else
            out_grouped(out, value);
        break;
    case 'b': out_words(out, value ? "yes" : "no"); break;
    case 's': out_words(out, space_name(heap->config.era, (enum space_id)value)); break;
    case 'k': out_words(out, object_kind_word((enum object_kind)value)); break;
    case 'o': label_object(out, heap, value <= UINT32_MAX ? (uint32_t)value : NONE); break;
    case 'r': out_words(out, reason_words((enum reason)value)); break;
    case 'c': out_words(out, collection_type_word((enum collection_type)value)); break;
    case 'y': out_words(out, sweeper_word((enum sweeper)value)); break;
    case 'w': out_words(out, promotion_rule_word((enum promotion_rule)value)); break;
    case 'p': out_words(out, color_word((enum color)value)); break;
    case 'i': label_name(out, heap, (uint32_t)value); break;
    case 'l': label_limit(out, label_limit_made(heap, field)); break;
    default: label_slot(out, heap, (uint32_t)value); break; /* x */
    }
}

/* Fills in the placeholder text[0..len), without its braces. */
static void put_placeholder(struct out *out, const struct heap *heap, const struct happening *happening,
                            const char *text, size_t len)
{
    struct field field = {0};
    uint64_t value = 0;
    size_t name = strcspn(text, "?!~}");
    if (same(&(struct field){text, name, 0}, "object", 6))
        label_object(out, heap, happening->object);
    else if (same(&(struct field){text, name, 0}, "why", 3))
        label_rule(out, heap, happening);
    else if (!find_field(happening, text, name, &field, &value))
        out_words(out, "{}"); /* the template is wrong; the tests look for this */
    else if (name == len)
        put_field(out, heap, &field, value);
    else if (text[name] == '~' ? value != 1 : (value != 0) == (text[name] == '?'))
        out_text(out, text + name + 1, len - name - 1);
}

char *happening_narrate(const struct heap *heap, const struct happening *happening)
{
    struct out out;
    out_to_memory(&out);
    for (const char *t = template_of(happening); *t != '\0';) {
        if (*t != '{') {
            out_char(&out, *t++);
            continue;
        }
        size_t len = strcspn(++t, "}");
        put_placeholder(&out, heap, happening, t, len);
        t += len + 1;
    }
    return out_take(&out);
}
