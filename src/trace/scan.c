/* scan.c - the general scanner: every form of every line, and every error. */
#include "trace/scan.h"

#include "base/text.h"
#include "trace/bytes.h"

#include <string.h>

/* ---- errors ---- */

/* A field, quoted for a message. */
#define QUOTE(f) text_quote(&(struct text_quoted){{0}}, (f).text, (f).len)

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
    return error_memory(l->error);
}

/* Checks that the event has at least least fields (names says what comes in turn, "|" between) and at most most. */
static int check_count(const struct scan_line *l, unsigned least, unsigned most, const char *const *names)
{
    if (l->count < least)
        return scan_fail(l, l->count, "missing field, expected %s", names[l->count - 1]);
    if (l->count > most)
        return scan_fail(l, most, "extra field \"%s\", expected the end of the line", QUOTE(l->fields[most]));
    return 0;
}

/* ---- names ---- */

/* Interns an ID of len bytes at text, which belongs to field; dots are the caller's business. */
static int scan_id(struct scanner *s, const struct scan_line *l, unsigned field, const char *text, size_t len,
                   uint32_t *name)
{
    if (text[0] == '@' || text[0] == '#') {
        return scan_fail(l, field, "bad ID \"%s\", expected one that does not begin with %c", QUOTE(l->fields[field]),
                         text[0]);
    }
    if (len > SCAN_ID_MOST)
        return scan_fail(l, field, "ID of %zu bytes, expected at most %d", len, SCAN_ID_MOST);
    *name = names_intern(s->names, text, len);
    return *name == NAME_NONE ? no_memory(l) : 0;
}

/* A field that is an ID without a slot. */
static int scan_plain(struct scanner *s, struct scan_line *l, unsigned field, uint32_t *name, uint8_t role)
{
    const struct scan_field *f = &l->fields[field];
    if (find_byte(f->text, f->len, '.') != NULL)
        return scan_fail(l, field, "bad ID \"%s\", expected one without a dot", QUOTE(*f));
    l->roles[field] = role;
    return scan_id(s, l, field, f->text, f->len, name);
}

/* A field that is any text: the name of a scope or a worker. */
static int scan_name(struct scanner *s, struct scan_line *l, unsigned field, uint32_t *name)
{
    *name = names_intern(s->names, l->fields[field].text, l->fields[field].len);
    return *name == NAME_NONE ? no_memory(l) : 0;
}

uint32_t scan_slot(struct names *names, const char *text, size_t len)
{
    if (len <= 9 && (text[0] != '0' || len == 1)) { /* 2^28 has 9 digits */
        uint32_t n = 0;
        size_t i = 0;
        for (; i < len && text[i] >= '0' && text[i] <= '9'; i++)
            n = n * 10 + (uint32_t)(text[i] - '0');
        if (i == len && n <= SLOT_VALUE)
            return SLOT_INDEX | n;
    }
    uint32_t name = names_intern_text(names, text, len);
    return name == NAME_NONE ? NAME_NONE : SLOT_NAME | (name & SLOT_VALUE);
}

/* HOLDER[.SLOT]: sets EVENT_SLOT if the slot is there. */
static int scan_holder(struct scanner *s, struct scan_line *l, unsigned field, uint32_t *name, struct trace_event *e,
                       uint8_t role)
{
    const struct scan_field *f = &l->fields[field];
    const char *dot = find_byte(f->text, f->len, '.');
    if (dot == NULL)
        return scan_plain(s, l, field, name, role == ROLE_A_SLOT ? ROLE_A : ROLE_B);
    size_t before = (size_t)(dot - f->text);
    if (before == 0 || before + 1 == f->len) {
        return scan_fail(l, field, "nothing %s the dot in \"%s\", expected HOLDER.SLOT",
                         before == 0 ? "before" : "behind", QUOTE(*f));
    }
    l->roles[field] = role;
    if (scan_id(s, l, field, f->text, before, name))
        return -1;
    e->slot = scan_slot(s->names, dot + 1, f->len - before - 1);
    e->flags |= EVENT_SLOT;
    return e->slot == NAME_NONE ? no_memory(l) : 0;
}

/* ---- numbers ---- */

