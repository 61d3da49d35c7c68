/* position.c - saves the position of a reader, and returns to it; see trace_save. */
#include "trace/internal.h"

int trace_keep(struct trace_reader *reader, const char *directory, struct error *error)
{
    return source_keep(&reader->source, directory, error);
}

int trace_spool(const struct trace_reader *reader)
{
    return reader->source.spool;
}

void trace_place_free(struct trace_place *place)
{
    vec_free(&place->rounds);
    names_free(&place->workers);
    *place = (struct trace_place){0};
}

int trace_save(const struct trace_reader *r, struct trace_place *place)
{
    const struct program *p = &r->program;
    trace_place_free(place);
    place->offset = source_tell(&r->source);
    place->line = r->line;
    place->started = r->started;
    place->set_allowed = r->set_allowed;
    place->named = r->named;
    place->at = p->at;
    place->made = p->made;
    place->repeat_offset = p->offset;
    place->repeat_line = p->line;
    if (vec_reserve(&place->rounds, p->frames.len) || names_copy(&place->workers, &r->workers)) {
        trace_place_free(place);
        return -1;
    }
    for (size_t i = 0; i < p->frames.len; i++)
        place->rounds.data[place->rounds.len++] = p->frames.data[i];
    return 0;
}

/* Reads the body of the repeat that was open again, unless it is the one in the program. */
static int reload(struct trace_reader *r, const struct trace_place *place, struct error *error)
{
    struct program *p = &r->program;
    const char *text;
    size_t len;
    if (p->loaded && p->offset == place->repeat_offset)
        return 0;
    if (source_seek(&r->source, place->repeat_offset, error))
        return -1;
    r->line = place->repeat_line - 1;
    int got = reader_line(r, &text, &len, error);
    if (got <= 0 || repeat_load(r, text, len, error))
        return got == 0 ? error_set(error, ERROR_SYSTEM, 0, 0, "cannot go back: the trace has become shorter") : -1;
    return 0;
}

int trace_restore(struct trace_reader *r, const struct trace_place *place, struct error *error)
{
    struct program *p = &r->program;
    struct names workers;
    p->frames.len = 0;
    r->broken = true; /* until everything has succeeded */
    if (names_copy(&workers, &place->workers))
        return error_memory(error);
    names_free(&r->workers);
    r->workers = workers;
    if (place->rounds.len > 0 && (reload(r, place, error) || vec_reserve(&p->frames, place->rounds.len)))
        return error_memory(error);
    for (size_t i = 0; i < place->rounds.len; i++)
        p->frames.data[p->frames.len++] = place->rounds.data[i];
    p->at = place->at;
    p->made = place->made;
    p->arena.len = 0;
    if (source_seek(&r->source, place->offset, error))
        return -1;
    r->line = place->line;
    r->started = place->started;
    r->set_allowed = place->set_allowed;
    r->named = place->named;
    r->broken = false;
    return 0;
}
