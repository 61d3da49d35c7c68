/*
 * repeat.c - "repeat" as a small program.
 *
 * The lines of an outermost repeat are kept once, as nodes; a stack of frames
 * counts the rounds. A line is compiled when it is reached for the first time:
 * without variables it is an event for good; with variables in names, slots
 * and sizes it is a template whose fields are patched in each round; everything else is
 * expanded and scanned in each round, which is also the way of all errors.
 */
#include "trace/internal.h"

#include "base/text.h"

#include <string.h>

#define REPEAT_MOST (UINT64_C(1) << 40) /* events that one outermost repeat may make */
#define PLUS_MOST (UINT64_C(1) << 62)   /* K of ${VAR+K} */

enum {
    ARENA_FIRST = 1 << 16, /* bytes of the arena to begin with */
    ARENA_FULL = 1 << 20   /* expanded bytes at which a batch ends */
};

void program_free(struct program *p)
{
    vec_free(&p->text);
    vec_free(&p->nodes);
    vec_free(&p->segments);
    vec_free(&p->patches);
    vec_free(&p->events);
    vec_free(&p->frames);
    vec_free(&p->scratch);
    vec_free(&p->arena);
}

/* The line of a node, ready to be scanned as it stands. */
static struct scan_line node_line(const struct program *p, const struct node *node, struct error *error)
{
    const char *text = p->text.data + node->text;
    return (struct scan_line){
        .text = text, .len = node->len, .source = text, .source_len = node->len, .line = node->line, .error = error};
}

/* ---- variables ---- */

static bool name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t name_length(const char *text, const char *end)
{
    const char *p = text;
    if (p < end && name_start(*p)) {
        while (p < end && (name_start(*p) || (*p >= '0' && *p <= '9'))) {
            p++;
        }
    }
    return (size_t)(p - text);
}

/* The frame that binds a variable, looking from the repeat at parent outwards; SEGMENT_PLAIN: unbound. */
static uint32_t variable_frame(const struct program *p, size_t parent, const char *name, size_t len)
{
    for (; parent != NO_NODE; parent = p->nodes.data[parent].parent) {
        const struct node *repeat = &p->nodes.data[parent];
        if (repeat->var_len == len && memcmp(p->text.data + repeat->var, name, len) == 0) {
            return repeat->depth;
        }
    }
    return SEGMENT_PLAIN;
}

static int fail_variable(const struct scan_line *l, const char *at, const char *end, const char *what)
{
    struct text_quoted quoted;
    const char *brace = memchr(at, '}', (size_t)(end - at));
    size_t len = (size_t)((brace != NULL ? brace + 1 : end) - at);
    return error_set(l->error, ERROR_INPUT, l->line, (uint64_t)(at - l->source) + 1, "%s \"%s\", expected %s", what,
                     text_quote(&quoted, at, len), "${VAR}, ${VAR+K} or ${VAR-K} with VAR of a repeat around it");
}

/*
 * Reads the variable at at, which is a '$'. Returns the end of what it has looked at, with segment->frame
 * SEGMENT_PLAIN if it is literal text; NULL after filling l->error.
 */
static const char *read_variable(const struct program *p, size_t parent, const struct scan_line *l, const char *at,
                                 const char *end, struct segment *segment)
{
    bool braced = at + 1 < end && at[1] == '{';
    const char *name = at + 1 + braced;
    size_t len = name_length(name, end);
    const char *next = name + len;
    segment->frame = SEGMENT_PLAIN;
    segment->plus = 0;
    if (len > 0) {
        segment->frame = variable_frame(p, parent, name, len);
    }
    if (!braced) {
        return next;
    }
    if (len > 0 && next < end && (*next == '+' || *next == '-')) {
        const char *digits = next + 1;
        const char *stop = digits;
        while (stop < end && *stop >= '0' && *stop <= '9') {
            stop++;
        }
        uint64_t k = 0;
        enum text_status status = text_number(digits, (size_t)(stop - digits), &k);
        if (status == TEXT_TOO_LARGE || k > PLUS_MOST) {
            fail_variable(l, at, end, "number too large in");
            return NULL;
        }
        if (status == TEXT_OK) {
            segment->plus = *next == '+' ? (int64_t)k : -(int64_t)k;
            next = stop;
        }
    }
    if (len == 0 || next == end || *next != '}') {
        fail_variable(l, at, end, "malformed variable");
        return NULL;
    }
    if (segment->frame == SEGMENT_PLAIN) {
        fail_variable(l, at, end, "unknown variable");
        return NULL;
    }
    return next + 1;
}

