/*
 * gen.c - made-up programs: births, deaths, and how objects are held.
 *
 * The deaths to come are kept in a wheel of wheels: one list for each of the next 256 allocations, one for each 256 of
 * the 65 536 after them, and so on; a list moves down when its time comes near (Varghese, Lauck: Hashed and
 * hierarchical timing wheels, 1987). So a death costs the same with ten objects as with ten million.
 */
#include "formats/gen.h"

#include "base/text.h"
#include "base/vec.h"
#include "base/writer.h"

#include <stdbool.h>

#define NOBODY UINT32_MAX
#define OBJECTS_UNLESS_SAID 10000
#define SLOTS 4 /* slots 0 to 3 take the random pointers */

enum { WHEEL_BITS = 8, WHEEL_SLOTS = 1 << WHEEL_BITS, WHEELS = 64 / WHEEL_BITS };

/* The streams of random numbers, one for each choice. Their order is part of the format: programs depend on it. */
enum stream {
    STREAM_LIFETIME,
    STREAM_SURVIVAL,
    STREAM_SIZE,
    STREAM_KIND,
    STREAM_LEAK,
    STREAM_REFS,
    STREAM_SITE,
    STREAM_EXTERNAL,
    STREAM_COUNT
};

/* An object that the program holds. */
struct held {
    uint64_t id;
    uint64_t dies;          /* at this allocation */
    uint32_t next;          /* in its list of the wheel, or of the free ones */
    uint32_t place;         /* in holders, or NOBODY: its kind holds no pointers */
    uint32_t before, after; /* list: its neighbours, or NOBODY */
};

struct program {
    const struct gen *gen;
    struct out *out;
    uint64_t now, events;
    uint64_t leaked;
    uint64_t leaking_site;
    uint64_t refs;
    char work[TEXT_NUMBER_ROOM]; /* the duration as text */
    struct prng random[STREAM_COUNT];
    VEC(struct held) held;
    VEC(uint32_t) holders; /* objects that can hold pointers; tree: in the order of its levels */
    uint32_t free;         /* list of unused items of held */
    uint32_t tail;         /* list: the last object, or NOBODY */
    uint32_t wheel[WHEELS][WHEEL_SLOTS];
};

static const bool holds_pointers[KIND_COUNT] = {
#define X(symbol, word, fixed, pointers, weak) [KIND_##symbol] = pointers,
    OBJECT_KINDS(X)
#undef X
};
static const bool fixed_size[KIND_COUNT] = {
#define X(symbol, word, fixed, pointers, weak) [KIND_##symbol] = fixed,
    OBJECT_KINDS(X)
#undef X
};

/* ---- the wheel ---- */

static void wheel_put(struct program *p, uint32_t who)
{
    struct held *held = &p->held.data[who];
    uint64_t differs = held->dies ^ p->now;
    unsigned level = differs == 0 ? 0 : (63 - (unsigned)__builtin_clzll(differs)) / WHEEL_BITS;
    uint32_t *slot = &p->wheel[level][held->dies >> level * WHEEL_BITS & (WHEEL_SLOTS - 1)];
    held->next = *slot;
    *slot = who;
}

/* Moves down the lists whose time has come near, from the outermost wheel on. */
static void wheel_turn(struct program *p)
{
    for (unsigned level = WHEELS; --level > 0;) {
        if (p->now << (64 - level * WHEEL_BITS) != 0)
            continue;
        uint32_t *slot = &p->wheel[level][p->now >> level * WHEEL_BITS & (WHEEL_SLOTS - 1)];
        uint32_t who = *slot;
        *slot = NOBODY;
        while (who != NOBODY) {
            uint32_t next = p->held.data[who].next;
            wheel_put(p, who);
            who = next;
        }
    }
}

/* ---- lines ---- */

/* Begins "WORD ID" or "WORD NAME"; root objects have names. */
static void put_words(struct program *p, const char *word, uint32_t who, const char *root)
{
    out_words(p->out, word);
    if (who == NOBODY)
        out_words(p->out, root);
    else
        out_number(p->out, p->held.data[who].id);
}

static void end_line(struct program *p)
{
    out_char(p->out, '\n');
    p->events++;
}

/* "alloc ID SIZE KIND" of the object allocated now */
static void put_alloc(struct program *p, enum object_kind kind)
{
    uint64_t size = draw_next(&p->gen->size, &p->random[STREAM_SIZE]);
    out_text(p->out, "alloc ", 6);
    out_number(p->out, p->now);
    out_char(p->out, ' ');
    if (fixed_size[kind])
        out_char(p->out, '-');
    else
        out_number(p->out, size);
    if (kind != KIND_OBJECT) {
        out_char(p->out, ' ');
        out_words(p->out, object_kind_word(kind));
    }
}

