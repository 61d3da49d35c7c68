/* leak_report.c - leaks in the JSON report and in the summary, and paths for people. */
#include "report/leak_report.h"

#include "heap/figures.h"
#include "heap/leaks.h"
#include "heap/roots.h"
#include "heap/slots.h"
#include "report/labels.h"

#define COLUMNS 80
#define SITES 10 /* sites with a line in the summary */
#define SITE 21  /* columns of a site's name */
#define SITE_KEY 64
#define ENDS 32     /* steps at each end of a path in JSON; the rest is left out */
#define WORD_ENDS 4 /* the same for people */

/* Where a long path is cut: the first part ends at *end, the other begins at *again. */
static void cut(const struct heap_path *path, size_t ends, size_t *end, size_t *again)
{
    *end = *again = path->steps.len;
    if (path->steps.len > 2 * ends) {
        *end = ends;
        *again = path->steps.len - ends;
    }
}

/* The key of the slot, or the key object of the entry, that holds a step. */
static uint32_t slot_of(const struct heap *h, const struct path_edge *edge)
{
    uint32_t count;
    return object_slots(h, edge->from, &count)[edge->place].key;
}
static uint32_t key_of(const struct heap *h, const struct path_edge *edge)
{
    uint32_t count;
    return entry_key(&object_entries(h, edge->from, &count)[edge->place]);
}

/* ---- JSON ---- */

static void tell_name(struct sink *sink, const char *key, const struct heap *h, uint32_t name)
{
    char digits[NAME_DIGITS];
    struct sink_value value = {.type = SINK_STRING};
    if (name != NAME_NONE)
        value.text = names_text(h->names, name, digits, &value.len);
    sink->ops->value(sink, key, &value);
}

static void tell_step(const struct heap *h, const struct path_step *step, struct sink *sink)
{
    static const char *const by[] = {[PATH_ROOT] = "scope", [PATH_SLOT] = "slot", [PATH_ENTRY] = "entry"};
    const struct object *o = &h->objects.data[step->object];
    uint32_t label = NAME_NONE;
    if (!sink_open(sink, NULL, SINK_LINE_OBJECT))
        return;
    if (step->edge.link == PATH_ROOT)
        label = h->scopes.data[roots_scope(h, step->edge.place)].name;
    else if (step->edge.link == PATH_SLOT)
        label = label_slot_name(slot_of(h, &step->edge));
    else
        label = h->objects.data[key_of(h, &step->edge)].name;
    sink_string(sink, "by", by[step->edge.link]);
    tell_name(sink, "label", h, label);
    tell_name(sink, "object", h, o->name);
    sink_string(sink, "kind", object_kind_word(object_kind(o)));
    sink_number(sink, "bytes", object_bytes(o));
    sink_close(sink);
}

static void tell_path(const struct heap *h, const struct leaks *leaks, const struct leak_site *site, struct sink *sink)
{
    struct heap_path path = {0};
    size_t end, again;
    if (path_tree_path(&leaks->paths, site->nearest, &path)) {
        sink->failed = true;
    } else {
        cut(&path, ENDS, &end, &again);
        sink_number(sink, "path_length", path.steps.len);
        if (sink_open(sink, "path", SINK_ARRAY)) {
            for (size_t i = 0; i < path.steps.len; i++)
                if (i < end || i >= again)
                    tell_step(h, &path.steps.data[i], sink);
            sink_close(sink);
        }
    }
    vec_free(&path.steps);
}

/* The word by which query.c finds a site; NULL if it has no short one, or one that looks like an index. */
static const char *site_key(const struct heap *h, uint32_t index, char key[SITE_KEY])
{
    char digits[NAME_DIGITS];
    size_t len;
    uint32_t name = h->sites.data[index].name;
    if (name == NAME_NONE)
        return leak_site_word(index);
    const char *text = names_text(h->names, name, digits, &len);
    if (!(name & NAME_INTERNED) || len >= SITE_KEY)
        return NULL;
    memcpy(key, text, len);
    key[len] = '\0';
    return key;
}

