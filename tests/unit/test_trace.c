/*
 * test_trace.c - scanner, reader and repeat. UNIT_DIR names the folder of tests/bad if that is not tests/.
 */
#include "seeds.h"
#include "trace/internal.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *suite_trace(void);

/* ---- a trace as text: one line for each event, the last one for the error ---- */

struct dump {
    VEC(char) text;
    size_t events;
};

static void say(struct dump *d, const char *text, size_t len)
{
    ck_assert_int_eq(vec_reserve(&d->text, len + 1), 0);
    memcpy(d->text.data + d->text.len, text, len);
    d->text.len += len;
    d->text.data[d->text.len] = '\0';
}

static void say_name(struct dump *d, const struct names *names, const char *key, uint32_t name)
{
    char buffer[NAME_DIGITS];
    size_t len;
    if (name != NAME_NONE) {
        const char *text = names_text(names, name, buffer, &len);
        say(d, key, strlen(key));
        say(d, text, len);
    }
}

static void say_event(struct dump *d, const struct names *names, const struct trace_event *e)
{
    char out[64];
    d->events++;
    snprintf(out, sizeof out, "%llu %s", (unsigned long long)e->line, trace_op_word((enum trace_op)e->op));
    say(d, out, strlen(out));
    int flags = e->flags & ~EVENT_REPEAT; /* what a line says, wherever it stands */
    snprintf(out, sizeof out, " kind%d flags%d", e->kind, flags);
    if (e->kind != 0 || flags != 0)
        say(d, out, strlen(out));
    say_name(d, names, " a=", e->a);
    say_name(d, names, " b=", e->b);
    say_name(d, names, " c=", e->c);
    say_name(d, names, " @", e->site);
    if ((e->slot & SLOT_TYPE) == SLOT_NAME) {
        say_name(d, names, " slot=", (e->slot & SLOT_VALUE) | NAME_INTERNED);
    } else if (e->flags & EVENT_SLOT) {
        snprintf(out, sizeof out, " slot#%u", e->slot);
        say(d, out, strlen(out));
    } else {
        ck_assert_uint_eq(e->slot, 0);
    }
    if (e->number != 0) {
        snprintf(out, sizeof out, " n=%llu", (unsigned long long)e->number);
        say(d, out, strlen(out));
    }
    if (e->text != NULL) {
        say(d, " '", 2);
        say(d, e->text, e->text_len);
        say(d, "'", 1);
    }
    ck_assert_ptr_nonnull(e->source);
    ck_assert_uint_le(e->source_len, SCAN_LINE_MOST);
    say(d, "\n", 1);
}

/* Reads all of a reader, in batches of max, at most limit events. */
static void dump_reader(struct dump *d, struct trace_reader *r, struct names *names, int max, size_t limit)
{
    struct trace_event events[64];
    struct error e = {0};
    int n = 0;
    while (d->events < limit && (n = trace_read(r, events, max, &e)) > 0)
        for (int i = 0; i < n; i++)
            say_event(d, names, &events[i]);
    if (n < 0) {
        char out[64];
        snprintf(out, sizeof out, "%llu:%llu: ", (unsigned long long)e.line, (unsigned long long)e.column);
        say(d, out, strlen(out));
        say(d, error_text(&e), strlen(error_text(&e)));
        say(d, "\n", 1);
        error_clear(&e);
        ck_assert_int_eq(trace_read(r, events, max, &e), -1); /* and it stays so */
        error_clear(&e);
    } else {
        ck_assert_ptr_null(e.text);
        if (n == 0)
            ck_assert_int_eq(trace_read(r, events, max, &e), 0);
    }
    say(d, "", 0);
}

static struct dump dump_memory(const char *text, size_t len, bool fast, int max)
{
    struct dump d = {0};
    struct names names;
    struct error e = {0};
    names_init(&names);
    struct trace_reader *r = trace_open_memory(text, len, &names, &e);
    ck_assert_ptr_nonnull(r);
    trace_set_fast(r, fast);
    dump_reader(&d, r, &names, max, 100000);
    trace_close(r);
    names_free(&names);
    return d;
}

/* Reads text in several ways, which must agree, and compares with what is expected. */
static void check_trace_bytes(const char *text, size_t len, const char *expected)
{
    static const int sizes[] = {64, 1, 3};
    for (int i = 0; i < 6; i++) {
        struct dump d = dump_memory(text, len, i < 3, sizes[i % 3]);
        ck_assert_str_eq(d.text.data, expected);
        vec_free(&d.text);
    }
}

static void check_trace(const char *text, const char *expected)
{
    check_trace_bytes(text, strlen(text), expected);
}

/* ---- lines ---- */

