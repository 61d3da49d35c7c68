/* model-parse.c - lines to fields, repeat expansion, fields to actions. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model-internal.h"

/* One line that is not blank: its fields as they stand, before expansion. */
typedef struct line {
    uint64_t number;
    char *text;  /* fields point into it, NUL-terminated */
    list fields; /* of char * */
} line;

typedef struct variable {
    const char *name; /* NULL: a repeat without `as` */
    uint64_t value;
} variable;

typedef struct parser {
    model *model;
    list lines;          /* of line * */
    variable *variables; /* innermost last */
    size_t variable_count;
    list set_keys, set_values; /* of char * */
    bool started;              /* the first event has been reached */
} parser;

/* No test needs more, and a mistyped repeat should not hang the tests. */
#define EVENT_MAX UINT64_C(10000000)
#define SIZE_MAX_BYTES (UINT64_C(1) << 40)

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_text_event(const char *word)
{
    return strcmp(word, "title") == 0 || strcmp(word, "chapter") == 0 || strcmp(word, "note") == 0 ||
           strcmp(word, "ask") == 0;
}

/* Cut a line into fields. A text event has two: its name and all the rest. */
static void split(line *l)
{
    char *p = l->text;
    for (;;) {
        while (is_blank(*p))
            p++;
        if (*p == '\0')
            return;
        bool text_event = l->fields.count == 1 && is_text_event(l->fields.items[0]);
        if (*p == '#' && !text_event)
            return;
        md_list_add(&l->fields, p);
        if (text_event)
            return;
        while (*p != '\0' && !is_blank(*p))
            p++;
        if (*p == '\0')
            return;
        *p++ = '\0';
    }
}

static void read_lines(parser *p, const char *bytes, size_t len)
{
    size_t at = 0;
    while (at < len) {
        const char *newline = memchr(bytes + at, '\n', len - at);
        size_t end = newline == NULL ? len : (size_t)(newline - bytes);
        size_t stop = end;
        if (stop > at && bytes[stop - 1] == '\r')
            stop--;
        p->model->lines++;
        line *l = txt_alloc(1, sizeof *l);
        l->number = p->model->lines;
        l->text = txt_copy(bytes + at, stop - at);
        split(l);
        md_list_add(&p->lines, l);
        at = end + 1;
    }
}

static bool is_name_char(char c, bool first)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (!first && c >= '0' && c <= '9');
}

static size_t name_length(const char *s)
{
    size_t n = 0;
    while (is_name_char(s[n], n == 0))
        n++;
    return n;
}

static const variable *find_variable(const parser *p, const char *name, size_t len)
{
    for (size_t i = p->variable_count; i-- > 0;) {
        const variable *v = &p->variables[i];
        if (v->name != NULL && strlen(v->name) == len && memcmp(v->name, name, len) == 0)
            return v;
    }
    return NULL;
}

/*
 * Expand `${VAR}`, `${VAR+K}` or `${VAR-K}` at s; returns what follows it, NULL
 * if it is unbound or malformed.
 */
static const char *expand_braces(parser *p, const char *s, text *out)
{
    const char *name = s + 2;
    size_t len = name_length(name);
    const variable *v = find_variable(p, name, len);
    const char *rest = name + len;
    uint64_t k = 0;
    char sign = '+';
    if (*rest == '+' || *rest == '-') {
        sign = *rest++;
        if (*rest < '0' || *rest > '9')
            return NULL;
        while (*rest >= '0' && *rest <= '9')
            k = k * 10 + (uint64_t)(*rest++ - '0');
    }
    if (len == 0 || v == NULL || *rest != '}' || k > SIZE_MAX_BYTES)
        return NULL;
    if (sign == '+')
        txt_addf(out, "%" PRIu64, v->value + k);
    else
        txt_addf(out, "%" PRId64, (int64_t)v->value - (int64_t)k);
    return rest + 1;
}

/* A field with the variables put in; the caller frees it. NULL: an error. */
static char *expand(parser *p, const char *s)
{
    text out = {0};
    txt_add(&out, "", 0);
    const char *whole = s;
    while (*s != '\0') {
        size_t len = *s == '$' ? name_length(s + 1) : 0;
        const variable *v = find_variable(p, s + 1, len);
        if (s[0] == '$' && s[1] == '{') {
            s = expand_braces(p, s, &out);
            if (s == NULL) {
                model_fail(p->model, "bad expansion in \"%s\"", whole);
                txt_free(&out);
                return NULL;
            }
        } else if (len > 0 && v != NULL) {
            txt_addf(&out, "%" PRIu64, v->value);
            s += 1 + len;
        } else {
            txt_add(&out, s++, 1);
        }
    }
    return out.data;
}

