/* test_gen.c - random draws, and the programs that are made up from them. */
#include "formats/gen.h"
#include "report/report.h"
#include "runs.h"

#include "checks.h"
#include <stdlib.h>
#include <string.h>

/* ---- draws ---- */

/* The numbers of the paper's authors for seed 0 (also those of Java's SplittableRandom). */
START_TEST(splitmix64_is_splitmix64)
{
    struct prng prng = {0};
    ck_assert_uint_eq(prng_next(&prng), UINT64_C(0xE220A8397B1DCDAF));
    ck_assert_uint_eq(prng_next(&prng), UINT64_C(0x6E789E6AA1B965F4));
    ck_assert_uint_eq(prng_next(&prng), UINT64_C(0x06C45D188009454F));
}
END_TEST

START_TEST(streams_differ)
{
    uint64_t first[16];
    for (uint64_t i = 0; i < 16; i++) {
        struct prng prng = prng_stream(i / 4, i % 4);
        first[i] = prng_next(&prng);
        for (uint64_t k = 0; k < i; k++)
            ck_assert_uint_ne(first[i], first[k]);
    }
}
END_TEST

static void parse(struct draw *draw, const char *text)
{
    struct error error = {0};
    *draw = (struct draw){0};
    ck_assert_msg(draw_parse(draw, text, strlen(text), &error) == 0, "%s: %s", text, error_text(&error));
}

#define SAMPLES 200000

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* What the distribution's theory says of the part that lies at or below value, of a million. */
static const struct {
    const char *text;
    uint64_t below, value;
} quantiles[] = {
    {"exponential:1000", 500000, 693},
    {"exponential:1000", 100000, 105},
    {"exponential:1000", 900000, 2303},
    {"exponential:1000", 999000, 6908},
    {"exponential:1000000000", 500000, 693147181},
    {"weibull:1000:0.5", 500000, 480},
    {"weibull:1000:0.5", 900000, 5302},
    {"weibull:1000:2", 500000, 833},
    {"weibull:1000:2", 990000, 2146},
    {"weibull:1000:1", 900000, 2303},
    {"pareto:100:1.5", 500000, 159},
    {"pareto:100:1.5", 990000, 2154},
    {"pareto:1000:0.5", 900000, 100000},
    {"uniform:1001:2000", 250000, 1250},
    {"3*constant:7,uniform:1001:2000", 750000, 7},
    {"3*constant:7,uniform:1001:2000", 875000, 1500},
};

START_TEST(draws_follow_their_distributions)
{
    struct draw draw;
    uint64_t *samples = malloc(SAMPLES * sizeof *samples);
    ck_assert_ptr_nonnull(samples);
    parse(&draw, quantiles[_i].text);
    struct prng prng = prng_stream(42, 0);
    for (size_t i = 0; i < SAMPLES; i++)
        samples[i] = draw_next(&draw, &prng);
    qsort(samples, SAMPLES, sizeof *samples, ascending);
    size_t at = 0;
    while (at < SAMPLES && samples[at] <= quantiles[_i].value)
        at++;
    uint64_t below = at * UINT64_C(1000000) / SAMPLES, expected = quantiles[_i].below;
    uint64_t off = below > expected ? below - expected : expected - below;
    ck_assert_msg(off < 4000, "%s: %u of a million at or below %u, expected %u", quantiles[_i].text, (unsigned)below,
                  (unsigned)quantiles[_i].value, (unsigned)expected);
    draw_free(&draw);
    free(samples);
}
END_TEST

START_TEST(draws_keep_their_bounds)
{
    static const struct {
        const char *text;
        uint64_t least, most;
    } bounds[] = {
        {"constant:1", 1, 1},
        {"constant:4G", DRAW_ARGUMENT_MOST, DRAW_ARGUMENT_MOST},
        {"uniform:5:5", 5, 5},
        {"uniform:1:4G", 1, DRAW_ARGUMENT_MOST},
        {"exponential:1", 1, 28}, /* 40 halvings of the tail: 40 ln 2 */
        {"exponential:4G", 1, DRAW_MOST},
        {"weibull:4G:0.1", 1, DRAW_MOST},
        {"weibull:1:0.1", 1, DRAW_MOST},
        {"weibull:1:10", 1, 2},
        {"pareto:4G:0.1", DRAW_ARGUMENT_MOST - 1, DRAW_MOST},
        {"pareto:16:10", 16, 256}, /* 16 x 2^4 */
    };
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct draw draw;
        parse(&draw, bounds[i].text);
        struct prng prng = prng_stream(7, i);
        uint64_t value = bounds[i].least;
        for (int k = 0; k < 100000 && value >= bounds[i].least && value <= bounds[i].most; k++)
            value = draw_next(&draw, &prng);
        ck_assert_msg(value >= bounds[i].least && value <= bounds[i].most, "%s: %llu", bounds[i].text,
                      (unsigned long long)value);
        draw_free(&draw);
    }
}
END_TEST