START_TEST(lines_alloc)
{
    check_trace("heapreel-trace 1\nalloc x 10\n", "2 alloc a=x n=10\n");
    check_trace("alloc 1234567 136\nalloc 0 1\n", "1 alloc a=1234567 n=136\n2 alloc a=0 n=1\n");
    check_trace("alloc x 1024G\nalloc x 2k array\n", "1 alloc a=x n=1099511627776\n2 alloc kind1 flags0 a=x n=2048\n");
    check_trace("alloc m - map\nalloc c - cell @s\nalloc p 32 propcell\n",
                "1 alloc kind10 flags0 a=m n=80\n2 alloc kind11 flags0 a=c @s n=16\n3 alloc kind12 flags0 a=p n=32\n");
    check_trace("alloc x 8 in y\nalloc x 8 string in y.z\nalloc x 8 in 5.17 @f.js:3#1\n",
                "1 alloc kind0 flags1 a=x b=y n=8\n2 alloc kind4 flags3 a=x b=y slot=z n=8\n"
                "3 alloc kind0 flags3 a=x b=5 @f.js:3#1 slot#17 n=8\n");
    check_trace("\t alloc\tx \t 8   @12 # comment @x\n", "1 alloc a=x @12 n=8\n");
    check_trace("alloc x#y 8 @a#b #c\nalloc in 8 in in.in\n",
                "1 alloc a=x#y @a#b n=8\n2 alloc kind0 flags3 a=in b=in slot=in n=8\n");
    check_trace("alloc 1 2264 object\nalloc 1 8 array in 2.3\nalloc 1 8 buffer in 2\n",
                "1 alloc a=1 n=2264\n2 alloc kind1 flags3 a=1 b=2 slot#3 n=8\n3 alloc kind6 flags1 a=1 b=2 n=8\n");
}
END_TEST

START_TEST(lines_stores)
{
    check_trace("ref x y\nref x.a y\nref x.a.b y\nref 1.2 3\nref 1 3\n",
                "1 ref a=x b=y\n2 ref kind0 flags2 a=x b=y slot=a\n3 ref kind0 flags2 a=x b=y slot=a.b\n"
                "4 ref kind0 flags2 a=1 b=3 slot#2\n5 ref a=1 b=3\n");
    check_trace("unref x y\nunref x.a\nunref 1 2\nunref 1.2\nunref x..\n",
                "1 unref a=x b=y\n2 unref kind0 flags2 a=x slot=a\n3 unref a=1 b=2\n4 unref kind0 flags2 a=1 slot#2\n"
                "5 unref kind0 flags2 a=x slot=.\n");
    check_trace("weak x.a y\nweak 1.2 3\n", "1 weak kind0 flags2 a=x b=y slot=a\n2 weak kind0 flags2 a=1 b=3 slot#2\n");
    check_trace("entry m k\nentry m k v\nentry 1 2 3\nentry 1 2\nunentry m k\n",
                "1 entry a=m b=k\n2 entry kind0 flags4 a=m b=k c=v\n3 entry kind0 flags4 a=1 b=2 c=3\n"
                "4 entry a=1 b=2\n5 unentry a=m b=k\n");
}
END_TEST

START_TEST(lines_slots_and_ids)
{
    check_trace("ref 1.0 2\nref 1.00 2\nref 1.01 2\nref 1.1 2\n",
                "1 ref kind0 flags2 a=1 b=2 slot#0\n2 ref kind0 flags2 a=1 b=2 slot=00\n"
                "3 ref kind0 flags2 a=1 b=2 slot=01\n4 ref kind0 flags2 a=1 b=2 slot#1\n");
    check_trace("ref 1.268435455 2\nref 1.268435456 2\nref 1.99999999999 2\nref 1.-1 2\n",
                "1 ref kind0 flags2 a=1 b=2 slot#268435455\n2 ref kind0 flags2 a=1 b=2 slot=268435456\n"
                "3 ref kind0 flags2 a=1 b=2 slot=99999999999\n4 ref kind0 flags2 a=1 b=2 slot=-1\n");
    check_trace("root 2147483647\nroot 2147483648\nroot 01\nroot 99999999999\nroot 00000001\n",
                "1 root a=2147483647\n2 root a=2147483648\n3 root a=01\n4 root a=99999999999\n5 root a=00000001\n");
    check_trace("root 12345678\nroot 123456789\nroot 1234567890\nroot x$y$\nroot 堆\n",
                "1 root a=12345678\n2 root a=123456789\n3 root a=1234567890\n4 root a=x$y$\n5 root a=堆\n");
}
END_TEST

START_TEST(lines_others)
{
    check_trace("root x\nrelease x\nfinalize x\nuse x\nuse x deep\nexternal x 0\nexternal 7 1M\n",
                "1 root a=x\n2 release a=x\n3 finalize a=x\n4 use a=x\n5 use kind0 flags8 a=x\n6 external a=x\n"
                "7 external a=7 n=1048576\n");
    check_trace("enter\nenter f\nenter a.b@c\nenter 12\nleave\nleave # x\n",
                "1 enter\n2 enter kind0 flags16 a=f\n3 enter kind0 flags16 a=a.b@c\n4 enter kind0 flags16 a=12\n"
                "5 leave\n6 leave\n");
    check_trace("work 0ns\nwork 12us\nidle 3ms\nidle 2s\n",
                "1 work\n2 work n=12000\n3 idle n=3000000\n4 idle n=2000000000\n");
    check_trace("gc\ngc major\ngc minor\ngc compact\ngc start\ngc step 4k\ngc finish\n",
                "1 gc\n2 gc\n3 gc kind1 flags0\n4 gc kind2 flags0\n5 gc kind3 flags0\n6 gc kind4 flags0 n=4096\n"
                "7 gc kind5 flags0\n");
}
END_TEST

