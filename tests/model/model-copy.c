/*
 * model-copy.c - heapreel-model(7), "Copy or promote": where in to-space a
 * scavenge copies to. In book and node6 objects are bumped; node20 copies
 * through a buffer, node24 through buffers without gaps, node26 through two.
 */
#include "model-cover.h"
#include "model-internal.h"

/* node24 and node26: every object goes through a buffer, and buffers leave no gaps. */
static bool contiguous(const model *m)
{
    return m->config.era >= ERA_NODE24;
}

void md_copy_begin(model *m)
{
    m->roots_buffer = (buffer){0};
    m->buffer = (buffer){0};
    m->room_exhausted = false;
}

static bool ends_at_top(const model *m, const buffer *b)
{
    return b->have && b->next.page == m->top.page && b->end == m->top.offset;
}

/* Take the next place in a buffer, if there is enough of it left. */
static bool place_in(buffer *b, object *o)
{
    if (!b->have || b->next.offset + o->size > b->end)
        return false;
    o->page = b->next.page;
    o->offset = b->next.offset;
    b->next.offset += o->size;
    return true;
}

static bool copy_directly(model *m, object *o)
{
    uint64_t page = m->top.page;
    bool was_within = m->top.offset < m->usable;
    if (!md_new_bump(m, o->size, &o->page, &o->offset))
        return false;
    COVER_IF(o->page != page && was_within, scavenge_filler);
    COVER_IF(m->config.scavenge_buffer > 0, buffer_direct);
    COVER_IF(m->room_exhausted, buffer_direct_after_none);
    return true;
}

/* node20: a new buffer is allocated as an object of its size would be. */
static bool renew(model *m)
{
    if (m->room_exhausted) {
        COVER(buffer_none_again);
        return false;
    }
    buffer *b = &m->buffer;
    bump_pointer at;
    uint64_t size = m->config.scavenge_buffer;
    if (!md_new_bump(m, size, &at.page, &at.offset)) {
        COVER(buffer_none);
        m->room_exhausted = true;
        return false;
    }
    bool adjoins = b->have && at.page == b->next.page && at.offset == b->end;
    COVER_IF(!b->have, buffer_first);
    COVER_IF(adjoins, buffer_continues);
    COVER_IF(adjoins && b->next.offset < at.offset, buffer_straddle);
    COVER_IF(b->have && !adjoins && at.offset > 0, buffer_gap);
    COVER_IF(b->have && !adjoins && at.offset == 0, buffer_next_page);
    COVER_IF(m->config.era != ERA_NODE20, buffer_other_era);
    if (!adjoins)
        b->next = at;
    b->have = true;
    b->end = at.offset + size;
    return true;
}

/* node24, node26: a new buffer at top, with room for the object; false if there is none. */
static bool cut(model *m, buffer *b, uint64_t size)
{
    uint64_t want = size > m->config.scavenge_buffer ? size : m->config.scavenge_buffer;
    if (ends_at_top(m, b)) {
        COVER_IF(b->next.offset < b->end, cut_gives_back);
        m->top = b->next;
    }
    b->have = false;
    if (m->top.offset + size > m->usable) {
        if (m->top.page + 1 >= m->pages) {
            COVER_IF(m->top.offset < m->usable, cut_last_filler);
            m->top.offset = m->usable;
            m->room_exhausted = true;
            return false;
        }
        COVER_IF(m->top.offset < m->usable, cut_filler);
        m->top = (bump_pointer){m->top.page + 1, 0};
    }
    COVER_IF(m->top.offset + want > m->usable, cut_by_page_end);
    COVER_IF(size > m->config.scavenge_buffer, cut_for_one);
    if (m->top.offset + want > m->usable)
        want = m->usable - m->top.offset;
    *b = (buffer){.have = true, .next = m->top, .end = m->top.offset + want};
    m->top.offset += want;
    return true;
}

static bool copy_contiguously(model *m, object *o)
{
    bool of_roots = m->visiting_roots && m->config.era >= ERA_NODE26;
    buffer *b = of_roots ? &m->roots_buffer : &m->buffer;
    return !m->room_exhausted && (place_in(b, o) || (cut(m, b, o->size) && place_in(b, o)));
}

bool md_copy(model *m, object *o)
{
    if (contiguous(m))
        return copy_contiguously(m, o);
    if (o->size * 4 > m->config.scavenge_buffer)
        return copy_directly(m, o);
    if (place_in(&m->buffer, o)) {
        COVER_IF(m->room_exhausted, buffer_small_after_none);
        return true;
    }
    return renew(m) && place_in(&m->buffer, o);
}

/* Give back the rest of the last buffers, the roots' last, each if it ends at top. */
void md_copy_end(model *m)
{
    COVER_IF(m->buffer.have && ends_at_top(m, &m->buffer), buffer_given_back);
    COVER_IF(m->buffer.have && !ends_at_top(m, &m->buffer), buffer_not_at_top);
    if (ends_at_top(m, &m->buffer))
        m->top = m->buffer.next;
    bool lost = m->roots_buffer.have && m->roots_buffer.next.offset < m->roots_buffer.end;
    COVER_IF(lost && ends_at_top(m, &m->roots_buffer), roots_given_back);
    COVER_IF(lost && !ends_at_top(m, &m->roots_buffer), roots_lost);
    if (ends_at_top(m, &m->roots_buffer))
        m->top = m->roots_buffer.next;
}
