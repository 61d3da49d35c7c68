/*
 * repeat.c - "repeat" as a small program.
 *
 * The lines of an outermost repeat are kept once, as nodes; a stack of frames counts the rounds. A repeat that is too
 * large is refused before it runs, and rounds in which nothing can happen are skipped. Lines become events in
 * template.c.
 */
#include "trace/internal.h"

#include "base/text.h"

#include <string.h>

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
    if (vec_reserve(&p->text, len) || vec_push(&p->nodes, node))
        return error_memory(error);
    memcpy(p->text.data + p->text.len, text, len);
    p->text.len += len;
    return 0;
}

/* Is it a blank line or a comment that can be forgotten? Those with bad bytes are errors when they are reached. */
static bool forgettable(struct scan_line *l)
{
    if (l->word.len > 0)
        return false;
    struct error ignored = {0};
    l->error = &ignored;
    bool bad = scan_special(l->text, l->len) && scan_check_bytes(l);
    l->error = NULL;
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
            struct scan_line l = program_line(p, &p->nodes.data[open], error);
            return scan_fail(&l, 0, "repeat without end, expected \"end\" before the trace ends");
        }
        if (got < 0)
            return -1;
        line.source = line.text;
        line.source_len = line.len;
        scan_word(&r->scanner, &line);
        if (forgettable(&line))
            continue;
        enum node_type type = line.op == SCAN_REPEAT ? NODE_REPEAT : line.op == TRACE_END ? NODE_END : NODE_LINE;
        if (add_node(r, type, open, line.text, line.len, error))
            return -1;
        size_t at = p->nodes.len - 1;
        p->switches |= line.op == TRACE_WORKER;
        if (type == NODE_REPEAT) {
            open = at;
        } else if (type == NODE_END) {
            p->nodes.data[at].mate = open;
            p->nodes.data[open].mate = at;
            open = p->nodes.data[open].parent;
        }
    }
    if (vec_reserve(&p->text, SCAN_PAD))
        return error_memory(error);
    memset(p->text.data + p->text.len, 0, SCAN_PAD);
    return 0;
}

/* ---- repeat lines ---- */

/* Evaluates N, whose segments have been read. 0, or -1 after filling l->error. */
static int read_count(struct program *p, const struct node *node, const struct scan_line *l, uint64_t *count)
{
    struct text_quoted quoted;
    if (segments_expand(p, node->first, node->last))
        return error_memory(l->error);
    switch (text_number(p->scratch.data, p->scratch.len, count)) {
    case TEXT_OK: return 0;
    case TEXT_TOO_LARGE:
        return scan_fail(l, 1, "repeat of more than 2^40 events, expected at most %llu",
                         (unsigned long long)REPEAT_MOST);
    default:
        return scan_fail(l, 1, "bad count \"%s\", expected a number",
                         text_quote(&quoted, p->scratch.data, p->scratch.len));
    }
}