START_TEST(lines_texts)
{
    check_trace("title  A # b  \n chapter\tx\nnote # no comment\nask Who? | Me # you | him\n",
                "1 title 'A # b'\n2 chapter 'x'\n3 note '# no comment'\n4 ask 'Who? | Me # you | him'\n");
    check_trace("set a b # c\nset  a \t b\nexpect live x # y\nexpect a#b = 3\n",
                "1 set 'a b'\n2 set 'a \t b'\n3 expect 'live x'\n4 expect 'a#b = 3'\n");
    check_trace("note $5 $x costs $\nnote 堆 €\n", "1 note '$5 $x costs $'\n2 note '堆 €'\n");
}
END_TEST

START_TEST(lines_set_and_workers)
{
    check_trace("title x\nset a b\nworker w\nset a b\ngc\nworker v\nset a c\nset a d\nworker w\nworker main\nset a b\n",
                "1 title 'x'\n2 set 'a b'\n3 worker a=w\n4 set 'a b'\n5 gc\n6 worker a=v\n7 set 'a c'\n8 set 'a d'\n"
                "9 worker a=w\n10 worker a=main\n11 set 'a b'\n");
    check_trace(
        "alloc 1 8\nset a b\n",
        "1 alloc a=1 n=8\n2:1: set behind the first event, expected it before (or behind a worker's first worker "
        "line)\n");
}
END_TEST

START_TEST(files_forms)
{
    check_trace("", "");
    check_trace("\n\n  \n# c\n \t# d", "");
    check_trace("gc", "1 gc\n");
    check_trace("gc\r\nalloc 1 2\r\n\r\n# x\r\nroot x\r\nnote a \r", "1 gc\n2 alloc a=1 n=2\n5 root a=x\n6 note 'a'\n");
    check_trace("\xEF\xBB\xBFheapreel-trace 1\ngc\n", "2 gc\n");
    check_trace("\xEF\xBB\xBF", "");
    check_trace("\n# x\n  heapreel-trace\t1 # y\ngc\n", "4 gc\n");
    check_trace("title x\n", "1 title 'x'\n");
    check_trace_bytes("gc\n\0\0\0", 6, "1 gc\n2:1: NUL byte, expected UTF-8 text\n");
    check_trace_bytes("\0\0\0", 3, "1:1: NUL byte, expected UTF-8 text\n");
}
END_TEST

START_TEST(files_long_lines)
{
    static const char *const ends[] = {"", "\n", "\r\n"};
    for (int i = 0; i < 3; i++) {
        char *text = malloc(70000);
        memcpy(text, "gc\nnote ", 8);
        memset(text + 8, 'x', 65531);
        memcpy(text + 3 + 65536, ends[i], strlen(ends[i]) + 1);
        struct dump d = dump_memory(text, strlen(text), true, 64);
        ck_assert_uint_eq(d.events, 2);
        ck_assert_uint_eq(d.text.len, strlen("1 gc\n2 note ''\n") + 65531);
        vec_free(&d.text);
        memset(text + 8, 'x', 65532);
        memcpy(text + 3 + 65537, ends[i], strlen(ends[i]) + 1);
        check_trace(text, "1 gc\n2:65537: line too long, expected at most 65536 bytes (64 KiB)\n");
        free(text);
    }
}
END_TEST

START_TEST(columns)
{
    static const char text[] = " alloc  x.y 10 in a.b.c # d\nnote a # b\n";
    struct names names;
    struct error e = {0};
    struct trace_event events[2] = {0};
    names_init(&names);
    struct trace_event event = {.op = TRACE_ALLOC, .source = text, .source_len = 27};
    ck_assert_uint_eq(trace_column(&event, 0, 0), 2);
    ck_assert_uint_eq(trace_column(&event, 1, 0), 9);
    ck_assert_uint_eq(trace_column(&event, 1, 1), 11);
    ck_assert_uint_eq(trace_column(&event, 2, 1), 13);
    ck_assert_uint_eq(trace_column(&event, 4, 1), 21);
    ck_assert_uint_eq(trace_column(&event, 5, 0), 28);
    ck_assert_uint_eq(trace_column(&event, 500, 0), 28);
    static const char repeated[] = "\n note a # b\r\nrepeat 1 as i\nref  a$i.${i}   b\nend";
    struct trace_reader *r = trace_open_memory(repeated, sizeof repeated - 1, &names, &e);
    ck_assert_int_eq(trace_read(r, events, 2, &e), 1);
    ck_assert_uint_eq(events[0].source_len, 11);
    ck_assert_uint_eq(trace_column(&events[0], 2, 0), 9);
    ck_assert_int_eq(trace_read(r, events, 1, &e), 1);
    ck_assert_uint_eq(trace_column(&events[0], 1, 0), 6);
    ck_assert_uint_eq(trace_column(&events[0], 1, 1), 10);
    ck_assert_uint_eq(trace_column(&events[0], 2, 0), 17);
    ck_assert_uint_eq(trace_column(&events[0], 3, 0), 18);
    trace_close(r);
    names_free(&names);
}
END_TEST