/*
 * Splits text[0..len) of l's source, a line inside the repeat at parent, into segments, added to p->segments.
 * *variables says whether there are any. 0, or -1 after filling l->error.
 */
static int read_segments(struct program *p, size_t parent, const struct scan_line *l, const char *text, size_t len,
                         bool *variables)
{
    const char *end = text + len;
    const char *literal = text;
    const char *at = text;
    *variables = false;
    while (at < end && (at = memchr(at, '$', (size_t)(end - at))) != NULL) {
        struct segment segment = {.at = (size_t)(literal - p->text.data), .len = (size_t)(at - literal)};
        at = read_variable(p, parent, l, at, end, &segment);
        if (at == NULL) {
            return -1;
        }
        if (segment.frame != SEGMENT_PLAIN) {
            if (vec_push(&p->segments, segment)) {
                return error_memory(l->error);
            }
            literal = at;
            *variables = true;
        }
    }
    if (literal < end) {
        struct segment rest = {
            .at = (size_t)(literal - p->text.data), .len = (size_t)(end - literal), .frame = SEGMENT_PLAIN};
        if (vec_push(&p->segments, rest)) {
            return error_memory(l->error);
        }
    }
    return 0;
}

int repeat_check_plain(struct trace_reader *r, const struct scan_line *l)
{
    struct segment segment = {0};
    const char *at = l->text;
    const char *end = at + scan_comment(at, l->len, scan_keeps_hash(l->op));
    while (at < end && (at = memchr(at, '$', (size_t)(end - at))) != NULL) {
        at = read_variable(&r->program, NO_NODE, l, at, end, &segment);
        if (at == NULL) {
            return -1;
        }
    }
    return 0;
}

static int64_t segment_value(const struct program *p, const struct segment *segment)
{
    return (int64_t)p->frames.data[segment->frame].round + segment->plus;
}

/* True if the segments are one variable and nothing else, of a value of 0 to most: *value. */
static inline bool pure_number(const struct program *p, size_t first, size_t last, uint64_t most, uint64_t *value)
{
    const struct segment *segment = &p->segments.data[first];
    if (last - first != 1 || segment->len > 0 || segment->frame == SEGMENT_PLAIN) {
        return false;
    }
    *value = (uint64_t)segment_value(p, segment); /* negative: larger than any limit */
    return *value <= most;
}

/* Decimal digits of value at out, two at a time; returns the end. */
static char *print_value(char *out, int64_t value)
{
    char digits[TEXT_NUMBER_ROOM];
    char *at = digits + sizeof digits;
    uint64_t n = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    while (n >= 100) {
        unsigned two = (unsigned)(n % 100);
        n /= 100;
        *--at = (char)('0' + two % 10);
        *--at = (char)('0' + two / 10);
    }
    if (n >= 10) {
        *--at = (char)('0' + n % 10);
        n /= 10;
    }
    *--at = (char)('0' + n);
    if (value < 0) {
        *--at = '-';
    }
    size_t len = (size_t)(digits + sizeof digits - at);
    memcpy(out, at, len);
    return out + len;
}

/* Writes the segments to p->scratch, padded. 0, or -1 without memory. */
static int expand(struct program *p, size_t first, size_t last)
{
    size_t room = SCAN_PAD;
    for (size_t i = first; i < last; i++) {
        room += p->segments.data[i].len + TEXT_NUMBER_ROOM;
    }
    p->scratch.len = 0;
    if (vec_reserve(&p->scratch, room)) {
        return -1;
    }
    char *out = p->scratch.data;
    for (size_t i = first; i < last; i++) {
        const struct segment *segment = &p->segments.data[i];
        const char *literal = p->text.data + segment->at;
        if (segment->len < 16) {
            for (size_t k = 0; k < segment->len; k++) {
                *out++ = literal[k];
            }
        } else {
            memcpy(out, literal, segment->len);
            out += segment->len;
        }
        if (segment->frame != SEGMENT_PLAIN) {
            out = print_value(out, segment_value(p, segment));
        }
    }
    memset(out, 0, SCAN_PAD);
    p->scratch.len = (size_t)(out - p->scratch.data);
    return 0;
}