/* Events. `f` holds the expanded fields after the event's name, `n` of them. */

typedef struct fields {
    char **f;
    size_t n;
} fields;

static bool want(parser *p, fields a, size_t least, size_t most)
{
    if (a.n < least || a.n > most)
        return model_fail(p->model, "wrong number of fields");
    return true;
}

/* Cut `HOLDER.SLOT` at its first dot; the slot's name, NULL without a dot. */
static const char *cut_slot(char *field)
{
    char *dot = strchr(field, '.');
    if (dot == NULL)
        return NULL;
    *dot = '\0';
    return dot + 1;
}

static bool duration_ok(const char *s)
{
    size_t digits = strspn(s, "0123456789");
    const char *unit = s + digits;
    return digits > 0 &&
           (strcmp(unit, "ns") == 0 || strcmp(unit, "us") == 0 || strcmp(unit, "ms") == 0 || strcmp(unit, "s") == 0);
}

static bool size_of(parser *p, const char *field, const kind_info *kind, uint64_t *size)
{
    bool dash = strcmp(field, "-") == 0;
    if (dash && kind->class == KC_FIXED) {
        *size = kind->fixed_size;
        return true;
    }
    if (dash || !md_config_size(field, size) || *size == 0 || *size > SIZE_MAX_BYTES ||
        (kind->class == KC_FIXED && *size != kind->fixed_size)) {
        return model_fail(p->model, "bad size \"%s\"", field);
    }
    return true;
}

static bool id_ok(const char *id)
{
    return id[0] != '\0' && id[0] != '#' && id[0] != '@' && strchr(id, '.') == NULL && strlen(id) <= 255;
}

static bool do_alloc(parser *p, fields a)
{
    if (!want(p, a, 2, 6))
        return false;
    if (!id_ok(a.f[0]))
        return model_fail(p->model, "bad ID \"%s\"", a.f[0]);
    const kind_info *kind = md_kind_find("object");
    object *holder = NULL;
    const char *slot_name = NULL;
    size_t i = 2;
    if (i < a.n && md_kind_find(a.f[i]) != NULL)
        kind = md_kind_find(a.f[i++]);
    if (i + 1 < a.n && strcmp(a.f[i], "in") == 0) {
        slot_name = cut_slot(a.f[i + 1]);
        holder = md_named(p->model, a.f[i + 1]);
        if (holder == NULL)
            return false;
        i += 2;
    }
    const char *site = i < a.n && a.f[i][0] == '@' ? a.f[i++] + 1 : NULL;
    if (i != a.n)
        return model_fail(p->model, "unexpected \"%s\"", a.f[i]);
    uint64_t size;
    return size_of(p, a.f[1], kind, &size) && md_alloc(p->model, a.f[0], size, kind, holder, slot_name, site);
}

static bool do_store(parser *p, fields a, bool weak)
{
    if (!want(p, a, 2, 2))
        return false;
    const char *slot_name = cut_slot(a.f[0]);
    if (weak && slot_name == NULL)
        return model_fail(p->model, "weak needs a slot");
    object *src = md_named(p->model, a.f[0]);
    object *dst = src == NULL ? NULL : md_named(p->model, a.f[1]);
    return dst != NULL && md_store(p->model, src, slot_name, dst, weak);
}

static bool do_ref(parser *p, fields a)
{
    return do_store(p, a, false);
}

static bool do_weak(parser *p, fields a)
{
    return do_store(p, a, true);
}

static bool do_unref(parser *p, fields a)
{
    if (!want(p, a, 1, 2))
        return false;
    const char *slot_name = cut_slot(a.f[0]);
    object *src = md_named(p->model, a.f[0]);
    if (src == NULL)
        return false;
    if (a.n == 1 && slot_name != NULL)
        return md_unref_slot(p->model, src, slot_name);
    if (a.n == 1 || slot_name != NULL)
        return model_fail(p->model, "unref takes SRC.SLOT or SRC DST");
    const object *dst = md_named(p->model, a.f[1]);
    return dst != NULL && md_unref_target(p->model, src, dst);
}

static bool do_entry(parser *p, fields a)
{
    if (!want(p, a, 2, 3))
        return false;
    object *o[3] = {NULL, NULL, NULL};
    for (size_t i = 0; i < a.n; i++) {
        o[i] = md_named(p->model, a.f[i]);
        if (o[i] == NULL)
            return false;
    }
    return md_entry(p->model, o[0], o[1], o[2]);
}