START_TEST(counting)
{
    struct names names;
    struct error e = {0};
    struct trace_event events[8];
    uint64_t total = 0;
    names_init(&names);
    struct trace_reader *r = trace_open_memory("gc\ngc\n# x\ngc", 12, &names, &e);
    ck_assert_uint_eq(trace_lines(r), 0);
    ck_assert_uint_eq(trace_bytes(r, &total), 0);
    ck_assert_uint_eq(total, 12);
    ck_assert_int_eq(trace_read(r, events, 1, &e), 1);
    ck_assert_uint_eq(trace_lines(r), 1);
    ck_assert_uint_eq(trace_bytes(r, &total), 3);
    ck_assert_int_eq(trace_read(r, events, 8, &e), 1);
    ck_assert_int_eq(trace_read(r, events, 8, &e), 1);
    ck_assert_int_eq(trace_read(r, events, 8, &e), 0);
    ck_assert_uint_eq(trace_lines(r), 4);
    ck_assert_uint_eq(trace_bytes(r, &total), 12);
    trace_close(r);
    trace_close(NULL);
    names_free(&names);
}
END_TEST

/* ---- tests/bad ---- */

static char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    char *text = malloc(1 << 20);
    *len = fread(text, 1, (1 << 20) - 1, file);
    text[*len] = '\0';
    fclose(file);
    return text;
}

START_TEST(bad_folder)
{
    char path[600], folder[300];
    const char *root = getenv("UNIT_DIR");
    snprintf(folder, sizeof folder, "%s/bad", root ? root : "tests");
    DIR *dir = opendir(folder);
    ck_assert_msg(dir != NULL, "no folder %s", folder);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char *dot = strstr(entry->d_name, ".trace");
        if (dot == NULL || strncmp(entry->d_name, "run-", 4) == 0) /* those are for test_run.c */
            continue;
        size_t len, error_len;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        char *text = read_file(path, &len);
        snprintf(path, sizeof path, "%s/%.*s.error", folder, (int)(dot - entry->d_name), entry->d_name);
        char *expected = read_file(path, &error_len);
        for (int i = 0; i < 4; i++) {
            struct dump d = dump_memory(text, len, i % 2, i < 2 ? 1 : 64);
            size_t at = d.text.len - 1;
            while (at > 0 && d.text.data[at - 1] != '\n')
                at--;
            ck_assert_msg(strcmp(d.text.data + at, expected) == 0, "%s: %s", entry->d_name, d.text.data + at);
            vec_free(&d.text);
        }
        free(text);
        free(expected);
        count++;
    }
    closedir(dir);
    ck_assert_int_gt(count, 100);
}
END_TEST

/* ---- repeat ---- */

START_TEST(repeat_simple)
{
    check_trace("repeat 2\ngc\nend\ngc\n", "2 gc\n2 gc\n3 end\n4 gc\n");
}
END_TEST

START_TEST(repeat_zero)
{
    check_trace("repeat 0\nnonsense ${\n repeat\n end foo\nend\ngc", "5 end\n6 gc\n");
    check_trace("repeat 2 as i\nrepeat $i\ngc\nend x\nend",
                "3 gc\n4:5: extra field \"x\", expected the end of the line\n");
    check_trace("repeat 0\n\xff \n# \xff\nend", "4 end\n");
}
END_TEST

START_TEST(repeat_variables)
{
    check_trace("repeat 2 as i\nalloc n$i ${i+8}\nref n$i.$i n${i-0}\nrelease $i\nend\n",
                "2 alloc a=n0 n=8\n3 ref kind0 flags2 a=n0 b=n0 slot#0\n4 release a=0\n"
                "2 alloc a=n1 n=9\n3 ref kind0 flags2 a=n1 b=n1 slot#1\n4 release a=1\n5 end\n");
    check_trace("repeat 2 as i\nalloc a${i-1}b$i$i 8 in ${i}_.s$i @at$i\nentry $i $i $i\nuse x$i deep\nend\n",
                "2 alloc kind0 flags3 a=a-1b00 b=0_ @at0 slot=s0 n=8\n3 entry kind0 flags4 a=0 b=0 c=0\n"
                "4 use kind0 flags8 a=x0\n"
                "2 alloc kind0 flags3 a=a0b11 b=1_ @at1 slot=s1 n=8\n3 entry kind0 flags4 a=1 b=1 c=1\n"
                "4 use kind0 flags8 a=x1\n5 end\n");
    check_trace("repeat 2 as i\nnote $i of ${i+10} $ii $j $ # $i\ntitle x\nalloc ${i-1} 8 # ${\nwork ${i}0ns\nend\n",
                "2 note '0 of 10 $ii $j $ # 0'\n3 title 'x'\n4 alloc a=-1 n=8\n5 work\n"
                "2 note '1 of 11 $ii $j $ # 1'\n3 title 'x'\n4 alloc a=0 n=8\n5 work n=10\n6 end\n");
    check_trace(
        "repeat 2 as i\nexternal x ${i}k\nref 0$i.0$i x\nalloc x ${i+2147483647}\nalloc ${i+2147483647} 8\nend\n",
        "2 external a=x\n3 ref kind0 flags2 a=00 b=x slot=00\n4 alloc a=x n=2147483647\n5 alloc a=2147483647 n=8\n"
        "2 external a=x n=1024\n3 ref kind0 flags2 a=01 b=x slot=01\n4 alloc a=x n=2147483648\n"
        "5 alloc a=2147483648 n=8\n6 end\n");
    check_trace("repeat 2 as i\nref x.${i+268435455} y\nref x.$i.$i y\nalloc x 8 @${i}\nunref a$i.b\nend\n",
                "2 ref kind0 flags2 a=x b=y slot#268435455\n3 ref kind0 flags2 a=x b=y slot=0.0\n4 alloc a=x @0 n=8\n"
                "5 unref kind0 flags2 a=a0 slot=b\n"
                "2 ref kind0 flags2 a=x b=y slot=268435456\n3 ref kind0 flags2 a=x b=y slot=1.1\n4 alloc a=x @1 n=8\n"
                "5 unref kind0 flags2 a=a1 slot=b\n6 end\n");
}
END_TEST

