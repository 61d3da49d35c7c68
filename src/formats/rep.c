/* rep.c - reads requests line by line, and writes alloc and release. */
#include "formats/rep.h"

#include "base/text.h"
#include "base/vec.h"
#include "base/writer.h"

#include <inttypes.h>
#include <string.h>

#define IDS_MOST 100000000u

struct block {
    uint64_t size;
    uint32_t version; /* reallocations, this one included; 0: never allocated */
    bool held;
};

struct line {
    const char *text;
    size_t len;
    uint64_t number; /* from 1 */
};

struct importer {
    const char *at, *end;
    struct line line;
    struct error *error;
    VEC(struct block) blocks; /* by id */
    uint64_t live, peak;
    struct out out;
};

/* ---- lines ---- */

/* The next line that is not blank; false at the end. */
static bool next_line(struct importer *im)
{
    while (im->at < im->end) {
        const char *end = memchr(im->at, '\n', (size_t)(im->end - im->at));
        end = end == NULL ? im->end : end;
        im->line.text = im->at;
        im->line.len = (size_t)(end - im->at);
        im->line.number++;
        im->at = end < im->end ? end + 1 : im->end;
        if (im->line.len > 0 && im->line.text[im->line.len - 1] == '\r')
            im->line.len--;
        if (text_trim(im->line.text, im->line.len).len > 0)
            return true;
    }
    return false;
}

static int fail(struct importer *im, const struct text_word *word, const char *expected)
{
    struct text_quoted quoted;
    uint64_t column = word->len > 0 ? (uint64_t)(word->text - im->line.text) + 1 : im->line.len + 1;
    if (word->len == 0)
        return error_set(im->error, ERROR_INPUT, im->line.number, column, "missing field, expected %s", expected);
    return error_set(im->error, ERROR_INPUT, im->line.number, column, "\"%s\", expected %s",
                     text_quote(&quoted, word->text, word->len), expected);
}

static int take_number(struct importer *im, size_t *at, const char *expected, uint64_t *number)
{
    struct text_word word = text_next(im->line.text, im->line.len, at);
    return text_number(word.text, word.len, number) == TEXT_OK ? 0 : fail(im, &word, expected);
}

static int take_end(struct importer *im, size_t *at)
{
    struct text_word word = text_next(im->line.text, im->line.len, at);
    return word.len == 0 ? 0 : fail(im, &word, "the end of the line");
}

/* ---- requests ---- */

static void put_block(struct importer *im, const char *word, uint64_t id, const struct block *block)
{
    out_format(&im->out, "%s b%" PRIu64, word, id);
    if (block->version > 1)
        out_format(&im->out, "_%" PRIu32, block->version);
}

static void release(struct importer *im, uint64_t id)
{
    struct block *block = &im->blocks.data[id];
    put_block(im, "release", id, block);
    out_char(&im->out, '\n');
    im->live -= block->size;
    block->held = false;
}

/* A new block, before an old one of that id is released: a realloc copies. */
static void allocate(struct importer *im, uint64_t id, uint64_t size)
{
    struct block before = im->blocks.data[id];
    struct block *block = &im->blocks.data[id];
    block->version++;
    put_block(im, "alloc", id, block);
    out_format(&im->out, " %" PRIu64 "\n", size > 0 ? size : 1);
    if (before.held) {
        *block = before;
        release(im, id);
        block->version++;
    }
    block->size = size;
    block->held = true;
    im->live += size;
    im->peak = im->live > im->peak ? im->live : im->peak;
}

static int take_id(struct importer *im, size_t *at, uint64_t *id)
{
    size_t before = *at;
    if (take_number(im, at, "the id of a block", id))
        return -1;
    struct text_word word = text_next(im->line.text, im->line.len, &before);
    return *id < im->blocks.len ? 0 : fail(im, &word, "an id below the number of ids");
}