/* SIZE or BYTES: at least least, at most 1 TiB. */
static int scan_bytes(const struct scan_line *l, unsigned field, const char *what, uint64_t least, uint64_t *bytes)
{
    const struct scan_field *f = &l->fields[field];
    uint64_t n = 0;
    size_t digits = 0;
    while (digits < f->len && digits < 12 && (unsigned)(f->text[digits] - '0') < 10)
        n = n * 10 + (unsigned)(f->text[digits++] - '0');
    if (digits == f->len && n >= least && n < SCAN_BYTES_MOST) { /* the common case */
        *bytes = n;
        return 0;
    }
    switch (text_size(f->text, f->len, &n)) {
    case TEXT_OK:
        if (n >= least && n <= SCAN_BYTES_MOST) {
            *bytes = n;
            return 0;
        }
        break;
    case TEXT_TOO_LARGE: break;
    case TEXT_NO_NUMBER:
    case TEXT_NO_UNIT:
        return scan_fail(l, field, "bad %s \"%s\", expected a number and optionally k, M or G", what, QUOTE(*f));
    case TEXT_BAD_SUFFIX: return scan_fail(l, field, "bad suffix in %s \"%s\", expected k, M or G", what, QUOTE(*f));
    }
    return scan_fail(l, field, "%s %s, expected %d to 1 TiB (1024G)", what, QUOTE(*f), (int)least);
}

