/* internal.h - the parts of a reader; private to trace/ and its tests. */
#ifndef HEAPREEL_TRACE_INTERNAL_H
#define HEAPREEL_TRACE_INTERNAL_H

#include "base/vec.h"
#include "trace/grammar.h"
#include "trace/reader.h"
#include "trace/scan.h"

/* ---- where the bytes come from (source.c) ---- */

/*
 * A window of the input: complete lines are in data[at..lines), an incomplete one in data[lines..end), with SCAN_PAD
 * readable bytes after end, and SCAN_FRONT before data. At the end of the input a last line without newline gets one.
 */
struct source {
    char *data; /* owned, SCAN_FRONT bytes after the beginning of what malloc returned */
    size_t at, lines, end;
    int fd; /* -1: memory, or the end has been reached */
    bool own;
    bool ended;
    bool completed;     /* the missing newline of the last line has been added to data */
    const char *memory; /* the text, if it is in memory; else NULL */
    size_t memory_len;
    uint64_t bytes;                  /* read so far */
    int64_t base;                    /* of a file that can be read again: where in it the trace begins; else -1 */
    int spool;                       /* what has come through a pipe, to be read again; else -1 */
    uint64_t spooled;                /* bytes in it */
    uint64_t last;                   /* bytes of the whole input, once its end has been seen; UINT64_MAX before */
    uint64_t bytes_total;            /* 0: unknown */
    int (*wait)(void *self, int fd); /* see trace_on_wait; or NULL */
    void *wait_self;
};

int source_open(struct source *s, const char *path, struct error *error);
int source_open_memory(struct source *s, const char *text, size_t len, struct error *error);
void source_close(struct source *s);

/* See trace_keep. */
int source_keep(struct source *s, const char *directory, struct error *error);

/* Bytes from the beginning of the input to data[at]. */
uint64_t source_tell(const struct source *s);
/*
 * Goes to an offset from source_tell, the beginning of a line. 0, or -1 after filling error. source_keep has been
 * called.
 */
int source_seek(struct source *s, uint64_t offset, struct error *error);

/*
 * Reads more, when at == lines: 1 if there are complete lines now, or a line longer than SCAN_LINE_MOST (then at ==
 * lines, and end shows it), 0 at the end of the input, -1 after filling error.
 */
int source_fill(struct source *s, struct error *error);

/* ---- repeat (repeat.c) ---- */

/* Literal bytes of a line, and perhaps a variable after them. */
struct segment {
    size_t at, len; /* in program.text */
    int64_t plus;
    uint32_t frame; /* nesting depth of the repeat that has the variable; SEGMENT_PLAIN: none */
};
#define SEGMENT_PLAIN UINT32_MAX

/* A field of a template that changes from round to round: segments first..dot are the name, dot..last the slot. */
struct patch {
    size_t first, dot, last; /* an empty range: that part does not change */
    uint8_t role;            /* enum grammar_field */
};

enum node_type { NODE_LINE, NODE_REPEAT, NODE_END };
enum node_state {
    NODE_RAW,     /* not reached yet */
    NODE_FIXED,   /* template is the event */
    NODE_PATCHED, /* template and patches are the event */
    NODE_EXPANDED /* text is expanded and scanned in each round */
};

struct node {
    uint8_t type;     /* enum node_type */
    uint8_t state;    /* enum node_state; repeats and ends: NODE_RAW until their line has been checked */
    bool depends;     /* repeats: N has variables */
    bool body_static; /* repeats: the sums below hold whatever the variables are */
    uint32_t depth;   /* of the repeats around it */
    size_t text, len; /* the source line in program.text */
    uint64_t line;
    size_t parent;            /* the repeat around it; NO_NODE: none */
    size_t mate;              /* repeats: their end; ends: their repeat */
    size_t first, last;       /* segments: of the line, or of a repeat's N */
    size_t patch, patch_last; /* lines */
    size_t event;             /* lines: in program.events */
    size_t var, var_len;      /* repeats: VAR in program.text; var_len 0: none */
    uint64_t count;           /* repeats: N, if it does not depend */
    uint64_t cost;            /* repeats: minimum of events (or empty rounds) in one round, see body_sums */
    bool events;              /* repeats: a round can make an event */
};
#define NO_NODE SIZE_MAX