/* ---- reading the body ---- */

static int add_node(struct trace_reader *r, enum node_type type, size_t parent, const char *text, size_t len,
                    struct error *error)
{
    struct program *p = &r->program;
    struct node node = {.type = (uint8_t)type,
                        .text = p->text.len,
                        .len = len,
                        .line = r->line,
                        .parent = parent,
                        .mate = NO_NODE,
                        .depth = parent == NO_NODE ? 0 : p->nodes.data[parent].depth + 1};
    if (vec_reserve(&p->text, len) || vec_push(&p->nodes, node)) {
        return error_memory(error);
    }
    memcpy(p->text.data + p->text.len, text, len);
    p->text.len += len;
    return 0;
}

/* True for blank lines and comments that can be forgotten; those with bad bytes are an error when they are reached. */
static bool forgettable(struct scan_line *l)
{
    if (l->word.len > 0) {
        return false;
    }
    struct error ignored = {0};
    l->error = &ignored;
    bool bad = scan_special(l->text, l->len) && scan_check_bytes(l);
    error_clear(&ignored);
    return !bad;
}

/* Reads lines up to the end of the repeat that is node 0. */
static int read_body(struct trace_reader *r, struct error *error)
{
    struct program *p = &r->program;
    size_t open = 0;
    while (open != NO_NODE) {
        struct scan_line line = {0};
        int got = reader_line(r, &line.text, &line.len, error);
        if (got == 0) {
            struct scan_line l = node_line(p, &p->nodes.data[open], error);
            return scan_fail(&l, 0, "repeat without end, expected \"end\" before the trace ends");
        }
        if (got < 0) {
            return -1;
        }
        line.source = line.text;
        line.source_len = line.len;
        scan_word(&r->scanner, &line);
        if (forgettable(&line)) {
            continue;
        }
        enum node_type type = line.op == SCAN_REPEAT ? NODE_REPEAT : line.op == TRACE_END ? NODE_END : NODE_LINE;
        if (add_node(r, type, open, line.text, line.len, error)) {
            return -1;
        }
        size_t at = p->nodes.len - 1;
        if (type == NODE_REPEAT) {
            open = at;
        } else if (type == NODE_END) {
            p->nodes.data[at].mate = open;
            p->nodes.data[open].mate = at;
            open = p->nodes.data[open].parent;
        }
    }
    if (vec_reserve(&p->text, SCAN_PAD)) {
        return error_memory(error);
    }
    memset(p->text.data + p->text.len, 0, SCAN_PAD);
    return 0;
}

/* ---- repeat lines ---- */

/* Evaluates N, whose segments are in place. 0, or -1 after filling l->error. */
static int read_count(struct program *p, const struct node *node, const struct scan_line *l, uint64_t *count)
{
    struct text_quoted quoted;
    if (expand(p, node->first, node->last)) {
        return error_memory(l->error);
    }
    switch (text_number(p->scratch.data, p->scratch.len, count)) {
    case TEXT_OK:
        return 0;
    case TEXT_TOO_LARGE:
        return scan_fail(l, 1, "repeat of more than 2^40 events, expected at most %llu", (unsigned long long)REPEAT_MOST);
    default:
        return scan_fail(l, 1, "bad count \"%s\", expected a number",
                         text_quote(&quoted, p->scratch.data, p->scratch.len));
    }
}

