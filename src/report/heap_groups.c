/* heap_groups.c - labels as interned texts. */
#include "report/heap_groups.h"

#include "heap/objects.h"
#include "heap/sites.h"

#include <string.h>

static const char *const words[] = {
#define X(symbol, word) word,
    HEAP_GROUPS(X)
#undef X
};

/* Objects without a name are a group of their own, whose label no name can be. */
static const char unnamed[] = " ";

const char *heap_by_word(enum heap_by by)
{
    return words[by];
}

enum heap_by heap_by_named(const char *word)
{
    unsigned by = 0;
    while (by < HEAP_BY_COUNT && strcmp(words[by], word) != 0)
        by++;
    return (enum heap_by)by;
}

void heap_groups_init(struct heap_groups *g, enum heap_by by)
{
    *g = (struct heap_groups){.by = by};
    names_init(&g->labels);
}

void heap_groups_free(struct heap_groups *g)
{
    names_free(&g->labels);
    vec_release(&g->room);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Each run of digits becomes a star. Returns the length. */
static size_t pattern_of(const char *text, size_t len, char *pattern)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        if (!is_digit(text[i]) || i == 0 || !is_digit(text[i - 1]))
            pattern[n++] = is_digit(text[i]) ? '*' : text[i];
    return n;
}

/* The label in text as a group; pattern: only its pattern counts. */
static uint32_t group_of_text(struct heap_groups *g, const char *text, size_t len, bool pattern)
{
    if (vec_grow(&g->room, &g->room_cap, 1, len + NAME_SHORT)) /* names_intern_text reads so far */
        return HEAP_GROUP_NONE;
    if (pattern)
        len = pattern_of(text, len, g->room);
    else
        memcpy(g->room, text, len);
    memset(g->room + len, 0, NAME_SHORT);
    uint32_t name = names_intern_text(&g->labels, g->room, len);
    return name == NAME_NONE ? HEAP_GROUP_NONE : name & ~NAME_INTERNED;
}

uint32_t heap_group_of(struct heap_groups *g, const struct heap *h, uint32_t object)
{
    char digits[NAME_DIGITS];
    const char *text = unnamed;
    size_t len = 1;
    uint32_t name = NAME_NONE;
    if (g->by == HEAP_BY_KIND) {
        text = object_kind_word(object_kind(&h->objects.data[object]));
        len = strlen(text);
    } else if (g->by == HEAP_BY_SITE) {
        uint32_t site = sites_find(h, h->cold.data[object].site);
        text = site == SITE_TOP ? "(top)" : "(other)";
        len = strlen(text);
        name = site == SITE_TOP || site == SITE_OTHER ? NAME_NONE : h->sites.data[site].name;
    } else {
        name = h->objects.data[object].name;
    }
    if (name != NAME_NONE)
        text = names_text(h->names, name, digits, &len);
    return group_of_text(g, text, len, g->by == HEAP_BY_NAME);
}

uint32_t heap_group_count(const struct heap_groups *g)
{
    return (uint32_t)g->labels.table.len;
}

const char *heap_group_label(const struct heap_groups *g, uint32_t group, size_t *len)
{
    char digits[NAME_DIGITS]; /* not used: labels are interned */
    const char *text = names_text(&g->labels, NAME_INTERNED | group, digits, len);
    return *len == 1 && *text == *unnamed ? NULL : text;
}
