/*
 * fields.h - reads the fields of a line, by the rows of the grammar; private to trace/.
 *
 * Everything is compiled twice. For scan_line, which knows the fields of a line that it has taken apart, it reports
 * what is wrong. For scan_common there is no such line (NULL): the fields are read one after another where they stand
 * in the file, with single blanks between them; nothing is reported, and anything unusual can be refused.
 */
#ifndef HEAPREEL_TRACE_FIELDS_H
#define HEAPREEL_TRACE_FIELDS_H

#include "base/text.h"
#include "trace/cursor.h"
#include "trace/grammar.h"

#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif

/* ---- errors ---- */

/* A field, quoted for a message. */
#define QUOTE(f) text_quote(&(struct text_quoted){{0}}, (f).text, (f).len)

/* Reports field number field, if there is a line to report to. */
#define FAIL(l, field, ...) ((l) != NULL ? scan_fail((l), (field), __VA_ARGS__) : -1)

static int fail_kind(const struct scan_line *l, unsigned field)
{
    return scan_fail(l, field,
                     "unknown kind \"%s\", expected one of "
#define X(symbol, word, fixed, pointers, weak) word ", "
                     OBJECT_KINDS(X)
#undef X
                         "or \"in\" or @SITE",
                     QUOTE(l->fields[field]));
}

static int no_memory(const struct scan_line *l)
{
    return l != NULL ? error_memory(l->error) : -1;
}

static int fail_missing(const struct scan_line *l, const char *name)
{
    return FAIL(l, l->count, "missing field, expected %s", name);
}

static int fail_extra(const struct scan_line *l, unsigned field, struct scan_field f, const char *expected)
{
    return FAIL(l, field, "extra field \"%s\", expected %sthe end of the line", QUOTE(f), expected);
}

/* ---- whole fields ---- */

/*
 * The whole field: number n of a line that was taken apart, else the one at the cursor, which is passed except for its
 * stop.
 */
INLINE struct scan_field field_at(const struct scan_line *l, unsigned n, struct cursor *c)
{
    if (l != NULL)
        return l->fields[n];
    struct scan_field f = word_at(c->at, ' ');
    pass_to(c, f.text + f.len);
    return f;
}

/* ---- names ---- */

/* Has a name of a common line interned together with those of other lines. */
INLINE void want(struct scanner *s, struct scan_field name, uint32_t *number, unsigned sort)
{
    struct scan_wanted *wanted = s->wanted_end++;
    wanted->text = name.text;
    wanted->number = number;
    wanted->len = (uint32_t)name.len;
    wanted->sort = (uint8_t)sort;
}

/* Where the names of slots, or of others, keep a text of up to 8 bytes. */
INLINE struct scan_recent *recent_place(struct scanner *s, unsigned sort, uint64_t text)
{
    return &(sort & WANTED_SLOT ? s->slots : s->others)[text * UINT64_C(0x9E3779B97F4A7C15) >> (64 - SCAN_RECENT_BITS)];
}

/* The same as want, for a name that is likely to be the same as in a recent line. */
INLINE void want_again(struct scanner *s, struct scan_field name, uint32_t *number, unsigned sort)
{
    if (name.len <= 8) {
        uint64_t text = names_key(name.text, name.len).low;
        const struct scan_recent *recent = recent_place(s, sort, text);
        if (__builtin_expect(recent->text == text, 1)) {
            *number = recent->number;
            return;
        }
        sort |= WANTED_KEPT;
    }
    want(s, name, number, sort);
}

/*
 * Interns a name now, or, for a common line, together with those of other lines; again: it is likely to be the same as
 * in a recent line.
 */
INLINE int intern(struct scanner *s, const struct scan_line *l, struct scan_field name, uint32_t *number, bool again)
{
    if (l == NULL) {
        if ((unsigned)(name.text[0] - '0') <= 9 && (*number = names_of_digits(name.text, name.len)) != NAME_NONE)
            return 0;
        if (again)
            want_again(s, name, number, 0);
        else
            want(s, name, number, 0);
        return 0;
    }
    *number = names_intern(s->names, name.text, name.len);
    return *number == NAME_NONE ? no_memory(l) : 0;
}