START_TEST(repeat_nested)
{
    check_trace("repeat 2 as i\nrepeat ${i+1} as j\nroot $i.$j\nend\nend\n",
                "3:6: bad ID \"0.0\", expected one without a dot\n");
    check_trace("repeat 3 as i\nrepeat $i as j\nroot ${i}_$j\nend\nroot $j\nend\n",
                "5 root a=$j\n3 root a=1_0\n5 root a=$j\n3 root a=2_0\n3 root a=2_1\n5 root a=$j\n6 end\n");
    check_trace("repeat 2 as i\nrepeat 2 as i\nroot $i\nend\nroot x$i\nend\n",
                "3 root a=0\n3 root a=1\n5 root a=x0\n3 root a=0\n3 root a=1\n5 root a=x1\n6 end\n");
    check_trace("repeat 2 as i\nrepeat $i as i\nroot $i\nend\nend\n", "3 root a=0\n5 end\n");
    check_trace("repeat 1\nrepeat 1 as a\nrepeat 2 as b\nrepeat 2 as c\nroot $a$b$c\nend\nend\nend\nend\ngc",
                "5 root a=000\n5 root a=001\n5 root a=010\n5 root a=011\n9 end\n10 gc\n");
}
END_TEST

START_TEST(repeat_errors_come_late)
{
    check_trace("gc\nrepeat 2 as i\nroot x$i\nalloc   y  ${i-1}\nend\n",
                "1 gc\n3 root a=x0\n4:12: bad size \"-1\", expected a number and optionally k, M or G\n");
    check_trace("repeat 3 as i\nalloc y${i} ${i+79} map\nend\n", "2:13: size 79 of kind map, expected 80 or -\n");
    check_trace("repeat 3 as i\nalloc y ${i-2}1\nend\n",
                "2:9: bad size \"-21\", expected a number and optionally k, M or G\n");
    check_trace(
        "repeat 3 as i\nroot $i\nset a b\nend\n",
        "2 root a=0\n3:1: set behind the first event, expected it before (or behind a worker's first worker line)\n");
    check_trace(
        "repeat 2 as i\nset a $i\nend\nrepeat 2 as i\nworker w$i\nset a $i\ngc\nend\n",
        "2 set 'a 0'\n2 set 'a 1'\n3 end\n5 worker a=w0\n6 set 'a 0'\n7 gc\n5 worker a=w1\n6 set 'a 1'\n7 gc\n8 end\n");
}
END_TEST

/* None of these may take long, or make an event. */
START_TEST(repeat_of_nothing)
{
    check_trace("repeat 1099511627776\nend\n", "2 end\n");
    check_trace("repeat 1048576\nrepeat 1048576\nend\nend\n", "4 end\n");
    check_trace("repeat 1099511627776\nrepeat 0\ngc\nend\nend\n", "5 end\n");
    check_trace("repeat 1048576 as i\nrepeat 1048576\nrepeat 0\nnonsense\nend\nend\nend\n", "7 end\n");
    check_trace("repeat 1 as z\nrepeat 1099511627776 as i\nrepeat $z\ngc\nend\nend\nend\n", "7 end\n");
    check_trace("repeat 1099511627776 as i\nrepeat $i\nrepeat $i\nend\nend\nend\n", "6 end\n");
    check_trace("repeat 1 as z\nrepeat 1000000000 as i\nrepeat $z as y\nrepeat $y\ngc\nend\nend\nend\nend\n",
                "9 end\n");
}
END_TEST

START_TEST(repeat_deep)
{
    enum { DEEP = 20000 };
    VEC(char) text = {0};
    for (int i = 0; i < DEEP; i++) {
        ck_assert_int_eq(vec_reserve(&text, 30), 0);
        memcpy(text.data + text.len, "repeat 1 as i\n", 14);
        text.len += 14;
    }
    ck_assert_int_eq(vec_reserve(&text, 30), 0);
    memcpy(text.data + text.len, "root $i\n", 8);
    text.len += 8;
    for (int i = 0; i < DEEP; i++) {
        ck_assert_int_eq(vec_reserve(&text, 30), 0);
        memcpy(text.data + text.len, "end\n", 4);
        text.len += 4;
    }
    check_trace_bytes(text.data, text.len, "20001 root a=0\n40001 end\n");
    vec_free(&text);
}
END_TEST