/* Every number of a small range comes. */
START_TEST(uniform_reaches_both_ends)
{
    struct draw draw;
    bool seen[11] = {false};
    parse(&draw, "uniform:3:10");
    struct prng prng = prng_stream(1, 0);
    for (int i = 0; i < 1000; i++)
        seen[draw_next(&draw, &prng)] = true;
    for (int i = 3; i <= 10; i++)
        ck_assert(seen[i]);
    draw_free(&draw);
}
END_TEST

START_TEST(what_is_no_distribution_is_refused)
{
    static const char *const texts[] = {
        "",
        "normal:3",
        "constant",
        "constant:",
        "constant:0",
        "constant:x",
        "constant:3:4",
        "constant:5G",
        "constant:18446744073709551616",
        "uniform:3",
        "uniform:4:3",
        "uniform:3:4:5",
        "exponential:-1",
        "weibull:100",
        "weibull:100:0",
        "weibull:100:0.0999",
        "weibull:100:0.05",
        "weibull:100:10.001",
        "weibull:100:1.2345",
        "weibull:100:.5",
        "weibull:100:1.",
        "weibull:100:1.x",
        "pareto:0:1",
        "constant:3,",
        ",constant:3",
        "0*constant:3",
        "*constant:3",
        "1000001*constant:3",
        "x*constant:3",
        "constant:1,constant:1,constant:1,constant:1,constant:1,constant:1,constant:1,constant:1,constant:1",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct draw draw = {0};
        struct error error = {0};
        ck_assert_msg(draw_parse(&draw, texts[i], strlen(texts[i]), &error) != 0, "\"%s\" is taken", texts[i]);
        ck_assert_int_eq(error.kind, ERROR_USAGE);
        error_clear(&error);
        draw_free(&draw);
    }
}
END_TEST

/* ---- programs ---- */

/* The trace that options (up to NULL) make, as text: new. Each is NAME=VALUE. */
static char *made(const char *const *options)
{
    static const char *const names[GEN_OPTION_COUNT] = {
#define X(symbol, name, argument, initial, help) [GEN_OPTION_##symbol] = name,
        GEN_OPTIONS(X)
#undef X
    };
    struct gen gen;
    struct settings settings = {0};
    struct error error = {0};
    char *text = NULL;
    size_t len;
    ck_assert_int_eq(gen_init(&gen, &error), 0);
    for (; *options != NULL; options++) {
        size_t name = strcspn(*options, "=");
        int option = 0;
        while (strlen(names[option]) != name || strncmp(names[option], *options, name) != 0)
            ck_assert_int_lt(++option, GEN_OPTION_COUNT);
        ck_assert_msg(gen_set(&gen, (enum gen_option)option, *options + name + 1, &error) == 0, "%s",
                      error_text(&error));
    }
    /* Room for every program here. */
    ck_assert_int_eq(settings_set(&settings, SETTING_OPTION, "max-old-space-size", 18, "16M", 3, &error), 0);
    FILE *file = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gen_write(&gen, &settings, file, &error), 0);
    fclose(file);
    gen_free(&gen);
    return text;
}

static uint64_t figure(const struct run *run, const char *path)
{
    uint64_t value = 0;
    bool ratio;
    ck_assert_msg(report_figure(NULL, run, path, strlen(path), &value, &ratio) == 0, "%s", path);
    return value;
}

static const char *const graphs[] = {"graph=flat", "graph=star", "graph=list", "graph=tree", "graph=random"};
#define GRAPHS 5

static const char *const variants[][4] = {
    {"size=constant:16"},
    {"leak=5", "sites=4", "gc=40"},
    {"refs=3", "kinds=object,array,closure,context,string,number,buffer,weakmap,weakset,code,map,cell,propcell",
     "external=exponential:200"},
    {"lifetime=weibull:20:0.5", "size=pareto:16:1.5", "survival=0.5", "work=2us"},
    {"lifetime=constant:1", "survival=0"},
    {"lifetime=uniform:1:600", "survival=100", "old-lifetime=constant:70"},
};
#define VARIANTS 6