static int take_request(struct importer *im)
{
    size_t at = 0;
    uint64_t id, size = 0;
    struct text_word word = text_next(im->line.text, im->line.len, &at);
    bool allocates = text_is(word, "a"), moves = text_is(word, "r");
    if (!allocates && !moves && !text_is(word, "f"))
        return fail(im, &word, "a, r or f");
    size_t start = at;
    struct text_word target = text_next(im->line.text, im->line.len, &start);
    if (!allocates && !moves && text_is(target, "-1"))
        return take_end(im, &start);
    if (take_id(im, &at, &id) || ((allocates || moves) && take_number(im, &at, "a size in bytes", &size)) ||
        take_end(im, &at))
        return -1;
    if (allocates && im->blocks.data[id].held)
        return fail(im, &target, "a block that is free");
    if (!allocates && !moves && !im->blocks.data[id].held)
        return fail(im, &target, "a block that is allocated");
    if (size > UINT64_C(1) << 40)
        return fail(im, &word, "a size up to 1 TiB");
    if (allocates || moves)
        allocate(im, id, size);
    else
        release(im, id);
    return 0;
}

/* ---- the file ---- */

/* The numbers of the lines before the first request: two or four. Returns how many, or -1. */
static int take_head(struct importer *im, uint64_t head[4])
{
    int count = 0;
    while (next_line(im)) {
        size_t at = 0;
        struct text_word word = text_next(im->line.text, im->line.len, &at);
        if (word.text[0] < '0' || word.text[0] > '9')
            break;
        if (count == 4)
            return fail(im, &word, "a request (a, r or f) after four lines of numbers");
        at = 0;
        if (take_number(im, &at, "a number", &head[count++]) || take_end(im, &at))
            return -1;
    }
    if (count == 2 || count == 4)
        return count;
    return error_set(im->error, ERROR_INPUT, im->line.number, 1,
                     "%d lines of numbers, expected two or four before the requests", count);
}

bool rep_looks_like(const char *text, size_t len)
{
    struct error error = {0};
    struct importer im = {.at = text, .end = text + len, .error = &error};
    uint64_t head[4];
    int count = take_head(&im, head);
    error_clear(&error);
    size_t at = 0;
    struct text_word word = count > 0 ? text_next(im.line.text, im.line.len, &at) : (struct text_word){text, 0};
    return text_is(word, "a") || text_is(word, "r") || text_is(word, "f");
}

static int take_all(struct importer *im)
{
    uint64_t head[4];
    int count = take_head(im, head);
    if (count < 0)
        return -1;
    uint64_t ids = head[count == 2 ? 0 : 1];
    if (ids > IDS_MOST)
        return error_set(im->error, ERROR_INPUT, count == 2 ? 1 : 2, 1, "%" PRIu64 " ids, expected at most %u", ids,
                         IDS_MOST);
    if (vec_reserve(&im->blocks, (size_t)ids + 1))
        return error_memory(im->error);
    memset(im->blocks.data, 0, ((size_t)ids + 1) * sizeof *im->blocks.data);
    im->blocks.len = (size_t)ids;
    do {
        if (text_trim(im->line.text, im->line.len).len > 0 && take_request(im))
            return -1;
    } while (next_line(im) && !im->out.failed);
    return 0;
}

int rep_import(const char *text, size_t len, const char *path, FILE *file, struct error *error)
{
    struct importer im = {.at = text, .end = text + len, .error = error};
    out_to_memory(&im.out); /* the head, which comes first, says how much is held at most */
    int failed = take_all(&im);
    if (!failed && im.out.failed)
        failed = error_memory(error);
    if (!failed) {
        struct out head;
        out_to_file(&head, file);
        out_words(&head, "heapreel-trace 1\ntitle The malloc lab's ");
        out_safe(&head, path, strlen(path), 120);
        out_format(&head,
                   "\n# Each block is an object, held until it is freed; one that is moved gets a new name.\n"
                   "set profile node20\nset max-old-space-size %" PRIu64 "M\n",
                   2 * (im.peak >> 20) + 64);
        out_text(&head, im.out.data, im.out.len);
        failed = out_flush(&head);
    }
    out_drop(&im.out);
    vec_free(&im.blocks);
    return failed ? -1 : 0;
}