START_TEST(repeat_skipped)
{
    static const char text[] =
        "gc\nrepeat 1000 as i\nroot x\nrepeat 5\nroot y\nend\nnonsense\nend\nleave\nrepeat 1\ngc\nend\n";
    struct names names;
    struct error e = {0};
    struct trace_event events[8];
    names_init(&names);
    struct trace_reader *r = trace_open_memory(text, sizeof text - 1, &names, &e);
    ck_assert(!trace_skip_repeat(r));
    ck_assert_int_eq(trace_read(r, events, 8, &e), 1);
    ck_assert(!trace_skip_repeat(r));
    ck_assert_int_eq(trace_read(r, events, 3, &e), 3);
    ck_assert_uint_eq(events[2].line, 5);
    ck_assert(trace_skip_repeat(r));
    ck_assert(!trace_skip_repeat(r));
    ck_assert_int_eq(trace_read(r, events, 8, &e), 1);
    ck_assert_uint_eq(events[0].line, 9);
    ck_assert_int_eq(trace_read(r, events, 8, &e), 2);
    ck_assert_int_eq(events[1].op, TRACE_END);
    ck_assert(!trace_skip_repeat(r));
    ck_assert_int_eq(trace_read(r, events, 8, &e), 0);
    trace_close(r);
    r = trace_open_memory("repeat 1\ngc\nend\nleave", 21, &names, &e);
    ck_assert_int_eq(trace_read(r, events, 1, &e), 1);
    ck_assert(trace_skip_repeat(r)); /* its end is not told yet */
    ck_assert_int_eq(trace_read(r, events, 8, &e), 1);
    ck_assert_int_eq(events[0].op, TRACE_LEAVE);
    trace_close(r);
    names_free(&names);
}
END_TEST

/* Memory follows the names in use, and those of an open repeat stay valid. */
START_TEST(repeat_many_names)
{
    static const char text[] = "repeat 300000 as i\nalloc n$i 48 in holder.s$i @site\nref n$i.next holder\nend\n";
    struct names names;
    struct error e = {0};
    struct trace_event events[64];
    names_init(&names);
    struct trace_reader *r = trace_open_memory(text, sizeof text - 1, &names, &e);
    uint64_t count = 0;
    uint32_t holder = NAME_NONE;
    for (int n; (n = trace_read(r, events, 64, &e)) > 0;) {
        char expected[32], buffer[NAME_DIGITS];
        size_t len;
        for (int i = 0; i < n; i++) {
            if (events[i].op == TRACE_END)
                continue;
            snprintf(expected, sizeof expected, "n%llu", (unsigned long long)(count / 2));
            const char *name = names_text(&names, events[i].a, buffer, &len);
            ck_assert(len == strlen(expected) && memcmp(name, expected, len) == 0);
            holder = holder == NAME_NONE ? events[i].b : holder;
            ck_assert_uint_eq(events[i].b, holder);
            count++;
        }
        if (names_full(&names)) {
            trace_mark_names(r);
            ck_assert_int_eq(names_sweep(&names), 0);
            ck_assert_uint_le(names.used, 3);
        }
    }
    ck_assert_uint_eq(count, 600000);
    ck_assert_uint_le(names.table.cap, 10000);
    trace_close(r);
    names_free(&names);
}
END_TEST

START_TEST(repeat_long_texts)
{
    VEC(char) text = {0};
    ck_assert_int_eq(vec_reserve(&text, 70000), 0);
    memcpy(text.data, "repeat 200 as i\nnote ", 21);
    text.len = 21;
    while (text.len < 60000) {
        memcpy(text.data + text.len, "$i-", 3);
        text.len += 3;
    }
    memcpy(text.data + text.len, "\nnote x$i\nend\n", 14);
    text.len += 14;
    struct dump a = dump_memory(text.data, text.len, true, 64);
    struct dump b = dump_memory(text.data, text.len, false, 1);
    ck_assert_uint_eq(a.events, 401);
    ck_assert_str_eq(a.text.data, b.text.data);
    vec_free(&a.text);
    vec_free(&b.text);
    vec_free(&text);
}
END_TEST

/* ---- random lines: all ways must agree ---- */

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static const char *pick(uint64_t *state, const char *const *from, size_t count)
{
    return from[random_next(state) % count];
}

#define PICK(state, table) pick(state, table, sizeof table / sizeof table[0])