/* " @SITE" and the end of the line */
static void end_alloc(struct program *p, bool leaks)
{
    if (p->gen->sites != 0) {
        uint64_t site = prng_below(&p->random[STREAM_SITE], p->gen->sites);
        out_text(p->out, " @f", 3);
        out_number(p->out, 1 + (leaks ? p->leaking_site : site));
    }
    end_line(p);
}

/* ---- how objects are held ---- */

static const char *side(size_t node)
{
    return node % 2 == 0 ? ".left" : ".right";
}

/*
 * "WORD HOLDER.SIDE" of a node of the tree: nodes count from 1, the parent of n is n / 2, that of node 1 is the root.
 */
static void put_place(struct program *p, const char *word, size_t node)
{
    put_words(p, word, node == 1 ? NOBODY : p->holders.data[node / 2 - 1], "tree");
    out_words(p->out, node == 1 ? ".top" : side(node));
}

/* Writes the rest of the allocation of who, which is held from now on. */
static void hold(struct program *p, uint32_t who)
{
    const struct held *held = &p->held.data[who];
    enum gen_graph graph = p->gen->graph;
    if (graph == GEN_FLAT || graph == GEN_RANDOM)
        return;
    if (graph == GEN_STAR || held->place == NOBODY) {
        out_text(p->out, " in table.", 10);
        out_number(p->out, who);
    } else if (graph == GEN_LIST) {
        put_words(p, " in ", p->tail, "list");
        out_text(p->out, ".next", 5);
        p->held.data[who].before = p->tail;
        p->held.data[who].after = NOBODY;
        if (p->tail != NOBODY)
            p->held.data[p->tail].after = who;
        p->tail = who;
    } else {
        put_place(p, " in ", (size_t)held->place + 1);
    }
}

static void leave_list(struct program *p, uint32_t who)
{
    uint32_t before = p->held.data[who].before, after = p->held.data[who].after;
    put_words(p, after == NOBODY ? "unref " : "ref ", before, "list");
    out_text(p->out, ".next", 5);
    if (after == NOBODY) {
        p->tail = before;
    } else {
        put_words(p, " ", after, "");
        p->held.data[after].before = before;
    }
    if (before != NOBODY)
        p->held.data[before].after = after;
    end_line(p);
}

/*
 * The last leaf takes the place of a dead node: it is given the node's children, which nobody else holds, then the
 * node's place, and then leaves its own.
 */
static void leave_tree(struct program *p, uint32_t who)
{
    size_t node = (size_t)p->held.data[who].place + 1, last = p->holders.len;
    uint32_t leaf = p->holders.data[last - 1];
    if (node == last) {
        put_place(p, "unref ", node);
        end_line(p);
        return;
    }
    for (size_t child = 2 * node; child <= 2 * node + 1 && child < last; child++) {
        put_words(p, "ref ", leaf, "");
        out_words(p->out, side(child));
        put_words(p, " ", p->holders.data[child - 1], "");
        end_line(p);
    }
    put_place(p, "ref ", node);
    put_words(p, " ", leaf, "");
    end_line(p);
    if (last / 2 != node) {
        put_place(p, "unref ", last);
        end_line(p);
    }
}

/* The program releases who. */
static void let_go(struct program *p, uint32_t who)
{
    const struct held *held = &p->held.data[who];
    enum gen_graph graph = p->gen->graph;
    if (graph == GEN_FLAT || graph == GEN_RANDOM) {
        put_words(p, "release ", who, "");
        end_line(p);
    } else if (graph == GEN_STAR || held->place == NOBODY) {
        out_text(p->out, "unref table.", 12);
        out_number(p->out, who);
        end_line(p);
    } else if (graph == GEN_LIST) {
        leave_list(p, who);
    } else {
        leave_tree(p, who);
    }
}

/* ---- births and deaths ---- */

static void bury(struct program *p)
{
    uint32_t *slot = &p->wheel[0][p->now & (WHEEL_SLOTS - 1)];
    uint32_t who = *slot;
    *slot = NOBODY;
    while (who != NOBODY) {
        struct held *held = &p->held.data[who];
        uint32_t next = held->next;
        let_go(p, who);
        if (held->place != NOBODY) {
            uint32_t last = p->holders.data[--p->holders.len];
            p->holders.data[held->place] = last;
            p->held.data[last].place = held->place;
        }
        held->next = p->free;
        p->free = who;
        who = next;
    }
}