struct program {
    VEC(char) text; /* source lines of the outermost repeat, each padded */
    VEC(struct node) nodes;
    VEC(struct segment) segments;
    VEC(struct patch) patches;
    VEC(struct trace_event) events;
    VEC(struct trace_round) frames; /* empty: no repeat is open */
    VEC(char) scratch;              /* an expanded line */
    VEC(char) arena;                /* expanded texts of the batch that was handed out */
    size_t at;                      /* next node */
    uint64_t made;                  /* events of the outermost repeat so far */
    uint64_t offset, line;          /* of the outermost repeat's line: bytes before it, and its number */
    bool loaded;                    /* its lines are above, open or not */
    bool switches;                  /* there is a worker line in the outermost repeat */
};

#define REPEAT_MOST (UINT64_C(1) << 40) /* most events of one outermost repeat */

/* ---- the reader (reader.c) ---- */

struct trace_reader {
    struct scanner scanner;
    struct source source;
    struct program program;
    struct names workers; /* those seen */
    uint64_t line;        /* lines taken so far */
    bool fast;            /* false: uses scan_line for all lines (for tests) */
    bool started;         /* a line that is not blank has been seen */
    bool set_allowed;     /* no event has acted on the current worker's heap */
    bool named;           /* a worker line has been seen */
    bool broken;          /* an error has left the reader in an undefined state */
};

/* Turns scan_common and the templates off: scan_line must give the same events. */
void trace_set_fast(struct trace_reader *reader, bool fast);

/* ---- lines (lines.c) ---- */

/* Checks what depends on earlier lines: set after the first event. Called when an event is about to be handed out. */
int reader_admit(struct trace_reader *r, const struct trace_event *e, struct error *error);

/* Takes the next line from the source: 1, 0 at the end, -1 after filling error. */
int reader_line(struct trace_reader *r, const char **text, size_t *len, struct error *error);

/* ---- repeat (repeat.c) ---- */

void program_free(struct program *p);

/* The line of a node, ready to be scanned without expansion. */
static inline struct scan_line program_line(const struct program *p, const struct node *node, struct error *error)
{
    const char *text = p->text.data + node->text;
    return (struct scan_line){
        .text = text, .len = node->len, .source = text, .source_len = node->len, .line = node->line, .error = error};
}

/*
 * Reads the body of the repeat whose line is text[0..len), to its end, and opens it. No event of the batch may have
 * been handed out before.
 */
int repeat_open(struct trace_reader *r, const char *text, size_t len, struct error *error);

/* Reads it without opening it: none of its rounds has begun. */
int repeat_load(struct trace_reader *r, const char *text, size_t len, struct error *error);

/*
 * Makes up to max events of the open repeat; stops early at its end or when the arena is full. Returns how many. If
 * none can be made: -1 after filling error; or, if full says that the batch already has events, 0.
 */
int repeat_read(struct trace_reader *r, struct trace_event *out, int max, bool full, struct error *error);

/* ---- lines of a repeat as events (template.c) ---- */

/*
 * Makes the event of the line at p->at and moves past it. 0; 1 if the batch must be handed out first (full says that it
 * has events); -1 after filling error.
 */
int template_event(struct trace_reader *r, bool full, struct trace_event *e, struct error *error);

/* ---- variables (variables.c) ---- */

/* The length of the variable's name at text, 0 if there is none. */
size_t variable_length(const char *text, const char *end);

/*
 * Splits text[0..len) of l's source, a line inside the repeat at parent, into segments, added to p->segments.
 * *variables: are there any? 0, or -1 after filling l->error.
 */
int segments_read(struct program *p, size_t parent, const struct scan_line *l, const char *text, size_t len,
                  bool *variables);

/* Writes segments first..last with the variables of this round to p->scratch, padded. 0, or -1 without memory. */
int segments_expand(struct program *p, size_t first, size_t last);

/* Checks the variables of a line outside of all repeats, which has none. 0, or -1 after filling l->error. */
int variables_check_plain(struct trace_reader *r, const struct scan_line *l);

/* The value of a segment's variable in this round. */
static inline int64_t segment_value(const struct program *p, const struct segment *segment)
{
    return (int64_t)p->frames.data[segment->frame].round + segment->plus;
}

/* Are segments first..last a single variable, with a value of 0 to most? *value: that value. */
static inline bool segments_number(const struct program *p, size_t first, size_t last, uint64_t most, uint64_t *value)
{
    const struct segment *segment = &p->segments.data[first];
    if (last - first != 1 || segment->len > 0 || segment->frame == SEGMENT_PLAIN)
        return false;
    *value = (uint64_t)segment_value(p, segment); /* a negative one is larger than any limit */
    return *value <= most;
}

#endif