/* Checks "repeat N [as VAR]" the first time. The text is not padded yet while the body is being read. */
static int compile_repeat(struct program *p, size_t at, struct error *error)
{
    struct node *node = &p->nodes.data[at];
    struct scan_line l = program_line(p, node, error);
    struct text_quoted quoted;
    l.op = SCAN_REPEAT;
    if (node->state != NODE_RAW)
        return 0;
    if (scan_special(l.text, l.len) && scan_check_bytes(&l))
        return -1;
    scan_split(&l);
    if (l.count < 2)
        return scan_fail(&l, 1, "missing field, expected a number");
    node->first = p->segments.len;
    if (segments_read(p, node->parent, &l, l.fields[1].text, l.fields[1].len, &node->depends))
        return -1;
    node->last = p->segments.len;
    if (!node->depends && read_count(p, node, &l, &node->count))
        return -1;
    if (l.count > 2 && (l.fields[2].len != 2 || memcmp(l.fields[2].text, "as", 2) != 0)) {
        return scan_fail(&l, 2, "extra field \"%s\", expected \"as\" or the end of the line",
                         text_quote(&quoted, l.fields[2].text, l.fields[2].len));
    }
    if (l.count == 3)
        return scan_fail(&l, 3, "missing field, expected VAR");
    if (l.count > 4) {
        return scan_fail(&l, 4, "extra field \"%s\", expected the end of the line",
                         text_quote(&quoted, l.fields[4].text, l.fields[4].len));
    }
    if (l.count == 4) {
        const struct scan_field *var = &l.fields[3];
        if (variable_length(var->text, var->text + var->len) != var->len) {
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

/* Adds the repeat at to the sums of the repeat around it, as far as N is known with depth frames open. */
static void add_to_parent(struct program *p, size_t at, uint32_t depth)
{
    struct node *node = &p->nodes.data[at];
    struct node *parent = &p->nodes.data[node->parent];
    struct error ignored = {0};
    struct scan_line l = program_line(p, node, &ignored);
    uint64_t count = node->count;
    bool known = node->state != NODE_RAW;
    for (size_t i = node->first; known && node->depends && i < node->last; i++)
        known = p->segments.data[i].frame == SEGMENT_PLAIN || p->segments.data[i].frame < depth;
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
 * Computes cost and events of one round of the repeat at top, from the end backwards, so that the sums of inner repeats
 * are ready before they are needed. Each round counts at least 1, so that rounds without events are bounded too. Inner
 * counts that depend on unknown variables count nothing here: they are checked when they are reached.
 */
static void body_sums(struct program *p, size_t top)
{
    struct node *nodes = p->nodes.data;
    if (nodes[top].body_static)
        return;
    for (size_t i = nodes[top].mate; i != top; i--) {
        if (nodes[i].type == NODE_LINE) {
            nodes[nodes[i].parent].cost = add(nodes[nodes[i].parent].cost, 1);
            nodes[nodes[i].parent].events = true;
        } else if (nodes[i].type == NODE_REPEAT) {
            add_to_parent(p, i, nodes[top].depth);
        } else if (nodes[nodes[i].mate].body_static) {
            i = nodes[i].mate; /* nothing in it changes */
            add_to_parent(p, i, nodes[top].depth);
        } else {
            struct node *repeat = &nodes[nodes[i].mate];
            repeat->cost = 0;
            repeat->events = false;
            repeat->body_static = true;
        }
    }
}

/* Enters the repeat at p->at, or skips it. 0, or -1 after filling error. */
static int start_repeat(struct program *p, struct error *error)
{
    size_t at = p->at;
    if (compile_repeat(p, at, error))
        return -1;
    struct node *node = &p->nodes.data[at];
    struct scan_line l = program_line(p, node, error);
    l.op = SCAN_REPEAT;
    uint64_t count = node->count;
    if (node->depends && read_count(p, node, &l, &count))
        return -1;
    body_sums(p, at);
    if (add(p->made, multiply(count, node->cost > 0 ? node->cost : 1)) > REPEAT_MOST) {
        return scan_fail(&l, 1, "repeat of more than 2^40 events, expected at most %llu",
                         (unsigned long long)REPEAT_MOST);
    }
    if (!node->events && count > 1)
        count = 1; /* rounds in which nothing happens: one is enough to check the lines */
    if (count == 0 && at != 0) {
        p->at = node->mate + 1;
        return 0;
    }
    if (vec_push(&p->frames, ((struct trace_round){.node = at, .rounds = count})))
        return error_memory(error);
    p->at = count == 0 ? node->mate : at + 1;
    return 0;
}

int repeat_load(struct trace_reader *r, const char *text, size_t len, struct error *error)
{
    struct program *p = &r->program;
    p->loaded = false;
    p->offset = source_tell(&r->source) - (uint64_t)(r->source.data + r->source.at - text);
    p->line = r->line;
    p->text.len = p->nodes.len = p->segments.len = p->patches.len = p->events.len = 0;
    p->at = 0;
    p->made = 0;
    p->switches = false;
    if (add_node(r, NODE_REPEAT, NO_NODE, text, len, error) || vec_reserve(&p->text, SCAN_PAD))
        return error_memory(error);
    memset(p->text.data + p->text.len, 0, SCAN_PAD);
    if (compile_repeat(p, 0, error) || read_body(r, error))
        return -1;
    for (size_t i = 1; i < p->nodes.len; i++) {
        struct error ignored = {0};
        if (p->nodes.data[i].type == NODE_REPEAT && compile_repeat(p, i, &ignored))
            error_clear(&ignored); /* reported when the line is reached */
    }
    p->loaded = true;
    return 0;
}

int repeat_open(struct trace_reader *r, const char *text, size_t len, struct error *error)
{
    return repeat_load(r, text, len, error) ? -1 : start_repeat(&r->program, error);
}

/* ---- rounds ---- */

/* At an "end": begins the next round, or leaves the repeat; 1 if e is the event of the outermost one. */
static int end_round(struct trace_reader *r, struct trace_event *e, struct error *error)
{
    struct program *p = &r->program;
    struct node *node = &p->nodes.data[p->at];
    struct trace_round *frame = &p->frames.data[p->frames.len - 1];
    if (frame->rounds > 0 && node->state == NODE_RAW) {
        struct scan_line l = program_line(p, node, error);
        if (scan_special(l.text, l.len) && scan_check_bytes(&l))
            return -1;
        scan_word(&r->scanner, &l);
        if (scan_line(&r->scanner, &l, e))
            return -1;
        node->state = NODE_FIXED;
    }
    if (frame->round + 1 < frame->rounds) {
        frame->round++;
        p->at = node->mate + 1;
        return 0;
    }
    p->at++;
    if (--p->frames.len > 0)
        return 0;
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
            result = template_event(r, more, &out[n], &own);
            if (result == 0)
                out[n++].flags |= EVENT_REPEAT;
            break;
        case NODE_REPEAT: result = start_repeat(p, &own); break;
        default:
            result = end_round(r, &out[n], &own);
            n += result == 1;
            result = result < 0 ? -1 : 0;
            break;
        }
        if (result != 0)
            break;
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

bool trace_repeat_switches(const struct trace_reader *reader)
{
    return reader->program.frames.len > 0 && reader->program.switches;
}

void trace_mark_names(struct trace_reader *reader)
{
    const struct program *p = &reader->program;
    struct names *names = reader->scanner.names;
    for (size_t i = 0; p->loaded && i < p->events.len; i++) {
        const struct trace_event *e = &p->events.data[i];
        names_mark(names, e->a);
        names_mark(names, e->b);
        names_mark(names, e->c);
        names_mark(names, e->site);
        if ((e->flags & EVENT_SLOT) && (e->slot & SLOT_TYPE) == SLOT_NAME)
            names_mark(names, (e->slot & SLOT_VALUE) | NAME_INTERNED);
    }
}
