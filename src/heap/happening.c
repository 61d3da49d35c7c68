/* happening.c - informs the listeners of what happens, and names its fields. */
#include "heap/heap.h"

void heap_tell(const struct heap *h, const struct happening *happening)
{
    for (struct listener *l = h->listeners; l; l = l->next)
        if (l->mask & UINT64_C(1) << happening->kind)
            l->hear(l->self, h, happening);
}

static const char *const happening_words[] = {
#define X(symbol, word, fields) [HAPPENING_##symbol] = word,
    HAPPENINGS(X)
#undef X
};

static const char *const happening_field_lists[] = {
#define F(symbol, name, type) #name ":" #type " "
#define X(symbol, word, fields) [HAPPENING_##symbol] = fields,
    HAPPENINGS(X)
#undef X
#undef F
};

const char *happening_word(enum happening_kind kind)
{
    return happening_words[kind];
}

const char *happening_fields(enum happening_kind kind)
{
    return happening_field_lists[kind];
}