/* Checks "repeat N [as VAR]" the first time. The text is not padded yet while the body is being read. */
static int compile_repeat(struct program *p, size_t at, struct error *error)
{
    struct node *node = &p->nodes.data[at];
    struct scan_line l = node_line(p, node, error);
    struct text_quoted quoted;
    l.op = SCAN_REPEAT;
    if (node->state != NODE_RAW) {
        return 0;
    }
    if (scan_special(l.text, l.len) && scan_check_bytes(&l)) {
        return -1;
    }
    scan_split(&l);
    if (l.count < 2) {
        return scan_fail(&l, 1, "missing field, expected a number");
    }
    node->first = p->segments.len;
    if (read_segments(p, node->parent, &l, l.fields[1].text, l.fields[1].len, &node->depends)) {
        return -1;
    }
    node->last = p->segments.len;
    if (!node->depends && read_count(p, node, &l, &node->count)) {
        return -1;
    }
    if (l.count > 2 && (l.fields[2].len != 2 || memcmp(l.fields[2].text, "as", 2) != 0)) {
        return scan_fail(&l, 2, "extra field \"%s\", expected \"as\" or the end of the line",
                         text_quote(&quoted, l.fields[2].text, l.fields[2].len));
    }
    if (l.count == 3) {
        return scan_fail(&l, 3, "missing field, expected VAR");
    }
    if (l.count > 4) {
        return scan_fail(&l, 4, "extra field \"%s\", expected the end of the line",
                         text_quote(&quoted, l.fields[4].text, l.fields[4].len));
    }
    if (l.count == 4) {
        const struct scan_field *var = &l.fields[3];
        if (name_length(var->text, var->text + var->len) != var->len) {
            return scan_fail(&l, 3, "bad variable \"%s\", expected letters, digits and _, not beginning with a digit",
                             text_quote(&quoted, var->text, var->len));
        }
        node->var = (size_t)(var->text - p->text.data);
        node->var_len = var->len;
    }
    node->state = NODE_FIXED;
    return 0;
}