/* No program names what it does not hold: seeds, graphs, options. */
START_TEST(programs_are_strictly_clean)
{
    const struct run_options strict = {.strict = true, .verify = true};
    for (unsigned graph = 0; graph < GRAPHS; graph++) {
        for (unsigned variant = 0; variant < VARIANTS; variant++) {
            char seed[32];
            snprintf(seed, sizeof seed, "seed=%d", _i);
            const char *options[8] = {seed, "objects=250", graphs[graph]};
            for (int i = 0; i < 4; i++)
                options[3 + i] = variants[variant][i];
            char *text = made(options);
            struct run run;
            runs_text(&run, text, &strict);
            ck_assert_uint_ge(figure(&run, "objects.allocated"), 250);
            run_close(&run);
            free(text);
        }
    }
}
END_TEST

/*
 * After a full collection just what the program holds is left, however it is held: objects whose time is not over. A
 * graph that loses an object, or holds one too long, has another count.
 */
START_TEST(every_graph_holds_the_same_objects)
{
    for (int seed = 1; seed <= 5; seed++) {
        char text_seed[32];
        snprintf(text_seed, sizeof text_seed, "seed=%d", seed);
        uint64_t flat = 0;
        for (unsigned graph = 0; graph < GRAPHS; graph++) {
            const char *options[] = {text_seed, "objects=3000", "gc=3000", "refs=0", graphs[graph], NULL};
            char *text = made(options);
            struct run run;
            runs_text(&run, text, NULL);
            uint64_t roots = graph == 0 || graph == 4 ? 0 : graph == 1 ? 1 : 2;
            uint64_t live = figure(&run, "objects.live") - roots;
            flat = graph == 0 ? live : flat;
            ck_assert_uint_gt(live, 20);
            ck_assert_uint_eq(live, flat);
            run_close(&run);
            free(text);
        }
    }
}
END_TEST

/* "release k" stands before "alloc k+3", and only there. */
START_TEST(lifetimes_are_counted_in_allocations)
{
    const char *const options[] = {
        "lifetime=constant:3", "survival=0", "objects=2000", "size=constant:8", "kinds=object", "seed=9", NULL};
    char *text = made(options), line[64];
    const char *at = strstr(text, "alloc 1 ");
    for (int i = 1; i <= 2000; i++) {
        int len = i > 3 ? snprintf(line, sizeof line, "release %d\nalloc %d 8\n", i - 3, i)
                        : snprintf(line, sizeof line, "alloc %d 8\n", i);
        ck_assert_msg(strncmp(at, line, (size_t)len) == 0, "%.40s", at);
        at += len;
    }
    ck_assert_int_eq(*at, '\0');
    free(text);
}
END_TEST

/* Lifetimes past every wheel's border: each object is let go of at its time. */
START_TEST(the_wheel_turns)
{
    const char *const options[] = {"lifetime=uniform:1:70000", "survival=0", "objects=140000", "kinds=object",
                                   "size=constant:8",          NULL};
    char *text = made(options);
    uint64_t now = 0, released = 0, least = UINT64_MAX, most = 0;
    for (const char *line = strstr(text, "alloc 1 "); *line != '\0'; line = strchr(line, '\n') + 1) {
        if (*line == 'a') {
            now++;
            continue;
        }
        uint64_t id = strtoull(line + strlen("release "), NULL, 10);
        uint64_t lifetime = now + 1 - id;
        least = lifetime < least ? lifetime : least;
        most = lifetime > most ? lifetime : most;
        released++;
    }
    ck_assert_uint_eq(now, 140000);
    /* Of the first half all have died, of the second half half of them. */
    ck_assert_uint_gt(released, 104000);
    ck_assert_uint_lt(released, 106000);
    ck_assert_uint_ge(least, 1);
    ck_assert_uint_le(least, 10);
    ck_assert_uint_gt(most, 69900);
    ck_assert_uint_le(most, 70000);
    free(text);
}
END_TEST

/* So that two programs can be compared that differ in one thing. */
START_TEST(a_choice_leaves_the_others_alone)
{
    const char *const one[] = {"objects=500", "gc=500", "size=constant:16", NULL};
    const char *const two[] = {"objects=500", "gc=500", "size=exponential:100", NULL};
    char *a = made(one), *b = made(two);
    const char *x = strstr(a, "alloc 1 "), *y = strstr(b, "alloc 1 ");
    int releases = 0;
    for (; *x != '\0'; x = strchr(x, '\n') + 1, y = strchr(y, '\n') + 1) {
        ck_assert_int_eq(*x, *y);
        if (*x == 'r') {
            ck_assert_int_eq(strncmp(x, y, strcspn(x, "\n") + 1), 0);
            releases++;
        }
    }
    ck_assert_int_gt(releases, 300);
    free(a);
    free(b);
}
END_TEST