/* worker: whose site it is, or NULL if that is clear. */
static void tell_site(const struct heap *h, const char *worker, const struct leaks *leaks, uint32_t index,
                      struct sink *sink)
{
    const struct leak_site *site = &leaks->sites.data[index];
    const char *word = leak_site_word(index);
    char key[SITE_KEY];
    if (!sink_open(sink, site_key(h, index, key), SINK_OBJECT))
        return;
    if (worker)
        sink_string(sink, "worker", worker);
    if (word)
        sink_string(sink, "site", word);
    else
        tell_name(sink, "site", h, site->name);
    sink_string(sink, "class", leak_class_word(site->class));
    sink_number(sink, "allocations", site->allocations);
    sink_number(sink, "bytes", site->bytes);
    sink_number(sink, "live", site->live);
    sink_number(sink, "live_bytes", site->live_bytes);
    sink_number(sink, "stale", site->stale);
    sink_number(sink, "stale_bytes", site->stale_bytes);
    if (site->nearest != NONE)
        tell_path(h, leaks, site, sink);
    sink_close(sink);
}

static void tell_sites(const struct heap *h, const char *worker, const struct leaks *leaks, struct sink *sink)
{
    struct site_list list = {{0}};
    if (leaks_ranking(leaks, &list))
        sink->failed = true;
    for (size_t i = 0; i < list.sites.len && !sink->failed; i++)
        tell_site(h, worker, leaks, list.sites.data[i], sink);
    vec_free(&list.sites);
}

/* The leaks of each of some heaps, and their sums. */
struct found {
    VEC(struct leaks) each;
    enum leak_verdict verdict;
    unsigned rises;
    uint64_t stale, stale_bytes;
};

static void found_free(struct found *found)
{
    for (size_t i = 0; i < found->each.len; i++)
        leaks_free(&found->each.data[i]);
    vec_free(&found->each);
}

/* 0, or -1 without memory. */
static int find_all(const struct heaps *heaps, struct found *found)
{
    const struct worker *it;
    size_t at;
    HEAPS_EACH (heaps, at, it) {
        struct leaks leaks;
        if (vec_reserve(&found->each, 1) || leaks_find(&it->heap, &leaks))
            return -1;
        found->each.data[found->each.len++] = leaks;
        found->verdict = leaks.verdict > found->verdict ? leaks.verdict : found->verdict;
        found->rises = leaks.rises > found->rises ? leaks.rises : found->rises;
        found->stale += leaks.stale;
        found->stale_bytes += leaks.stale_bytes;
    }
    return 0;
}

static void tell_found(const struct heaps *heaps, const struct found *found, struct sink *sink)
{
    const struct worker *it;
    size_t at, i = 0;
    bool several = heaps->end - heaps->first > 1;
    sink_string(sink, "verdict", leak_verdict_word(found->verdict));
    sink_number(sink, "rises", found->rises);
    if (sink_open(sink, "series", SINK_LINE_ARRAY)) {
        uint64_t first, end = several ? 0 : found->each.data[0].majors;
        sink_range(sink, &first, &end);
        for (uint64_t major = first; major < end; major++)
            sink_number(sink, NULL, found->each.data[0].series[major]);
        sink_close(sink);
    }
    sink_number(sink, "stale", found->stale);
    sink_number(sink, "stale_bytes", found->stale_bytes);
    if (sink_open(sink, "sites", SINK_ARRAY)) {
        HEAPS_EACH (heaps, at, it)
            tell_sites(&it->heap, several ? worker_name(it) : NULL, &found->each.data[i++], sink);
        sink_close(sink);
    }
}

void leak_report_tell(const struct heaps *heaps, struct sink *sink)
{
    struct found found = {.verdict = VERDICT_UNKNOWN};
    if (!sink_open(sink, "leaks", SINK_OBJECT))
        return;
    if (find_all(heaps, &found)) {
        sink->failed = true;
    } else {
        tell_found(heaps, &found, sink);
        sink_close(sink);
    }
    found_free(&found);
}

/* ---- for people ---- */

static void put_step(struct out *out, const struct heap *h, const struct path_step *step)
{
    uint32_t name;
    switch ((enum path_link)step->edge.link) {
    case PATH_ROOT:
        name = h->scopes.data[roots_scope(h, step->edge.place)].name;
        if (name != NAME_NONE) {
            label_name(out, h, name);
            out_words(out, ": ");
        }
        label_object(out, h, step->object);
        break;
    case PATH_SLOT:
        if (label_slot_name(slot_of(h, &step->edge)) == NAME_NONE)
            out_words(out, ".*");
        else
            label_slot(out, h, slot_of(h, &step->edge));
        break;
    case PATH_ENTRY:
        out_words(out, ".get(");
        label_object(out, h, key_of(h, &step->edge));
        out_char(out, ')');
        break;
    }
}