static void random_line(uint64_t *state, char *out, size_t room)
{
    static const char *const words[] = {"alloc ",    "alloc ", "alloc ", "ref ",  "ref ", "release ", "unref ",
                                        "root ",     "entry ", "leave",  "weak ", "use ", "note ",    "enter ",
                                        "external ", "gc ",    "work ",  "al",    ""};
    static const char *const parts[] = {"1",
                                        "12",
                                        "123",
                                        "1234567",
                                        "12345678",
                                        "123456789",
                                        "2147483647",
                                        "2147483648",
                                        "12345678901",
                                        "0",
                                        "00",
                                        "01",
                                        "00000000012",
                                        "x",
                                        "x.y",
                                        "1.2",
                                        "1.268435455",
                                        "1.268435456",
                                        "1.02",
                                        "12.x",
                                        "1.",
                                        ".1",
                                        ".",
                                        "136",
                                        "1k",
                                        "1099511627776",
                                        "1099511627777",
                                        "-",
                                        "-1",
                                        "object",
                                        "array",
                                        "string",
                                        "map",
                                        "in",
                                        "in",
                                        "@s",
                                        "@",
                                        "#",
                                        "1#",
                                        "deep",
                                        "$i",
                                        "${i}",
                                        "x$i",
                                        "$i.$j",
                                        "x.${i+1}",
                                        "${i-1}",
                                        "${j",
                                        "$",
                                        "80",
                                        "1000000000",
                                        "9999999999",
                                        ":",
                                        "1:",
                                        "99999999",
                                        "12345678.12345678",
                                        "1/2",
                                        "\xc3\xa9",
                                        "buffer",
                                        "closure",
                                        "1.2.3",
                                        "12ns",
                                        "major"};
    static const char *const blanks[] = {" ", " ", " ", " ", " ", " ", " ", " ", " ", "  ", "\t", ""};
    static const char *const ends[] = {"\n", "\n", "\n", "\n", "\n", "\n", "\n", " \n", "\r\n", " # c\n"};
    int count = (int)(random_next(state) % 6);
    size_t len = (size_t)snprintf(out, room, "%s", PICK(state, words));
    for (int i = 0; i < count; i++) {
        len += (size_t)snprintf(out + len, room - len, "%s%s", PICK(state, parts),
                                i + 1 < count ? PICK(state, blanks) : "");
    }
    snprintf(out + len, room - len, "%s", PICK(state, ends));
}

START_TEST(random_lines)
{
    uint64_t state = 88172645463325252;
    int count = seeds_long() ? 200000 : 4000;
    for (int i = 0; i < count; i++) {
        char text[2000] = "# first\n", repeated[2200];
        uint64_t seed = state;
        for (int k = 0; k < 3; k++) {
            size_t len = strlen(text);
            random_line(&state, text + len, sizeof text - len);
        }
        struct dump fast = dump_memory(text, strlen(text), true, 64);
        struct dump slow = dump_memory(text, strlen(text), false, 64);
        ck_assert_msg(strcmp(fast.text.data, slow.text.data) == 0, "seed %llu, \"%s\": %s / %s",
                      (unsigned long long)seed, text, fast.text.data, slow.text.data);
        vec_free(&fast.text);
        vec_free(&slow.text);
        snprintf(repeated, sizeof repeated, "repeat 3 as i\nrepeat 2 as j\n%send\nend\n", text);
        fast = dump_memory(repeated, strlen(repeated), true, 64);
        slow = dump_memory(repeated, strlen(repeated), false, 1);
        ck_assert_msg(strcmp(fast.text.data, slow.text.data) == 0, "seed %llu, \"%s\": %s / %s",
                      (unsigned long long)seed, repeated, fast.text.data, slow.text.data);
        vec_free(&fast.text);
        vec_free(&slow.text);
    }
}
END_TEST

/* Valid lines only, so that the whole of a larger text is read, over several refills of the window. */
START_TEST(random_long_text)
{
    static const char *const forms[] = {
        "alloc %u 136\n", "ref %u.%u 7\n", "release %u\n",     "alloc n%u 48 in h.%u\n",
        "# comment %u\n", "unref %u.%u\n", "entry %u %u 3\n",  "alloc %u 8 array in %u\n",
        "root  %u\n",     "leave\n",       "note %u and %u\n", "alloc %u 2264 object\n"};
    uint64_t state = 12345;
    VEC(char) text = {0};
    while (text.len < 2000000) {
        ck_assert_int_eq(vec_reserve(&text, 100), 0);
        text.len += (size_t)sprintf(text.data + text.len, PICK(&state, forms), (unsigned)(random_next(&state) >> 40),
                                    (unsigned)(random_next(&state) >> 50));
    }
    struct dump fast = dump_memory(text.data, text.len, true, 64);
    struct dump slow = dump_memory(text.data, text.len, false, 7);
    ck_assert_uint_gt(fast.events, 80000);
    ck_assert(strcmp(fast.text.data, slow.text.data) == 0);
    ck_assert_ptr_null(strstr(fast.text.data, ": "));
    vec_free(&fast.text);
    vec_free(&slow.text);
    vec_free(&text);
}
END_TEST

/* ---- files and pipes ---- */

/* Writes text into a new pipe from a child, step bytes at a time; returns the end to read as a path. */
static pid_t start_writer(const char *text, size_t len, size_t step, char path[32])
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(ends[0]);
        for (size_t at = 0; at < len; at += step) {
            size_t n = len - at < step ? len - at : step;
            if (write(ends[1], text + at, n) != (ssize_t)n)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    snprintf(path, 32, "/dev/fd/%d", ends[0]);
    return child;
}