static enum object_kind choose_kind(struct program *p)
{
    uint64_t at = prng_below(&p->random[STREAM_KIND], p->gen->kind_weights);
    int kind = 0;
    for (; at >= p->gen->kinds[kind]; kind++)
        at -= p->gen->kinds[kind];
    return (enum object_kind)kind;
}

static bool chance(struct program *p, enum stream stream, uint64_t millionths)
{
    return prng_below(&p->random[stream], 1000000) < millionths;
}

/* Makes an object with its lifetime, held from now on. Returns its index, or NOBODY without memory. */
static uint32_t new_held(struct program *p, enum object_kind kind)
{
    uint32_t who = p->free;
    if (who != NOBODY) {
        p->free = p->held.data[who].next;
    } else {
        if (p->held.len == NOBODY || vec_push(&p->held, ((struct held){0})))
            return NOBODY;
        who = (uint32_t)(p->held.len - 1);
    }
    struct held *held = &p->held.data[who];
    bool old = chance(p, STREAM_SURVIVAL, p->gen->survival);
    uint64_t lifetime = draw_next(old ? &p->gen->old_lifetime : &p->gen->lifetime, &p->random[STREAM_LIFETIME]);
    *held = (struct held){.id = p->now, .dies = p->now + lifetime, .place = NOBODY};
    if (holds_pointers[kind]) {
        held->place = (uint32_t)p->holders.len;
        if (vec_push(&p->holders, who))
            return NOBODY;
    }
    wheel_put(p, who);
    return who;
}

/* Stores pointers to the new object in objects that can hold them, possibly in itself. */
static void point_at(struct program *p)
{
    for (uint64_t i = 0; i < p->refs && p->holders.len > 0; i++) {
        uint32_t who = p->holders.data[prng_below(&p->random[STREAM_REFS], p->holders.len)];
        put_words(p, "ref ", who, "");
        out_char(p->out, '.');
        out_number(p->out, prng_below(&p->random[STREAM_REFS], SLOTS));
        out_char(p->out, ' ');
        out_number(p->out, p->now);
        end_line(p);
    }
}

/* Allocates an object. 0, or -1 without memory. */
static int be_born(struct program *p)
{
    enum object_kind kind = choose_kind(p);
    bool leaks = chance(p, STREAM_LEAK, p->gen->leak);
    put_alloc(p, kind);
    if (leaks) {
        out_text(p->out, " in leaked.", 11);
        out_number(p->out, p->leaked++);
    } else {
        uint32_t who = new_held(p, kind);
        if (who == NOBODY)
            return -1;
        hold(p, who);
    }
    end_alloc(p, leaks);
    if (kind == KIND_BUFFER && p->gen->external.count != 0) {
        out_words(p->out, "external ");
        out_number(p->out, p->now);
        out_char(p->out, ' ');
        out_number(p->out, draw_next(&p->gen->external, &p->random[STREAM_EXTERNAL]));
        end_line(p);
    }
    if (!leaks)
        point_at(p);
    return 0;
}

/* ---- the program ---- */

/* Writes the options that make the program again, as words of a command. */
static void put_command(const struct program *p, const struct settings *settings)
{
    static const char *const names[GEN_OPTION_COUNT] = {
#define X(symbol, name, argument, initial, help) [GEN_OPTION_##symbol] = name,
        GEN_OPTIONS(X)
#undef X
    };
    out_words(p->out, "# heapreel gen");
    for (int i = 0; i < GEN_OPTION_COUNT; i++) {
        const char *text = p->gen->texts[i];
        if (*text != '\0' && i != GEN_OPTION_TITLE) { /* the title is a line of its own */
            bool quote = strchr(text, '*') != NULL;
            out_words(p->out, " --");
            out_words(p->out, names[i]);
            out_words(p->out, quote ? "='" : "=");
            out_words(p->out, text);
            out_words(p->out, quote ? "'" : "");
        }
    }
    if (settings->profile_origin == SETTING_OPTION) {
        out_words(p->out, " --profile=");
        out_words(p->out, profile_word(settings->profile));
    }
    if (settings->era_origin == SETTING_OPTION) {
        out_words(p->out, " --era=");
        out_words(p->out, era_word(settings->era));
    }
}