static int scan_duration(const struct scan_line *l, unsigned field, uint64_t *ns)
{
    const struct scan_field *f = &l->fields[field];
    switch (text_duration(f->text, f->len, ns)) {
    case TEXT_OK: return 0;
    case TEXT_NO_UNIT: return scan_fail(l, field, "duration %s without a unit, expected ns, us, ms or s", QUOTE(*f));
    case TEXT_BAD_SUFFIX:
        return scan_fail(l, field, "bad unit in duration \"%s\", expected ns, us, ms or s", QUOTE(*f));
    case TEXT_TOO_LARGE: return scan_fail(l, field, "duration %s is too long, expected less than 2^64 ns", QUOTE(*f));
    case TEXT_NO_NUMBER: break;
    }
    return scan_fail(l, field, "bad duration \"%s\", expected a number and ns, us, ms or s", QUOTE(*f));
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

static int scan_size(struct scan_line *l, struct trace_event *e)
{
    const struct scan_field *f = &l->fields[2];
    uint64_t fixed = kind_fixed_size(e->kind);
    const char *kind = object_kind_word((enum object_kind)e->kind);
    l->roles[2] = ROLE_SIZE;
    if (f->len == 1 && f->text[0] == '-') {
        if (fixed == 0) {
            return scan_fail(
                l, 2, "size - of kind %s, expected a number (only map, cell and propcell have a fixed size)", kind);
        }
        e->number = fixed;
        return 0;
    }
    if (scan_bytes(l, 2, "size", 1, &e->number))
        return -1;
    if (fixed != 0 && e->number != fixed)
        return scan_fail(l, 2, "size %s of kind %s, expected %d or -", QUOTE(*f), kind, (int)fixed);
    return 0;
}

/* ---- events ---- */

/* alloc ID SIZE [KIND] [in HOLDER[.SLOT]] [@SITE] */
static int scan_alloc(struct scanner *s, struct scan_line *l, struct trace_event *e)
{
    static const char *const names[] = {"ID", "SIZE"};
    const struct scan_field *f = l->fields;
    unsigned at = 3;
    if (check_count(l, 3, SCAN_FIELDS, names) || scan_plain(s, l, 1, &e->a, ROLE_A))
        return -1;
    bool in = at < l->count && f[at].len == 2 && memcmp(f[at].text, "in", 2) == 0;
    if (at < l->count && !in && f[at].text[0] != '@') {
        unsigned kind = scan_kind(s, f[at].text, f[at].len);
        if (kind == KIND_COUNT)
            return fail_kind(l, at);
        e->kind = (uint8_t)kind;
        at++;
        in = at < l->count && f[at].len == 2 && memcmp(f[at].text, "in", 2) == 0;
    }
    if (scan_size(l, e))
        return -1;
    if (in) {
        if (at + 1 == l->count)
            return scan_fail(l, l->count, "missing field, expected HOLDER or HOLDER.SLOT");
        e->flags |= EVENT_IN;
        if (scan_holder(s, l, at + 1, &e->b, e, ROLE_B_SLOT))
            return -1;
        at += 2;
    }
    if (at < l->count && f[at].text[0] == '@') {
        if (f[at].len == 1)
            return scan_fail(l, at, "nothing behind the @, expected @SITE");
        l->roles[at] = ROLE_SITE;
        e->site = names_intern(s->names, f[at].text + 1, f[at].len - 1);
        if (e->site == NAME_NONE)
            return no_memory(l);
        at++;
    }
    return check_count(l, 3, at, names);
}

/* ref SRC[.SLOT] DST, weak SRC.SLOT DST, unref SRC.SLOT, unref SRC DST */
static int scan_store(struct scanner *s, struct scan_line *l, struct trace_event *e)
{
    static const char *const ref[] = {"SRC or SRC.SLOT", "DST"};
    static const char *const weak[] = {"SRC.SLOT", "DST"};
    static const char *const unref[] = {"SRC.SLOT or SRC", "DST (or a slot, SRC.SLOT)"};
    const char *const *names = e->op == TRACE_REF ? ref : e->op == TRACE_WEAK ? weak : unref;
    if (check_count(l, 2, SCAN_FIELDS, names) || scan_holder(s, l, 1, &e->a, e, ROLE_A_SLOT))
        return -1;
    if (e->op == TRACE_WEAK && !(e->flags & EVENT_SLOT))
        return scan_fail(l, 1, "no slot in \"%s\", expected SRC.SLOT", QUOTE(l->fields[1]));
    if (e->op == TRACE_UNREF && (e->flags & EVENT_SLOT))
        return check_count(l, 2, 2, names);
    return check_count(l, 3, 3, names) ? -1 : scan_plain(s, l, 2, &e->b, ROLE_B);
}

/* entry MAP KEY [VALUE], unentry MAP KEY */
static int scan_entry(struct scanner *s, struct scan_line *l, struct trace_event *e)
{
    static const char *const names[] = {"MAP", "KEY"};
    if (check_count(l, 3, e->op == TRACE_ENTRY ? 4 : 3, names) || scan_plain(s, l, 1, &e->a, ROLE_A) ||
        scan_plain(s, l, 2, &e->b, ROLE_B)) {
        return -1;
    }
    if (l->count < 4)
        return 0;
    e->flags |= EVENT_VALUE;
    return scan_plain(s, l, 3, &e->c, ROLE_C);
}

/* root ID, release ID, finalize ID, use ID [deep], external ID BYTES */
static int scan_object(struct scanner *s, struct scan_line *l, struct trace_event *e)
{
    static const char *const names[] = {"ID", "BYTES"};
    bool external = e->op == TRACE_EXTERNAL;
    unsigned most = external || e->op == TRACE_USE ? 3 : 2;
    if (check_count(l, external ? 3 : 2, most, names) || scan_plain(s, l, 1, &e->a, ROLE_A))
        return -1;
    if (external) {
        l->roles[2] = ROLE_OTHER;
        return scan_bytes(l, 2, "external size", 0, &e->number);
    }
    if (l->count == 3) {
        if (l->fields[2].len != 4 || memcmp(l->fields[2].text, "deep", 4) != 0)
            return scan_fail(l, 2, "extra field \"%s\", expected \"deep\" or the end of the line", QUOTE(l->fields[2]));
        e->flags |= EVENT_DEEP;
    }
    return 0;
}

/* gc [minor|major|compact|start|finish], gc step BYTES */
static int scan_gc(struct scan_line *l, struct trace_event *e)
{
    static const char *const words[] = {"major", "minor", "compact", "start", "step", "finish"}; /* enum trace_gc */
    static const char *const names[] = {"", "BYTES"};
    if (l->count == 1) {
        e->kind = TRACE_GC_MAJOR;
        return 0;
    }
    const struct scan_field *f = &l->fields[1];
    unsigned kind = 0;
    while (kind <= TRACE_GC_FINISH && (strlen(words[kind]) != f->len || memcmp(words[kind], f->text, f->len) != 0))
        kind++;
    if (kind > TRACE_GC_FINISH) {
        return scan_fail(l, 1, "unknown collection \"%s\", expected minor, major, compact, start, step or finish",
                         QUOTE(*f));
    }
    e->kind = (uint8_t)kind;
    unsigned fields = kind == TRACE_GC_STEP ? 3 : 2;
    if (check_count(l, fields, fields, names))
        return -1;
    return kind == TRACE_GC_STEP ? scan_bytes(l, 2, "step size", 1, &e->number) : 0;
}

/* enter [NAME], leave, end, worker NAME, work DURATION, idle DURATION */
static int scan_simple(struct scanner *s, struct scan_line *l, struct trace_event *e)
{
    static const char *const name[] = {"NAME"};
    static const char *const duration[] = {"DURATION"};
    switch (e->op) {
    case TRACE_ENTER:
        if (check_count(l, 1, 2, name) || l->count == 1)
            return l->count == 1 ? 0 : -1;
        e->flags |= EVENT_NAME;
        return scan_name(s, l, 1, &e->a);
    case TRACE_WORKER: return check_count(l, 2, 2, name) ? -1 : scan_name(s, l, 1, &e->a);
    case TRACE_WORK:
    case TRACE_IDLE: return check_count(l, 2, 2, duration) ? -1 : scan_duration(l, 1, &e->number);
    default: return check_count(l, 1, 1, name);
    }
}

/* set KEY VALUE, expect CONDITION; title, chapter, note TEXT; ask QUESTION | ANSWER */
static int scan_text(struct scan_line *l, struct trace_event *e)
{
    static const char *const set[] = {"KEY", "VALUE"};
    static const char *const expect[] = {"CONDITION"};
    const char *text = l->word.text + l->word.len;
    const char *end = l->text + scan_comment(l->text, l->len, scan_keeps_hash(e->op));
    while (text < end && scan_blank(*text))
        text++;
    while (text < end && scan_blank(end[-1]))
        end--;
    e->text = text;
    e->text_len = (uint32_t)(end - text);
    if (e->op == TRACE_SET || e->op == TRACE_EXPECT) {
        scan_split(l);
        return e->op == TRACE_SET ? check_count(l, 3, 3, set) : check_count(l, 2, SCAN_FIELDS, expect);
    }
    if (e->text_len == 0)
        return scan_fail(l, 1, "missing field, expected %s", e->op == TRACE_ASK ? "QUESTION | ANSWER" : "TEXT");
    if (e->op != TRACE_ASK)
        return 0;
    const char *bar = memchr(text, '|', e->text_len);
    if (bar == NULL)
        return scan_fail(l, 1, "no \"|\" in the question, expected QUESTION | ANSWER");
    const char *answer = bar + 1;
    while (answer < end && scan_blank(*answer))
        answer++;
    if (bar == text || answer == end)
        return scan_fail(l, 1, "%s, expected QUESTION | ANSWER", bar == text ? "no question" : "no answer");
    return 0;
}

int scan_line(struct scanner *s, struct scan_line *l, struct trace_event *e)
{
    *e = (struct trace_event){.op = l->op,
                              .a = NAME_NONE,
                              .b = NAME_NONE,
                              .c = NAME_NONE,
                              .site = NAME_NONE,
                              .line = l->line,
                              .source = l->source,
                              .source_len = (uint32_t)l->source_len};
    memset(l->roles, ROLE_OTHER, sizeof l->roles);
    switch (l->op) {
    case TRACE_SET:
    case TRACE_EXPECT:
    case TRACE_TITLE:
    case TRACE_CHAPTER:
    case TRACE_NOTE:
    case TRACE_ASK: return scan_text(l, e);
    default: break;
    }
    scan_split(l);
    switch (l->op) {
    case TRACE_ALLOC: return scan_alloc(s, l, e);
    case TRACE_REF:
    case TRACE_UNREF:
    case TRACE_WEAK: return scan_store(s, l, e);
    case TRACE_ENTRY:
    case TRACE_UNENTRY: return scan_entry(s, l, e);
    case TRACE_ROOT:
    case TRACE_RELEASE:
    case TRACE_FINALIZE:
    case TRACE_USE:
    case TRACE_EXTERNAL: return scan_object(s, l, e);
    case TRACE_GC: return scan_gc(l, e);
    case TRACE_ENTER:
    case TRACE_LEAVE:
    case TRACE_WORKER:
    case TRACE_WORK:
    case TRACE_IDLE:
    case TRACE_END: return scan_simple(s, l, e);
    default: return fail_unknown(l, 0);
    }
}