START_TEST(leaks_are_never_let_go_of)
{
    const char *const options[] = {"objects=10000", "leak=10",  "sites=3", "lifetime=constant:5",
                                   "survival=0",    "gc=10000", NULL};
    char *text = made(options);
    struct run run;
    runs_text(&run, text, NULL);
    uint64_t live = figure(&run, "objects.live") - 1; /* but for the holder */
    run_close(&run);
    /* All of one site, which has others, too. */
    char site = '\0';
    uint64_t of_site = 0, counted = 0;
    for (const char *line = strstr(text, "alloc 1 "); line != NULL; line = strstr(line + 1, "\nalloc ")) {
        const char *at = strchr(line, '@'), *end = strchr(line + 1, '\n');
        const char *in = strstr(line, " in leaked.");
        if (in != NULL && in < end) {
            ck_assert(site == '\0' || at[2] == site);
            site = at[2];
            counted++;
        } else {
            of_site += at[2] == site;
        }
    }
    ck_assert_uint_gt(counted, 900);
    ck_assert_uint_lt(counted, 1100);
    ck_assert_uint_ge(live, counted);
    ck_assert_uint_le(live, counted + 5); /* the last five may not be dead yet */
    ck_assert_uint_gt(of_site, 2000);
    free(text);
}
END_TEST

START_TEST(a_program_ends_where_it_should)
{
    const char *const by_events[] = {"events=1000", NULL}, *const by_objects[] = {"events=1000", "objects=10", NULL};
    char *text = made(by_events);
    struct run run;
    runs_text(&run, text, NULL);
    ck_assert_uint_ge(run_events(&run), 1000);
    ck_assert_uint_lt(run_events(&run), 1010);
    run_close(&run);
    free(text);
    text = made(by_objects);
    runs_text(&run, text, NULL);
    ck_assert_uint_eq(figure(&run, "objects.allocated"), 10);
    run_close(&run);
    free(text);
}
END_TEST

START_TEST(bad_options_are_refused)
{
    static const struct {
        enum gen_option option;
        const char *value;
    } bad[] = {
        {GEN_OPTION_SEED, "x"},
        {GEN_OPTION_SEED, "18446744073709551616"},
        {GEN_OPTION_SEED, ""},
        {GEN_OPTION_OBJECTS, "0"},
        {GEN_OPTION_OBJECTS, "1k"},
        {GEN_OPTION_EVENTS, "-1"},
        {GEN_OPTION_SURVIVAL, "101"},
        {GEN_OPTION_SURVIVAL, "100.0001"},
        {GEN_OPTION_LEAK, "1.23456"},
        {GEN_OPTION_SIZE, "0"},
        {GEN_OPTION_KINDS, "objekt"},
        {GEN_OPTION_KINDS, "object,"},
        {GEN_OPTION_KINDS, "0*object"},
        {GEN_OPTION_GRAPH, "ring"},
        {GEN_OPTION_REFS, "1001"},
        {GEN_OPTION_WORK, "3"},
        {GEN_OPTION_WORK, "2000000000000000000000s"},
        {GEN_OPTION_TITLE, "a\nalloc x 16"},
        {GEN_OPTION_TITLE, "\xff"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct gen gen;
        struct error error = {0};
        ck_assert_int_eq(gen_init(&gen, &error), 0);
        ck_assert_msg(gen_set(&gen, bad[i].option, bad[i].value, &error) != 0, "\"%s\" is taken", bad[i].value);
        ck_assert_int_eq(error.kind, ERROR_USAGE);
        error_clear(&error);
        gen_free(&gen);
    }
}
END_TEST

Suite *suite_gen(void);
Suite *suite_gen(void)
{
    Suite *suite = suite_create("gen");
    TCase *draws = tcase_create("draws"), *programs = tcase_create("programs");
    tcase_add_test(draws, splitmix64_is_splitmix64);
    tcase_add_test(draws, streams_differ);
    tcase_add_loop_test(draws, draws_follow_their_distributions, 0, sizeof quantiles / sizeof *quantiles);
    tcase_add_test(draws, draws_keep_their_bounds);
    tcase_add_test(draws, uniform_reaches_both_ends);
    tcase_add_test(draws, what_is_no_distribution_is_refused);
    tcase_add_loop_test(programs, programs_are_strictly_clean, 0, 4);
    tcase_add_test(programs, every_graph_holds_the_same_objects);
    tcase_add_test(programs, lifetimes_are_counted_in_allocations);
    tcase_add_test(programs, the_wheel_turns);
    tcase_add_test(programs, a_choice_leaves_the_others_alone);
    tcase_add_test(programs, leaks_are_never_let_go_of);
    tcase_add_test(programs, a_program_ends_where_it_should);
    tcase_add_test(programs, bad_options_are_refused);
    suite_add_tcase(suite, draws);
    suite_add_tcase(suite, programs);
    return suite;
}
