/*
 * query.c - one figure of the report at a dotted path, for "expect PATH OP VALUE".
 *
 * A sink that opens only the sections on the path, so that the rest of the report is never made. Array items go by
 * index, spaces also by name, workers only by name, and figures of a space by the short names of heapreel-trace(5).
 */
#include "report/query.h"

#include "base/text.h"
#include "base/writer.h"
#include "report/report.h"
#include "report/sink.h"

struct part {
    const char *text;
    size_t len;
};

struct figure_sink {
    struct sink sink;
    const char *rest, *end; /* the part of the path after the open sections */
    struct part part;       /* the part that is sought in the innermost open section */
    unsigned depth;         /* open sections on the path, including the report itself */
    bool array;             /* the innermost one is an array: its items count */
    bool names;             /* but only by name */
    bool spaces;            /* a space is open, or its array */
    bool section;           /* the path ends at a section */
    bool over;              /* found, or the section has ended without it */
    bool found;
    bool number;          /* the part is an index */
    uint64_t index, item; /* the index sought; the index of the next item */
    struct sink_value value;
    struct out *known; /* NULL, or where the names that the missing part could have had go */
};

/* Takes the next part of the path; an empty part matches nothing. */
static void next_part(struct figure_sink *f)
{
    const char *dot = memchr(f->rest, '.', (size_t)(f->end - f->rest));
    const char *stop = dot ? dot : f->end;
    f->part = (struct part){f->rest, (size_t)(stop - f->rest)};
    f->rest = dot ? dot + 1 : NULL;
    f->number =
        text_number(f->part.text, f->part.len, &f->index) == TEXT_OK && (f->part.len == 1 || f->part.text[0] != '0');
}

static bool same(struct part part, const char *word)
{
    return word != NULL && strlen(word) == part.len && memcmp(word, part.text, part.len) == 0;
}

/* The short names of a space's figures. */
static bool short_name(struct part part, const char *key)
{
    static const char *const names[][2] = {{"size", "space_size"},
                                           {"used", "space_used_size"},
                                           {"available", "space_available_size"},
                                           {"physical", "physical_space_size"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (key != NULL && strcmp(key, names[i][1]) == 0)
            return same(part, names[i][0]);
    return false;
}

/* Is the member with that key (or the next item) the one sought? */
static bool matches(struct figure_sink *f, const char *key)
{
    if (f->over)
        return false;
    bool match = same(f->part, key) || (f->spaces && short_name(f->part, key));
    if (f->array && !f->names && f->number && f->item++ == f->index)
        match = true;
    if (!match && f->known != NULL && key != NULL) {
        out_words(f->known, f->known->len ? ", " : "");
        out_words(f->known, key);
    }
    return match;
}

static bool figure_open(struct sink *sink, const char *key, enum sink_shape shape)
{
    struct figure_sink *f = (struct figure_sink *)sink;
    if (f->depth != 0 && !matches(f, key))
        return false;
    if (f->depth != 0 && f->rest == NULL) { /* a section is not a figure */
        f->section = true;
        f->over = f->known == NULL;
        if (f->over)
            return false;
    }
    f->spaces |= f->depth > 0 && same(f->part, "spaces");
    f->names = f->depth == 1 && same(f->part, "workers");
    if (f->known != NULL)
        f->known->len = 0;
    if (f->section) /* opened only to learn the names of its members */
        f->part.len = f->number = 0;
    else
        next_part(f);
    f->depth++;
    f->array = shape == SINK_ARRAY || shape == SINK_LINE_ARRAY;
    f->item = 0;
    return true;
}

static void figure_close(struct sink *sink)
{
    ((struct figure_sink *)sink)->over = true;
}

static void figure_value(struct sink *sink, const char *key, const struct sink_value *value)
{
    struct figure_sink *f = (struct figure_sink *)sink;
    if (!matches(f, key))
        return;
    f->found = f->rest == NULL && (value->type == SINK_NUMBER || value->type == SINK_RATIO);
    f->value = *value;
    f->over = true;
}

static void figure_range(struct sink *sink, uint64_t *first, uint64_t *end)
{
    struct figure_sink *f = (struct figure_sink *)sink;
    if (!f->number || f->index >= *end) {
        *first = *end;
        return;
    }
    *first = f->item = f->index;
    *end = f->index + 1;
}

/* Does the path end in the name of a percentile, such as p95_ns? */
static bool percentile_at(const char *path, size_t len)
{
    const char *name = path + len;
    while (name != path && name[-1] != '.')
        name--;
    return path + len - name > 1 && name[0] == 'p' && name[1] >= '0' && name[1] <= '9';
}

/* Searches for path. known: see struct figure_sink. */
static void look(struct figure_sink *f, const struct run *run, const char *path, size_t len, struct out *known)
{
    static const struct sink_ops ops = {figure_open, figure_close, figure_value, figure_range};
    *f = (struct figure_sink){
        .sink = {&ops, false, !percentile_at(path, len)}, .rest = path, .end = path + len, .known = known};
    report_tell_current(run, &f->sink);
}

/* No object has survived that many scavenges yet: the histogram continues with zeros. */
static bool beyond_survival(const struct figure_sink *f, const char *path)
{
    static const char word[] = "survival.";
    const size_t word_len = sizeof word - 1;
    size_t len = (size_t)(f->part.text - path); /* the path before its last part */
    if (f->found || !f->number || f->rest != NULL || len < word_len || f->depth < 2)
        return false;
    const char *last = path + len - word_len;
    return memcmp(last, word, word_len) == 0 && (last == path || last[-1] == '.');
}

int report_figure(void *self, const struct run *run, const char *path, size_t len, uint64_t *value, bool *ratio)
{
    (void)self;
    struct figure_sink f;
    look(&f, run, path, len, NULL);
    if (f.sink.failed)
        return FIGURE_NO_MEMORY;
    if (!f.found && !beyond_survival(&f, path))
        return -1;
    *value = f.found ? f.value.number : 0;
    *ratio = f.found && f.value.type == SINK_RATIO;
    return 0;
}

/* Explains why f has not found path. */
static void explain(const struct figure_sink *f, const char *path, size_t len, struct out *text)
{
    struct text_quoted quoted;
    const struct out *known = f->known;
    if (f->section) {
        out_format(text, "\"%s\" is no figure but a ", text_quote(&quoted, path, len));
        out_words(text, f->array ? "list" : "group");
        out_words(text, known->len != 0 ? ": add " : ": add an index");
        out_text(text, known->data, known->len);
        return;
    }
    out_format(text, "unknown figure \"%s\"", text_quote(&quoted, f->part.text, f->part.len));
    if (f->depth > 1)
        out_format(text, " in \"%s\"", text_quote(&quoted, path, (size_t)(f->part.text - path) - 1));
    if (known->len != 0) {
        out_words(text, ", known are ");
        out_text(text, known->data, known->len);
    }
}

char *report_figure_hint(const struct run *run, const char *path, size_t len)
{
    struct out known, text;
    struct figure_sink f;
    out_to_memory(&known);
    out_to_memory(&text);
    look(&f, run, path, len, &known);
    if (f.found || f.sink.failed) {
        out_drop(&known);
        return NULL;
    }
    explain(&f, path, len, &text);
    text.failed |= known.failed;
    out_drop(&known);
    return out_take(&text);
}