static uint64_t multiply(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t add(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* Adds the repeat at to the sums of the repeat around it, as far as N is known while depth frames are open. */
static void add_to_parent(struct program *p, size_t at, uint32_t depth)
{
    struct node *node = &p->nodes.data[at];
    struct node *parent = &p->nodes.data[node->parent];
    struct error ignored = {0};
    struct scan_line l = node_line(p, node, &ignored);
    uint64_t count = node->count;
    bool known = node->state != NODE_RAW;
    for (size_t i = node->first; known && node->depends && i < node->last; i++) {
        known = p->segments.data[i].frame == SEGMENT_PLAIN || p->segments.data[i].frame < depth;
    }
    if (known && node->depends) {
        known = read_count(p, node, &l, &count) == 0;
        error_clear(&ignored);
    }
    if (known) {
        parent->cost = add(parent->cost, multiply(count, node->cost > 0 ? node->cost : 1));
        parent->events |= count > 0 && node->events;
    } else {
        parent->events |= node->events || node->state == NODE_RAW;
    }
    parent->body_static &= node->body_static && node->state != NODE_RAW && !node->depends;
}

/*
 * Computes cost and events of one round of the repeat at top, from the end backwards, so that the sums of
 * inner repeats are ready before they are used. Each round counts at least 1, so that rounds without
 * events are bounded too. Inner counts that depend on variables yet unbound count nothing here: they are looked at
 * when they are reached.
 */
static void body_sums(struct program *p, size_t top)
{
    struct node *nodes = p->nodes.data;
    if (nodes[top].body_static) {
        return;
    }
    for (size_t i = nodes[top].mate; i != top; i--) {
        if (nodes[i].type == NODE_LINE) {
            nodes[nodes[i].parent].cost = add(nodes[nodes[i].parent].cost, 1);
            nodes[nodes[i].parent].events = true;
        } else if (nodes[i].type == NODE_REPEAT) {
            add_to_parent(p, i, nodes[top].depth);
        } else if (nodes[nodes[i].mate].body_static) {
            i = nodes[i].mate; /* nothing changes in there */
            add_to_parent(p, i, nodes[top].depth);
        } else {
            struct node *repeat = &nodes[nodes[i].mate];
            repeat->cost = 0;
            repeat->events = false;
            repeat->body_static = true;
        }
    }
}

/* Enters the repeat at p->at, or steps over it. 0, or -1 after filling error. */
static int start_repeat(struct program *p, struct error *error)
{
    size_t at = p->at;
    if (compile_repeat(p, at, error)) {
        return -1;
    }
    struct node *node = &p->nodes.data[at];
    struct scan_line l = node_line(p, node, error);
    l.op = SCAN_REPEAT;
    uint64_t count = node->count;
    if (node->depends && read_count(p, node, &l, &count)) {
        return -1;
    }
    body_sums(p, at);
    if (add(p->made, multiply(count, node->cost > 0 ? node->cost : 1)) > REPEAT_MOST) {
        return scan_fail(&l, 1, "repeat of more than 2^40 events, expected at most %llu", (unsigned long long)REPEAT_MOST);
    }
    if (!node->events && count > 1) {
        count = 1; /* rounds in which nothing happens: one is enough to check the lines */
    }
    if (count == 0 && at != 0) {
        p->at = node->mate + 1;
        return 0;
    }
    if (vec_push(&p->frames, ((struct frame){.node = at, .rounds = count}))) {
        return error_memory(error);
    }
    p->at = count == 0 ? node->mate : at + 1;
    return 0;
}

int repeat_open(struct trace_reader *r, const char *text, size_t len, struct error *error)
{
    struct program *p = &r->program;
    p->text.len = p->nodes.len = p->segments.len = p->patches.len = p->events.len = 0;
    p->at = 0;
    p->made = 0;
    if (add_node(r, NODE_REPEAT, NO_NODE, text, len, error) || vec_reserve(&p->text, SCAN_PAD)) {
        return error_memory(error);
    }
    memset(p->text.data + p->text.len, 0, SCAN_PAD);
    if (compile_repeat(p, 0, error) || read_body(r, error)) {
        return -1;
    }
    for (size_t i = 1; i < p->nodes.len; i++) {
        struct error ignored = {0};
        if (p->nodes.data[i].type == NODE_REPEAT && compile_repeat(p, i, &ignored)) {
            error_clear(&ignored); /* told when the line is reached */
        }
    }
    return start_repeat(p, error);
}

/* ---- lines ---- */

/* Notes how the part text[0..len) of a field changes: an empty range if it does not. */
static int patch_part(struct program *p, const struct node *node, const struct scan_line *l, const char *text,
                      size_t len)
{
    bool variables;
    size_t first = p->segments.len;
    if (read_segments(p, node->parent, l, text, len, &variables)) {
        return -1;
    }
    if (!variables) {
        p->segments.len = first;
    }
    return 0;
}

/* Makes a patch of field, which has the role that the expanded line gave it. 1 if that cannot be. */
static int patch_field(struct program *p, const struct node *node, const struct scan_line *l, unsigned field,
                       uint8_t role)
{
    const char *text = l->fields[field].text;
    size_t len = l->fields[field].len;
    bool slot = role == ROLE_A_SLOT || role == ROLE_B_SLOT;
    const char *dot = slot ? memchr(text, '.', len) : NULL;
    size_t before = dot != NULL ? (size_t)(dot - text) : len;
    struct patch patch = {.first = p->segments.len, .role = role};
    if (role == ROLE_OTHER || (slot && dot == NULL)) {
        return 1;
    }
    size_t skip = role == ROLE_SITE ? 1 : 0; /* the @ */
    if (patch_part(p, node, l, text + skip, before - skip)) {
        return -1;
    }
    patch.dot = p->segments.len;
    if (dot != NULL && patch_part(p, node, l, dot + 1, len - before - 1)) {
        return -1;
    }
    patch.last = p->segments.len;
    return vec_push(&p->patches, patch) ? error_memory(l->error) : 0;
}

/* After the first round of a line with variables, scanned as l: tries to make it a template. */
static int compile_patches(struct program *p, struct node *node, const struct scan_line *l,
                           const struct trace_event *event)
{
    struct scan_line source = node_line(p, node, l->error);
    size_t segments = p->segments.len;
    size_t patches = p->patches.len;
    int result = 0;
    scan_split(&source);
    if (event->text != NULL || source.count != l->count) {
        result = 1;
    }
    for (unsigned i = 0; i < source.count && result == 0; i++) {
        if (memchr(source.fields[i].text, '$', source.fields[i].len) != NULL) {
            result = patch_field(p, node, &source, i, l->roles[i]);
        }
    }
    if (result == 0) {
        node->event = p->events.len;
        result = vec_push(&p->events, *event) ? error_memory(l->error) : 0;
    }
    node->state = result == 0 ? NODE_PATCHED : NODE_EXPANDED;
    if (result != 0) {
        p->segments.len = segments;
        p->patches.len = patches;
    }
    node->patch = patches;
    node->patch_last = p->patches.len;
    return result < 0 ? -1 : 0;
}

/* Expands the line of node and scans it. 0; 1 if its text has no room in the arena and must wait; -1 after an error. */
static int expanded_event(struct trace_reader *r, const struct node *node, struct scan_line *l, bool full,
                          struct trace_event *e)
{
    struct program *p = &r->program;
    if (expand(p, node->first, node->last)) {
        return error_memory(l->error);
    }
    l->text = p->scratch.data;
    l->len = p->scratch.len;
    scan_word(&r->scanner, l);
    if (scan_line(&r->scanner, l, e)) {
        return -1;
    }
    if (e->text == NULL) {
        return 0;
    }
    size_t at = p->arena.len;
    if (full && (at + e->text_len > p->arena.cap || at > ARENA_FULL)) {
        return 1;
    }
    if (at + e->text_len > p->arena.cap && vec_reserve(&p->arena, e->text_len < ARENA_FIRST ? ARENA_FIRST : e->text_len)) {
        return error_memory(l->error);
    }
    memcpy(p->arena.data + at, e->text, e->text_len);
    p->arena.len += e->text_len;
    e->text = p->arena.data + at;
    return 0;
}

/* Makes the event of a line that is reached for the first time, and notes how to make the next ones. */
static int compile_line(struct trace_reader *r, struct node *node, bool full, struct trace_event *e,
                        struct error *error)
{
    struct program *p = &r->program;
    struct scan_line l = node_line(p, node, error);
    bool special = scan_special(l.text, l.len);
    bool variables = false;
    if (special && scan_check_bytes(&l)) {
        return -1;
    }
    scan_word(&r->scanner, &l);
    node->first = p->segments.len;
    if (special && read_segments(p, node->parent, &l, l.text, scan_comment(l.text, l.len, scan_keeps_hash(l.op)),
                                 &variables)) {
        p->segments.len = node->first;
        return -1;
    }
    node->last = p->segments.len;
    if (!variables) {
        if (scan_line(&r->scanner, &l, e)) {
            return -1;
        }
        node->event = p->events.len;
        node->state = NODE_FIXED;
        return vec_push(&p->events, *e) ? error_memory(error) : 0;
    }
    int result = expanded_event(r, node, &l, full, e);
    if (result != 0) {
        p->segments.len = node->first;
        return result;
    }
    node->state = NODE_EXPANDED;
    return r->fast ? compile_patches(p, node, &l, e) : 0;
}

/* The name that segments first..last give in this round; NAME_NONE if it is too long or without memory. */
static uint32_t patched_name(struct trace_reader *r, size_t first, size_t last, size_t most)
{
    struct program *p = &r->program;
    uint64_t value;
    if (pure_number(p, first, last, NAME_INTERNED - 1, &value)) {
        return (uint32_t)value;
    }
    if (expand(p, first, last) || p->scratch.len > most) {
        return NAME_NONE;
    }
    return names_intern(r->scanner.names, p->scratch.data, p->scratch.len);
}

static uint32_t patched_slot(struct trace_reader *r, size_t first, size_t last)
{
    struct program *p = &r->program;
    uint64_t value;
    if (pure_number(p, first, last, SLOT_VALUE, &value)) {
        return SLOT_INDEX | (uint32_t)value;
    }
    return expand(p, first, last) ? NAME_NONE : scan_slot(r->scanner.names, p->scratch.data, p->scratch.len);
}

/* Sets one field of e. False if the general path must look at the line: it makes the same event, or the error. */
static bool apply_patch(struct trace_reader *r, const struct patch *patch, struct trace_event *e)
{
    uint32_t *name = &e->a;
    size_t most = SCAN_ID_MOST;
    switch (patch->role) {
    case ROLE_SIZE:
        return pure_number(&r->program, patch->first, patch->dot, SCAN_BYTES_MOST, &e->number) && e->number > 0 &&
               e->kind != KIND_MAP && e->kind != KIND_CELL && e->kind != KIND_PROPCELL;
    case ROLE_B:
    case ROLE_B_SLOT:
        name = &e->b;
        break;
    case ROLE_C:
        name = &e->c;
        break;
    case ROLE_SITE:
        name = &e->site;
        most = SIZE_MAX;
        break;
    default:
        break;
    }
    if (patch->first < patch->dot) {
        *name = patched_name(r, patch->first, patch->dot, most);
    }
    if (patch->dot < patch->last) {
        e->slot = patched_slot(r, patch->dot, patch->last);
    }
    return *name != NAME_NONE && e->slot != NAME_NONE;
}

/* Makes the event of the line at p->at. 0; 1 if the batch must be handed out first; -1 after filling error. */
static int line_event(struct trace_reader *r, bool full, struct trace_event *e, struct error *error)
{
    struct program *p = &r->program;
    struct node *node = &p->nodes.data[p->at];
    int result = 0;
    bool done = false;
    if (node->state == NODE_RAW) {
        result = compile_line(r, node, full, e, error);
        done = true;
    } else if (node->state != NODE_EXPANDED) {
        *e = p->events.data[node->event];
        done = true;
        for (size_t i = node->patch; i < node->patch_last && done; i++) {
            done = apply_patch(r, &p->patches.data[i], e);
        }
    }
    if (!done) {
        struct scan_line l = node_line(p, node, error);
        result = expanded_event(r, node, &l, full, e);
    }
    if (result != 0) {
        return result;
    }
    if (++p->made > REPEAT_MOST) {
        return error_set(error, ERROR_INPUT, node->line, 1, "repeat of more than 2^40 events, expected at most %llu",
                         (unsigned long long)REPEAT_MOST);
    }
    if (reader_admit(r, e, error)) {
        p->made--;
        return -1;
    }
    p->at++;
    return 0;
}

/* ---- rounds ---- */

/* At an "end": begins the next round, or leaves the repeat; 1 if e is the event of the outermost one. */
static int end_round(struct trace_reader *r, struct trace_event *e, struct error *error)
{
    struct program *p = &r->program;
    struct node *node = &p->nodes.data[p->at];
    struct frame *frame = &p->frames.data[p->frames.len - 1];
    if (frame->rounds > 0 && node->state == NODE_RAW) {
        struct scan_line l = node_line(p, node, error);
        if (scan_special(l.text, l.len) && scan_check_bytes(&l)) {
            return -1;
        }
        scan_word(&r->scanner, &l);
        if (scan_line(&r->scanner, &l, e)) {
            return -1;
        }
        node->state = NODE_FIXED;
    }
    if (frame->round + 1 < frame->rounds) {
        frame->round++;
        p->at = node->mate + 1;
        return 0;
    }
    p->at++;
    if (--p->frames.len > 0) {
        return 0;
    }
    *e = (struct trace_event){.op = TRACE_END,
                              .a = NAME_NONE,
                              .b = NAME_NONE,
                              .c = NAME_NONE,
                              .site = NAME_NONE,
                              .line = node->line,
                              .source = p->text.data + node->text,
                              .source_len = (uint32_t)node->len};
    return 1;
}

int repeat_read(struct trace_reader *r, struct trace_event *out, int max, bool full, struct error *error)
{
    struct program *p = &r->program;
    struct error own = {0};
    int n = 0;
    int result = 0;
    while (n < max && p->frames.len > 0) {
        bool more = full || n > 0;
        switch (p->nodes.data[p->at].type) {
        case NODE_LINE:
            result = line_event(r, more, &out[n], &own);
            n += result == 0;
            break;
        case NODE_REPEAT:
            result = start_repeat(p, &own);
            break;
        default:
            result = end_round(r, &out[n], &own);
            n += result == 1;
            result = result < 0 ? -1 : 0;
            break;
        }
        if (result != 0) {
            break;
        }
    }
    if (result >= 0 || full || n > 0) {
        error_clear(&own);
        return n;
    }
    *error = own;
    return -1;
}

bool trace_skip_repeat(struct trace_reader *reader)
{
    bool open = reader->program.frames.len > 0;
    reader->program.frames.len = 0;
    return open;
}

void trace_mark_names(struct trace_reader *reader)
{
    const struct program *p = &reader->program;
    struct names *names = reader->scanner.names;
    for (size_t i = 0; p->frames.len > 0 && i < p->events.len; i++) {
        const struct trace_event *e = &p->events.data[i];
        names_mark(names, e->a);
        names_mark(names, e->b);
        names_mark(names, e->c);
        names_mark(names, e->site);
        if ((e->flags & EVENT_SLOT) && (e->slot & SLOT_TYPE) == SLOT_NAME) {
            names_mark(names, (e->slot & SLOT_VALUE) | NAME_INTERNED);
        }
    }
}