/* Writes each key that an option has set, between before and behind, with separator between key and value. */
static void put_settings(struct out *out, const struct settings *settings, const char *before, const char *separator,
                         const char *behind)
{
    for (int i = 0; i < KEY_COUNT; i++) {
        enum config_key key = (enum config_key)i;
        char value[TEXT_NUMBER_ROOM];
        if (settings->origin[i] != SETTING_OPTION)
            continue;
        out_words(out, before);
        out_words(out, config_key_word(key));
        out_words(out, separator);
        out_words(out, config_value_text(key, settings->value[i], value));
        out_words(out, behind);
    }
}

static void put_head(const struct program *p, const struct settings *settings)
{
    static const char *const graphs[GEN_GRAPH_COUNT] = {
#define X(symbol, word, help) [GEN_##symbol] = word,
        GEN_GRAPHS(X)
#undef X
    };
    const char *title = p->gen->texts[GEN_OPTION_TITLE];
    out_words(p->out, "heapreel-trace 1\n");
    put_command(p, settings);
    put_settings(p->out, settings, " --set=", "=", "");
    out_words(p->out, "\ntitle ");
    if (*title != '\0') {
        out_words(p->out, title);
    } else {
        out_words(p->out, "A made-up program: ");
        out_words(p->out, graphs[p->gen->graph]);
        out_words(p->out, ", seed ");
        out_number(p->out, p->gen->seed);
    }
    out_char(p->out, '\n');
    if (settings->profile_origin == SETTING_OPTION) {
        out_words(p->out, "set profile ");
        out_words(p->out, profile_word(settings->profile));
        out_char(p->out, '\n');
    }
    if (settings->era_origin == SETTING_OPTION) {
        out_words(p->out, "set era ");
        out_words(p->out, era_word(settings->era));
        out_char(p->out, '\n');
    }
    put_settings(p->out, settings, "set ", " ", "\n");
}

/* Allocates the objects that hold the others. */
static void put_roots(struct program *p)
{
    const struct gen *gen = p->gen;
    bool data = false;
    for (int kind = 0; kind < KIND_COUNT; kind++)
        data |= gen->kinds[kind] != 0 && !holds_pointers[kind];
    if (gen->graph == GEN_LIST) {
        out_words(p->out, "alloc list 32");
        end_line(p);
    }
    if (gen->graph == GEN_TREE) {
        out_words(p->out, "alloc tree 32");
        end_line(p);
    }
    if (gen->graph == GEN_STAR || (data && (gen->graph == GEN_LIST || gen->graph == GEN_TREE))) {
        out_words(p->out, "alloc table 32 array");
        end_line(p);
    }
    if (gen->leak != 0) {
        out_words(p->out, "alloc leaked 32 array");
        end_line(p);
    }
}

static int run_program(struct program *p)
{
    const struct gen *gen = p->gen;
    uint64_t events = gen->events != 0 ? gen->events : UINT64_MAX;
    uint64_t objects = gen->objects != 0 ? gen->objects : gen->events != 0 ? UINT64_MAX : OBJECTS_UNLESS_SAID;
    put_roots(p);
    while (p->now < objects && p->events < events && !p->out->failed) {
        p->now++;
        wheel_turn(p);
        bury(p);
        if (be_born(p) != 0)
            return -1;
        if (gen->work_ns != 0) {
            out_text(p->out, "work ", 5);
            out_words(p->out, p->work);
            end_line(p);
        }
        if (gen->gc != 0 && p->now % gen->gc == 0) {
            out_words(p->out, "gc");
            end_line(p);
        }
    }
    return 0;
}

int gen_write(const struct gen *gen, const struct settings *settings, FILE *out, struct error *error)
{
    struct out text;
    struct program p = {.gen = gen, .out = &text, .free = NOBODY, .tail = NOBODY};
    memset(p.wheel, 0xFF, sizeof p.wheel); /* NOBODY */
    for (unsigned i = 0; i < STREAM_COUNT; i++)
        p.random[i] = prng_stream(gen->seed, i);
    text_print_duration(p.work, gen->work_ns);
    p.refs = *gen->texts[GEN_OPTION_REFS] != '\0' ? gen->refs : gen->graph == GEN_RANDOM ? 2 : 0;
    p.leaking_site = gen->sites != 0 ? prng_below(&p.random[STREAM_SITE], gen->sites) : 0;
    out_to_file(&text, out);
    put_head(&p, settings);
    int failed = run_program(&p);
    vec_free(&p.held);
    vec_free(&p.holders);
    if (failed)
        return error_memory(error);
    return out_flush(&text);
}
