/*
 * scan.c - any line to an event, or to a message that says what is wrong with it.
 *
 * The line is taken apart first, and its fields are read by the row of its word (fields.h). Common lines are mostly
 * read by scan_common (common.c), which must find the same events.
 */
#include "trace/fields.h"
#include "trace/question.h"

static int fail_unknown(const struct scan_line *l, unsigned field)
{
    return scan_fail(l, field,
                     "unknown event \"%s\", expected one of "
#define X(symbol, word, acts) word ", "
                     TRACE_OPS(X)
#undef X
                         "repeat",
                     QUOTE(l->fields[field]));
}

/* set KEY VALUE, expect CONDITION; title, chapter, note TEXT; ask QUESTION | ANSWER */
static int scan_text(struct scan_line *l, struct trace_event *e)
{
    const struct grammar_row *row = &grammar_rows[e->op];
    const char *text = l->word.text + l->word.len;
    const char *end = l->text + scan_comment(l->text, l->len, scan_keeps_hash(e->op));
    while (text < end && scan_blank(*text))
        text++;
    while (text < end && scan_blank(end[-1]))
        end--;
    e->text = text;
    e->text_len = (uint32_t)(end - text);
    if (e->text_len == 0)
        l->count = 1;
    else
        scan_split(l);
    if (e->text_len == 0 || (e->op == TRACE_SET && l->count <= row->least))
        return fail_missing(l, row->names[l->count - 1]);
    if (e->op == TRACE_SET && l->count > 3)
        return fail_extra(l, 3, l->fields[3], "");
    if (e->op != TRACE_ASK)
        return 0;
    struct question question;
    const char *wrong = question_parse(text, e->text_len, &question);
    return wrong == NULL ? 0 : scan_fail(l, 1, "%s", wrong);
}

uint32_t scan_slot(struct names *names, const char *text, size_t len)
{
    uint32_t key;
    if (is_index((struct scan_field){text, len}, &key))
        return key;
    uint32_t name = names_intern_text(names, text, len);
    return name == NAME_NONE ? NAME_NONE : SLOT_NAME | (name & SLOT_VALUE);
}

int scan_line(struct scanner *s, struct scan_line *l, struct trace_event *e)
{
    *e = event_empty;
    e->op = l->op;
    e->line = l->line;
    e->source = l->source;
    e->source_len = (uint32_t)l->source_len;
    memset(l->roles, FIELD_NONE, sizeof l->roles);
    if (l->op < TRACE_OP_COUNT && grammar_rows[l->op].fields[0] == FIELD_TEXT)
        return scan_text(l, e);
    scan_split(l);
    if (l->op >= TRACE_OP_COUNT)
        return fail_unknown(l, 0);
    if (l->count <= grammar_rows[l->op].least)
        return fail_missing(l, grammar_rows[l->op].names[l->count - 1]);
    return read_fields(s, l, &grammar_rows[l->op], NULL, e);
}