static bool do_unentry(parser *p, fields a)
{
    if (!want(p, a, 2, 2))
        return false;
    object *map = md_named(p->model, a.f[0]);
    object *key = map == NULL ? NULL : md_named(p->model, a.f[1]);
    return key != NULL && md_unentry(p->model, map, key);
}

static bool do_root(parser *p, fields a)
{
    object *o = want(p, a, 1, 1) ? md_named(p->model, a.f[0]) : NULL;
    if (o != NULL)
        md_root(p->model, o);
    return o != NULL;
}

static bool do_release(parser *p, fields a)
{
    object *o = want(p, a, 1, 1) ? md_named(p->model, a.f[0]) : NULL;
    return o != NULL && md_release(p->model, o);
}

static bool do_enter(parser *p, fields a)
{
    if (!want(p, a, 0, 1))
        return false;
    p->model->scope++;
    md_list_add(&p->model->scopes, a.n == 1 ? txt_copy(a.f[0], strlen(a.f[0])) : NULL);
    return true;
}

static bool do_leave(parser *p, fields a)
{
    if (!want(p, a, 0, 0))
        return false;
    if (p->model->scope == 0)
        return model_fail(p->model, "leave without enter");
    md_leave(p->model);
    return true;
}

static bool do_external(parser *p, fields a)
{
    uint64_t bytes;
    if (!want(p, a, 2, 2))
        return false;
    if (!md_config_size(a.f[1], &bytes) || bytes > SIZE_MAX_BYTES)
        return model_fail(p->model, "bad size \"%s\"", a.f[1]);
    return md_set_external(p->model, a.f[0], bytes);
}

static bool do_finalize(parser *p, fields a)
{
    object *o = want(p, a, 1, 1) ? md_named(p->model, a.f[0]) : NULL;
    if (o != NULL)
        md_register(p->model, o);
    return o != NULL;
}

static bool do_use(parser *p, fields a)
{
    if (!want(p, a, 1, 2))
        return false;
    if (a.n == 2 && strcmp(a.f[1], "deep") != 0)
        return model_fail(p->model, "unexpected \"%s\"", a.f[1]);
    object *o = md_named(p->model, a.f[0]);
    if (o != NULL && a.n == 2)
        md_use_deep(p->model, o);
    return o != NULL;
}

static bool do_work(parser *p, fields a)
{
    if (!want(p, a, 1, 1))
        return false;
    return duration_ok(a.f[0]) || model_fail(p->model, "bad duration \"%s\"", a.f[0]);
}

static bool do_idle(parser *p, fields a)
{
    if (!do_work(p, a))
        return false;
    md_idle(p->model);
    return true;
}

static bool do_gc(parser *p, fields a)
{
    if (!want(p, a, 0, 1))
        return false;
    const char *how = a.n == 0 ? "major" : a.f[0];
    bool compact = strcmp(how, "compact") == 0;
    if (strcmp(how, "minor") == 0)
        md_scavenge(p->model, "testing");
    else if (compact || strcmp(how, "major") == 0)
        md_major(p->model, compact, "testing");
    else
        return model_fail(p->model, "beyond the model: gc %s", how);
    return true;
}

static const struct {
    const char *name;
    bool (*run)(parser *, fields);
} events[EV_COUNT] = {
#define X(name) {#name, do_##name},
    MODEL_EVENTS(X)
#undef X
};

static bool start(parser *p)
{
    p->started = true;
    return md_config_build(p->model, (const char *const *)p->set_keys.items, (const char *const *)p->set_values.items,
                           p->set_keys.count);
}

static bool run_event(parser *p, const char *name, fields a)
{
    for (int e = 0; e < EV_COUNT; e++) {
        if (strcmp(name, events[e].name) != 0)
            continue;
        if (!p->started && !start(p))
            return false;
        p->model->event++;
        p->model->event_counts[e]++;
        if (p->model->event > EVENT_MAX)
            return model_fail(p->model, "beyond the model: too many events");
        size_t collections = p->model->collection_count;
        if (!events[e].run(p, a))
            return false;
        md_watched(p->model, collections);
        return md_config_limits_far(p->model) || model_fail(p->model, "beyond the model: a limit is near");
    }
    return model_fail(p->model, "unknown or unsupported event \"%s\"", name);
}