START_TEST(pipe_in_steps)
{
    static const char text[] =
        "heapreel-trace 1\r\nalloc 1234567 136\nref 1.2 3\n\n# c\nrepeat 3 as i\nalloc n$i 48\nnote x$i\n"
        "end\nalloc node12 48 in list.12 @s\nnote the end";
    static const size_t steps[] = {1, 2, 7, sizeof text - 1};
    struct dump expected = dump_memory(text, sizeof text - 1, true, 64);
    for (int i = 0; i < 4; i++) {
        char path[32];
        pid_t child = start_writer(text, sizeof text - 1, steps[i], path);
        struct dump d = {0};
        struct names names;
        struct error e = {0};
        names_init(&names);
        struct trace_reader *r = trace_open(path, &names, &e);
        ck_assert_ptr_nonnull(r);
        close(atoi(path + 8));
        dump_reader(&d, r, &names, 64, 1000);
        ck_assert_str_eq(d.text.data, expected.text.data);
        trace_close(r);
        names_free(&names);
        vec_free(&d.text);
        waitpid(child, NULL, 0);
    }
    vec_free(&expected.text);
}
END_TEST

/* A long line, a byte at a time: the time must not grow with the square of its length. */
START_TEST(pipe_long_line)
{
    char *text = malloc(200000);
    char path[32];
    for (int i = 0; i < 3; i++) {
        memset(text + i * 65000, 'x', 65000);
        memcpy(text + i * 65000, "note ", 5);
        text[i * 65000 + 64999] = '\n';
    }
    pid_t child = start_writer(text, 195000, 1, path);
    struct names names;
    struct error e = {0};
    struct trace_event events[4];
    names_init(&names);
    struct trace_reader *r = trace_open(path, &names, &e);
    close(atoi(path + 8));
    int n, count = 0;
    while ((n = trace_read(r, events, 4, &e)) > 0) {
        for (int i = 0; i < n; i++)
            ck_assert_uint_eq(events[i].text_len, 64994);
        count += n;
    }
    ck_assert_int_eq(count, 3);
    trace_close(r);
    names_free(&names);
    waitpid(child, NULL, 0);
    free(text);
}
END_TEST

/* What is there is handed out, though the pipe is still open. */
START_TEST(pipe_does_not_wait)
{
    int ends[2];
    char path[32];
    struct names names;
    struct error e = {0};
    struct trace_event events[8];
    uint64_t total = 1;
    names_init(&names);
    ck_assert_int_eq(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    struct trace_reader *r = trace_open(path, &names, &e);
    ck_assert_int_eq(write(ends[1], "gc\nroot x\nroo", 13), 13);
    int n = trace_read(r, events, 8, &e);
    n += n < 2 ? trace_read(r, events, 8, &e) : 0;
    ck_assert_int_eq(n, 2);
    ck_assert_int_eq(write(ends[1], "t y\n# ", 6), 6);
    ck_assert_int_eq(trace_read(r, events, 8, &e), 1);
    ck_assert_uint_eq(events[0].line, 3);
    ck_assert_uint_eq(trace_bytes(r, &total), 17);
    ck_assert_uint_eq(total, 0);
    close(ends[1]);
    ck_assert_int_eq(trace_read(r, events, 8, &e), 0);
    trace_close(r);
    close(ends[0]);
    names_free(&names);
}
END_TEST

START_TEST(unreadable)
{
    struct names names;
    struct error e = {0};
    struct trace_event event;
    names_init(&names);
    ck_assert_ptr_null(trace_open("/nonexistent/x.trace", &names, &e));
    ck_assert_int_eq(e.kind, ERROR_SYSTEM);
    ck_assert_str_eq(error_text(&e), "cannot open: No such file or directory");
    error_clear(&e);
    struct trace_reader *r = trace_open("/", &names, &e);
    if (r != NULL) {
        ck_assert_int_eq(trace_read(r, &event, 1, &e), -1);
        trace_close(r);
    }
    ck_assert_int_eq(e.kind, ERROR_SYSTEM);
    ck_assert_str_eq(error_text(&e), "cannot read: Is a directory");
    error_clear(&e);
    names_free(&names);
}
END_TEST

Suite *suite_trace(void)
{
    Suite *suite = suite_create("trace");
    TCase *tests = tcase_create("trace");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, lines_alloc);
    tcase_add_test(tests, lines_stores);
    tcase_add_test(tests, lines_slots_and_ids);
    tcase_add_test(tests, lines_others);
    tcase_add_test(tests, lines_texts);
    tcase_add_test(tests, lines_set_and_workers);
    tcase_add_test(tests, files_forms);
    tcase_add_test(tests, files_long_lines);
    tcase_add_test(tests, columns);
    tcase_add_test(tests, counting);
    tcase_add_test(tests, bad_folder);
    tcase_add_test(tests, repeat_simple);
    tcase_add_test(tests, repeat_zero);
    tcase_add_test(tests, repeat_variables);
    tcase_add_test(tests, repeat_nested);
    tcase_add_test(tests, repeat_errors_come_late);
    tcase_add_test(tests, repeat_of_nothing);
    tcase_add_test(tests, repeat_deep);
    tcase_add_test(tests, repeat_skipped);
    tcase_add_test(tests, repeat_many_names);
    tcase_add_test(tests, repeat_long_texts);
    tcase_add_test(tests, random_lines);
    tcase_add_test(tests, random_long_text);
    tcase_add_test(tests, pipe_in_steps);
    tcase_add_test(tests, pipe_long_line);
    tcase_add_test(tests, pipe_does_not_wait);
    tcase_add_test(tests, unreadable);
    suite_add_tcase(suite, tests);
    return suite;
}