void leak_report_put_path(struct out *out, const struct heap *h, const struct heap_path *path)
{
    size_t end, again;
    cut(path, WORD_ENDS, &end, &again);
    for (size_t i = 0; i < path->steps.len; i++)
        if (i < end || i >= again)
            put_step(out, h, &path->steps.data[i]);
        else if (i == end)
            out_words(out, " ... ");
}

/* Writes what holds the nearest stale object of a site, on one line. 0, or -1 without memory. */
static int put_holders(struct out *out, const struct heap *h, const struct leaks *leaks, const struct leak_site *site)
{
    struct heap_path path = {0};
    struct out line;
    out_to_memory(&line);
    int failed = path_tree_path(&leaks->paths, site->nearest, &path);
    if (!failed) {
        leak_report_put_path(&line, h, &path);
        failed = line.failed ? -1 : 0;
        out_words(out, path.steps.len == 1 ? "    a root: " : "    held by ");
        out_safe(out, line.data, line.len, COLUMNS - 12);
        out_char(out, '\n');
    }
    out_drop(&line);
    vec_free(&path.steps);
    return failed;
}

static void put_right(struct out *out, const char *text, size_t width)
{
    size_t len = strlen(text);
    out_repeat(out, ' ', len < width ? width - len : 0);
    out_words(out, text);
}

static int put_site(struct out *out, const struct heap *h, const struct leaks *leaks, uint32_t index)
{
    const struct leak_site *site = &leaks->sites.data[index];
    const char *text = leak_site_word(index);
    char digits[NAME_DIGITS], number[OUT_HUMAN];
    size_t len = text ? strlen(text) : 0;
    if (!text)
        text = names_text(h->names, site->name, digits, &len);
    out_words(out, "  ");
    out_repeat(out, ' ', SITE + 1 - out_safe(out, text, len, SITE));
    out_format(out, "%-12s", leak_class_word(site->class));
    put_right(out, human_number(number, site->allocations), 12);
    put_right(out, human_number(number, site->live), 10);
    put_right(out, human_number(number, site->stale), 10);
    put_right(out, human_size(number, site->stale_bytes), 10);
    out_char(out, '\n');
    return site->nearest == NONE ? 0 : put_holders(out, h, leaks, site);
}

static void put_verdict(struct out *out, const struct leaks *leaks)
{
    char text[OUT_HUMAN];
    if (leaks->verdict == VERDICT_UNKNOWN) {
        out_format(out, "\nLeaks           not judged: the rule of growth needs %u major collections", GROWTH_MAJORS);
    } else {
        out_format(out, "\nLeaks           %s: majors left", leak_verdict_word(leaks->verdict));
        for (unsigned i = 0; i < leaks->majors; i++) {
            out_char(out, ' ');
            out_words(out, human_size(text, leaks->series[i]));
        }
    }
    out_char(out, '\n');
    if (leaks->stale == 0)
        return;
    out_format(out, "  stale: %s %s, ", human_number(text, leaks->stale), leaks->stale == 1 ? "object" : "objects");
    out_format(out, "%s bytes, reachable but not named for %u majors\n", human_size(text, leaks->stale_bytes),
               STALE_AFTER);
}

/* Writes the sites that leak, those with the most stale bytes first. 0, or -1 without memory. */
static int put_sites(struct out *out, const struct heap *h, const struct leaks *leaks)
{
    struct site_list list = {{0}};
    uint64_t shown = 0, more = 0;
    int failed = leaks_ranking(leaks, &list);
    for (size_t i = 0; i < list.sites.len && !failed; i++) {
        if (leaks->sites.data[list.sites.data[i]].class == LEAK_NONE)
            continue;
        if (shown == SITES) {
            more++;
            continue;
        }
        if (shown++ == 0)
            out_format(out, "  %-22s%-12s%12s%10s%10s%10s\n", "site", "class", "allocated", "live", "stale", "bytes");
        failed = put_site(out, h, leaks, list.sites.data[i]);
    }
    if (more > 0) {
        out_words(out, "  and ");
        out_grouped(out, more);
        out_words(out, " more sites\n");
    }
    vec_free(&list.sites);
    return failed;
}

int leak_report_put(struct out *out, const struct heap *h)
{
    struct leaks leaks;
    if (h->growth.majors == 0)
        return 0;
    if (leaks_find(h, &leaks))
        return -1;
    put_verdict(out, &leaks);
    int failed = put_sites(out, h, &leaks);
    leaks_free(&leaks);
    return failed;
}