/* Lines that are no events of the heap. True and *handled if it was one. */
static bool run_other(parser *p, const char *name, fields a, bool *handled)
{
    *handled = true;
    if (strcmp(name, "title") == 0) {
        free(p->model->title);
        const char *title = a.n > 0 ? a.f[0] : "";
        p->model->title = txt_copy(title, strlen(title));
        return true;
    }
    if (is_text_event(name))
        return true;
    if (strcmp(name, "heapreel-trace") == 0)
        return (a.n == 1 && strcmp(a.f[0], "1") == 0) || model_fail(p->model, "unsupported version");
    if (strcmp(name, "set") == 0) {
        if (p->started || a.n != 2)
            return model_fail(p->model, "bad set");
        md_list_add(&p->set_keys, txt_copy(a.f[0], strlen(a.f[0])));
        md_list_add(&p->set_values, txt_copy(a.f[1], strlen(a.f[1])));
        return true;
    }
    *handled = false;
    return true;
}

static bool run_line(parser *p, const line *l)
{
    list expanded = {0};
    bool ok = true;
    const char *name = l->fields.items[0];
    for (size_t i = 1; ok && i < l->fields.count; i++) {
        const char *field = l->fields.items[i];
        char *copy = is_text_event(name) ? txt_copy(field, strlen(field)) : expand(p, field);
        ok = copy != NULL;
        if (ok)
            md_list_add(&expanded, copy);
    }
    if (ok) {
        fields a = {(char **)expanded.items, expanded.count};
        bool handled = false;
        ok = run_other(p, name, a, &handled) && (handled || run_event(p, name, a));
    }
    for (size_t i = 0; i < expanded.count; i++)
        free(expanded.items[i]);
    md_list_free(&expanded);
    return ok;
}

static bool line_is(const line *l, const char *name)
{
    return l->fields.count > 0 && strcmp(l->fields.items[0], name) == 0;
}

/*
 * The line of the `end` that closes the repeat at `first`; the number of lines
 * if there is none.
 */
static size_t matching_end(const parser *p, size_t first)
{
    size_t depth = 0;
    for (size_t i = first; i < p->lines.count; i++) {
        const line *l = p->lines.items[i];
        depth += line_is(l, "repeat");
        if (line_is(l, "end") && --depth == 0)
            return i;
    }
    return p->lines.count;
}

static bool run_block(parser *p, size_t first, size_t stop);

static bool run_repeat(parser *p, size_t first, size_t stop)
{
    const line *l = p->lines.items[first];
    char **f = (char **)l->fields.items;
    size_t n = l->fields.count;
    bool as = n == 4 && strcmp(f[2], "as") == 0 && name_length(f[3]) == strlen(f[3]) && f[3][0] != '\0';
    if (n != 2 && !as)
        return model_fail(p->model, "bad repeat");
    char *count_text = expand(p, f[1]);
    if (count_text == NULL)
        return false;
    uint64_t count = 0;
    bool ok = strspn(count_text, "0123456789") == strlen(count_text) && md_config_size(count_text, &count);
    free(count_text);
    if (!ok)
        return model_fail(p->model, "bad repeat count");
    p->variables = txt_realloc(p->variables, p->variable_count + 1, sizeof *p->variables);
    size_t mine = p->variable_count++;
    for (uint64_t i = 0; ok && i < count; i++) {
        p->variables[mine] = (variable){as ? f[3] : NULL, i};
        ok = run_block(p, first + 1, stop);
    }
    p->variable_count--;
    return ok;
}

/* Run the lines from `first` up to, not including, `stop`. */
static bool run_block(parser *p, size_t first, size_t stop)
{
    for (size_t i = first; i < stop; i++) {
        const line *l = p->lines.items[i];
        p->model->line = l->number;
        if (l->fields.count == 0)
            continue;
        if (line_is(l, "end"))
            return model_fail(p->model, "end without repeat");
        if (line_is(l, "repeat")) {
            size_t end = matching_end(p, i);
            if (end >= p->lines.count)
                return model_fail(p->model, "unclosed repeat");
            if (!run_repeat(p, i, end))
                return false;
            i = end;
        } else if (!run_line(p, l)) {
            return false;
        }
    }
    return true;
}

static void free_strings(list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i]);
    md_list_free(l);
}

bool md_parse_and_run(model *m, const char *text_bytes, size_t len)
{
    parser p = {.model = m};
    bool ok = len == 0 || memchr(text_bytes, '\0', len) == NULL || model_fail(m, "a NUL byte");
    if (ok) {
        read_lines(&p, text_bytes, len);
        ok = run_block(&p, 0, p.lines.count) && (p.started || start(&p));
    }
    for (size_t i = 0; i < p.lines.count; i++) {
        line *l = p.lines.items[i];
        free(l->text);
        md_list_free(&l->fields);
        free(l);
    }
    md_list_free(&p.lines);
    free(p.variables);
    free_strings(&p.set_keys);
    free_strings(&p.set_values);
    return ok;
}