/* An ID; the caller handles dots. */
INLINE int read_word(struct scanner *s, const struct scan_line *l, unsigned n, struct scan_field id, uint32_t *name)
{
    if (id.len == 0)
        return -1;
    if (id.text[0] == '@' || id.text[0] == '#')
        return FAIL(l, n, "bad ID \"%s\", expected one that does not begin with %c", QUOTE(l->fields[n]), id.text[0]);
    if (id.len > SCAN_ID_MOST)
        return FAIL(l, n, "ID of %zu bytes, expected at most %d", id.len, SCAN_ID_MOST);
    return intern(s, l, id, name, false);
}

/* Reads digits in the form of an index: without leading zeros, 1 to 8 of them. */
INLINE bool read_index(const char *text, const char *end, uint32_t *value)
{
    /* The least number of so many digits: a single 0 is as frequent as other slots, so that no branch depends on it. */
    static const uint32_t least[] = {UINT32_MAX, 0, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    size_t len = (size_t)(end - text);
    if (len > 8)
        return false;
    *value = read_digits(end, len);
    return *value >= least[len];
}

/* Reads the ID at the cursor, which moves to its stop. */
INLINE int read_id(struct scanner *s, struct cursor *c, uint32_t *name)
{
    if (*c->at <= '9') {
        if (__builtin_expect(read_index(c->at, c->end, name) && *c->end <= '.', 1))
            return 0;
    }
    struct scan_field id = word_at(c->at, '.');
    pass_to(c, id.text + id.len);
    return read_word(s, NULL, 0, id, name);
}

/* A field that is an ID without a slot: a dot stops the ID of a common line, but not its field. */
INLINE int read_plain(struct scanner *s, const struct scan_line *l, unsigned n, struct cursor *c, uint32_t *name)
{
    if (l == NULL)
        return read_id(s, c, name);
    if (find_byte(l->fields[n].text, l->fields[n].len, '.') != NULL)
        return scan_fail(l, n, "bad ID \"%s\", expected one without a dot", QUOTE(l->fields[n]));
    return read_word(s, l, n, l->fields[n], name);
}

/* A field that is any text: the name of a scope or a worker. */
static int read_label(struct scanner *s, const struct scan_line *l, struct scan_field f, struct trace_event *e)
{
    if (f.len == 0)
        return -1;
    if (e->op == TRACE_ENTER)
        e->flags |= EVENT_NAME;
    return intern(s, l, f, &e->a, true);
}

static int read_site(struct scanner *s, const struct scan_line *l, unsigned n, struct scan_field f,
                     struct trace_event *e)
{
    if (f.len == 1)
        return FAIL(l, n, "nothing behind the @, expected @SITE");
    return intern(s, l, (struct scan_field){f.text + 1, f.len - 1}, &e->site, true);
}

/* Is the text an index that a slot key can hold? */
static bool is_index(struct scan_field slot, uint32_t *key)
{
    uint32_t n = names_of_digits(slot.text, slot.len);
    *key = SLOT_INDEX | n;
    return n <= SLOT_VALUE;
}

/* A slot of a common line that is not a short number. */
INLINE int read_slot_word(struct scanner *s, struct scan_field f, struct trace_event *e)
{
    if (f.len == 0)
        return -1;
    if ((unsigned)(f.text[0] - '0') > 9 || !is_index(f, &e->slot))
        want_again(s, f, &e->slot, WANTED_SLOT);
    return 0;
}

/* The slot at the cursor. */
INLINE int read_slot(struct scanner *s, struct cursor *c, struct trace_event *e)
{
    e->flags |= EVENT_SLOT;
    /* SLOT_INDEX is 0, and 10^8 below SLOT_VALUE */
    if (*c->at <= '9') {
        find_end(c);
        if (__builtin_expect(c->end == c->at + 1 && *c->end <= ' ', 1)) { /* as most are */
            e->slot = SLOT_INDEX | (uint32_t)(*c->at - '0');
            return 0;
        }
        if (__builtin_expect(read_index(c->at, c->end, &e->slot) && *c->end <= ' ', 1))
            return 0;
    }
    return read_slot_word(s, field_at(NULL, 0, c), e);
}

/* HOLDER[.SLOT], a field of a line that was taken apart. */
static int read_split_holder(struct scanner *s, struct scan_line *l, unsigned n, uint32_t *name, struct trace_event *e)
{
    struct scan_field f = l->fields[n];
    const char *dot = find_byte(f.text, f.len, '.');
    if (dot == NULL) { /* for a template, it is then a plain ID */
        l->roles[n] = name == &e->a ? FIELD_A : FIELD_B;
        return read_word(s, l, n, f, name);
    }
    size_t before = (size_t)(dot - f.text), after = f.len - before - 1;
    if (before == 0 || after == 0)
        return scan_fail(l, n, "nothing %s the dot in \"%s\", expected HOLDER.SLOT", before == 0 ? "before" : "behind",
                         QUOTE(f));
    if (read_word(s, l, n, (struct scan_field){f.text, before}, name))
        return -1;
    e->flags |= EVENT_SLOT;
    e->slot = scan_slot(s->names, dot + 1, after);
    return e->slot == NAME_NONE ? no_memory(l) : 0;
}

/* HOLDER[.SLOT] */
INLINE int read_holder(struct scanner *s, struct scan_line *l, unsigned n, struct cursor *c, uint32_t *name,
                       struct trace_event *e)
{
    if (l != NULL)
        return read_split_holder(s, l, n, name, e);
    if (read_id(s, c, name))
        return -1;
    if (*c->end != '.')
        return 0;
    pass(c);
    return read_slot(s, c, e);
}

/* ---- numbers ---- */

/* SIZE or BYTES: at least least, at most 1 TiB. */
static int scan_bytes(const struct scan_line *l, unsigned n, struct scan_field f, const char *what, uint64_t least,
                      uint64_t *bytes)
{
    uint64_t value = 0;
    size_t digits = 0;
    while (digits < f.len && digits < 12 && (unsigned)(f.text[digits] - '0') < 10)
        value = value * 10 + (unsigned)(f.text[digits++] - '0');
    if (digits == f.len && digits > 0 && value >= least && value < SCAN_BYTES_MOST) { /* the common case */
        *bytes = value;
        return 0;
    }
    switch (text_size(f.text, f.len, &value)) {
    case TEXT_OK:
        if (value >= least && value <= SCAN_BYTES_MOST) {
            *bytes = value;
            return 0;
        }
        break;
    case TEXT_TOO_LARGE: break;
    case TEXT_NO_NUMBER:
    case TEXT_NO_UNIT: return FAIL(l, n, "bad %s \"%s\", expected a number and optionally k, M or G", what, QUOTE(f));
    case TEXT_BAD_SUFFIX: return FAIL(l, n, "bad suffix in %s \"%s\", expected k, M or G", what, QUOTE(f));
    }
    return FAIL(l, n, "%s %s, expected %d to 1 TiB (1024G)", what, QUOTE(f), (int)least);
}

static int scan_duration(const struct scan_line *l, unsigned n, struct scan_field f, uint64_t *ns)
{
    switch (text_duration(f.text, f.len, ns)) {
    case TEXT_OK: return 0;
    case TEXT_NO_UNIT: return FAIL(l, n, "duration %s without a unit, expected ns, us, ms or s", QUOTE(f));
    case TEXT_BAD_SUFFIX: return FAIL(l, n, "bad unit in duration \"%s\", expected ns, us, ms or s", QUOTE(f));
    case TEXT_TOO_LARGE: return FAIL(l, n, "duration %s is too long, expected less than 2^64 ns", QUOTE(f));
    case TEXT_NO_NUMBER: break;
    }
    return FAIL(l, n, "bad duration \"%s\", expected a number and ns, us, ms or s", QUOTE(f));
}

static uint64_t kind_fixed_size(unsigned kind)
{
    static const uint8_t sizes[] = {
#define X(symbol, word, fixed, pointers, weak) fixed,
        OBJECT_KINDS(X)
#undef X
    };
    return sizes[kind];
}

static bool is_word(struct scan_field f, const char *word)
{
    return f.len == strlen(word) && memcmp(f.text, word, f.len) == 0;
}

/* Is the field whose text begins at text the word "in"? */
INLINE bool is_in(const struct scan_line *l, unsigned n, const char *text)
{
    return text[0] == 'i' && text[1] == 'n' && (l != NULL ? l->fields[n].len == 2 : text[2] == ' ' || text[2] == '\n');
}

/* Is the line's next field this one of the row? Optional ones are known by their first bytes, or by those before. */
INLINE bool stands_here(enum grammar_field field, const struct scan_line *l, unsigned n, const char *text,
                        const struct trace_event *e)
{
    switch (field) {
    case FIELD_KIND: return text[0] != '@' && !is_in(l, n, text);
    case FIELD_IN: return is_in(l, n, text);
    case FIELD_B_HOLDER: return (e->flags & EVENT_IN) != 0;
    case FIELD_SITE: return text[0] == '@';
    case FIELD_B_UNLESS_SLOT: return !(e->flags & EVENT_SLOT);
    case FIELD_STEP: return e->kind == TRACE_GC_STEP;
    default: return true;
    }
}

/* SIZE, with the KIND that follows it, whose errors are reported first. */
static int read_size_of_kind(struct scanner *s, const struct scan_line *l, struct trace_event *e)
{
    struct scan_field f = l->fields[2];
    unsigned kind = l->count > 3 && stands_here(FIELD_KIND, l, 3, l->fields[3].text, e)
                        ? scan_kind(s, l->fields[3].text, l->fields[3].len)
                        : KIND_OBJECT;
    if (kind == KIND_COUNT)
        return fail_kind(l, 3);
    uint64_t fixed = kind_fixed_size(kind);
    const char *word = object_kind_word((enum object_kind)kind);
    if (is_word(f, "-")) {
        if (fixed == 0)
            return scan_fail(
                l, 2, "size - of kind %s, expected a number (only map, cell and propcell have a fixed size)", word);
        e->number = fixed;
        return 0;
    }
    if (scan_bytes(l, 2, f, "size", 1, &e->number))
        return -1;
    if (fixed != 0 && e->number != fixed)
        return scan_fail(l, 2, "size %s of kind %s, expected %d or -", QUOTE(f), word, (int)fixed);
    return 0;
}

INLINE int read_size(struct scanner *s, const struct scan_line *l, struct cursor *c, struct trace_event *e)
{
    if (l != NULL)
        return read_size_of_kind(s, l, e);
    size_t len = (size_t)(c->end - c->at);
    if (__builtin_expect(len <= 8 && *c->end <= ' ' && (e->number = read_digits(c->end, len)) > 0, 1))
        return 0;
    return scan_bytes(NULL, 2, field_at(NULL, 2, c), "size", 1, &e->number);
}

/* ---- words ---- */

/* If there is a line to report to, kinds of a fixed size have been handled. */
static int read_kind(struct scanner *s, struct scan_line *l, struct scan_field f, struct trace_event *e)
{
    unsigned kind = scan_kind(s, f.text, f.len);
    if (kind == KIND_COUNT || (l == NULL && kind_fixed_size(kind) != 0))
        return -1;
    e->kind = (uint8_t)kind;
    return 0;
}

static int read_deep(struct scan_line *l, unsigned n, struct scan_field f, struct trace_event *e)
{
    if (!is_word(f, "deep"))
        return fail_extra(l, n, f, "\"deep\" or ");
    e->flags |= EVENT_DEEP;
    return 0;
}

static int read_gc(struct scan_line *l, unsigned n, struct scan_field f, struct trace_event *e)
{
    unsigned kind = 0;
    while (kind <= TRACE_GC_FINISH && !is_word(f, grammar_gc_words[kind]))
        kind++;
    if (kind > TRACE_GC_FINISH)
        return FAIL(l, n, "unknown collection \"%s\", expected minor, major, compact, start, step or finish", QUOTE(f));
    e->kind = (uint8_t)kind;
    return 0;
}

/* ---- lines ---- */

/* Reads the next field of a row: 0, or -1 after reporting to l, which can be NULL. */
INLINE int read_field(struct scanner *s, struct scan_line *l, unsigned n, enum grammar_field field, struct cursor *c,
                      struct trace_event *e)
{
    switch (field) {
    case FIELD_A: return read_plain(s, l, n, c, &e->a);
    case FIELD_A_HOLDER: return read_holder(s, l, n, c, &e->a, e);
    case FIELD_A_SLOT:
        if (read_holder(s, l, n, c, &e->a, e))
            return -1;
        return e->flags & EVENT_SLOT ? 0 : FAIL(l, n, "no slot in \"%s\", expected SRC.SLOT", QUOTE(l->fields[n]));
    case FIELD_B:
    case FIELD_B_UNLESS_SLOT: return read_plain(s, l, n, c, &e->b);
    case FIELD_B_HOLDER: return read_holder(s, l, n, c, &e->b, e);
    case FIELD_C: e->flags |= EVENT_VALUE; return read_plain(s, l, n, c, &e->c);
    case FIELD_SIZE: return read_size(s, l, c, e);
    case FIELD_KIND: return read_kind(s, l, field_at(l, n, c), e);
    case FIELD_IN:
        if (l == NULL)
            pass_to(c, c->at + 2);
        e->flags |= EVENT_IN;
        return 0;
    case FIELD_SITE: return read_site(s, l, n, field_at(l, n, c), e);
    case FIELD_BYTES: return scan_bytes(l, n, field_at(l, n, c), "external size", 0, &e->number);
    case FIELD_DURATION: return scan_duration(l, n, field_at(l, n, c), &e->number);
    case FIELD_LABEL: return read_label(s, l, field_at(l, n, c), e);
    case FIELD_DEEP: return read_deep(l, n, field_at(l, n, c), e);
    case FIELD_GC: return read_gc(l, n, field_at(l, n, c), e);
    case FIELD_STEP: return scan_bytes(l, n, field_at(l, n, c), "step size", 1, &e->number);
    default: return -1;
    }
}

/* The line ends before the field of a row at position at: 0 if it can; else reports what is missing. */
INLINE int end_before(const struct scan_line *l, const struct grammar_row *row, unsigned at,
                      const struct trace_event *e)
{
    enum grammar_field field = (enum grammar_field)row->fields[at];
    if (field == FIELD_B_HOLDER && e->flags & EVENT_IN)
        return fail_missing(l, "HOLDER or HOLDER.SLOT");
    if (at < row->least || (field == FIELD_B_UNLESS_SLOT && !(e->flags & EVENT_SLOT)) ||
        (field == FIELD_STEP && e->kind == TRACE_GC_STEP))
        return fail_missing(l, row->names[at]);
    return 0;
}

/*
 * Reads the fields after the word of an event, by its row: fields 1 and on of l; or, if that is NULL, those at the
 * cursor, which has passed the word and its stop. 0, or -1 after reporting to l.
 */
INLINE int read_fields(struct scanner *s, struct scan_line *l, const struct grammar_row *row, struct cursor *c,
                       struct trace_event *e)
{
    unsigned n = 1;
    char stop = l != NULL ? 0 : c->at[-1];
    if (l == NULL && stop == ' ')
        find_end(c);
    UNROLL
    for (unsigned at = 0; at < GRAMMAR_FIELDS; at++) {
        enum grammar_field field = (enum grammar_field)row->fields[at];
        if (l != NULL ? n == l->count : stop != ' ')
            return l != NULL || stop == '\n' ? end_before(l, row, at, e) : -1;
        if (field == FIELD_NONE)
            break;
        if (!stands_here(field, l, n, l != NULL ? l->fields[n].text : c->at, e))
            continue;
        if (l != NULL)
            l->roles[n] = (uint8_t)field;
        if (__builtin_expect(read_field(s, l, n, field, c, e) != 0, 0))
            return -1;
        n++;
        if (l != NULL)
            continue;
        stop = pass(c);
        if (stop == ' ')
            find_end(c);
    }
    return l != NULL ? fail_extra(l, n, l->fields[n], "") : -1;
}

/* An event without fields. */
static const struct trace_event event_empty = {.a = NAME_NONE, .b = NAME_NONE, .c = NAME_NONE, .site = NAME_NONE};

#endif
