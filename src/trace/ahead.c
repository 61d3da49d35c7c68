/*
 * ahead.c - a thread that reads a file ahead of its reader and looks at the plain lines, while the run uses those
 * before.
 *
 * It fills a ring of blocks, one after another; the reader gives one back when it takes the next. Lines that are not
 * plain are only found: the reader reads them as ever, so that nothing of what a trace means depends on this thread.
 * The ring is small, to stay in the cache that processors share. When it is full, the thread sleeps until
 * most of it has been used: waking it costs as much as many lines.
 */
#include "trace/internal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BLOCKS = 16,
    BLOCK_TEXT = 32 * 1024, /* bytes: fewer than trace_plain.next can tell apart */
    BLOCK_LINES = 4096,
    AHEAD_FULL =
        BLOCKS - 1, /* blocks ahead of the reader: the line that the last one breaks off in is still to be copied */
    AHEAD_LOW = BLOCKS / 2, /* as few are left when the thread goes on */
};

struct ahead {
    struct ahead_block blocks[BLOCKS];
    size_t filled[BLOCKS]; /* bytes that have been read into a block: behind len there is a line that is not complete */
    int fd;
    uint64_t base, offset; /* where the trace begins in the file, and in the trace the next block */
    pthread_t thread;
    pthread_mutex_t lock;            /* of all below */
    pthread_cond_t made, used;       /* signalled when those change, as far as somebody may wait for it */
    uint64_t made_count, used_count; /* blocks that have been filled, and given back */
    bool holding;                    /* the reader uses block number used_count */
    bool ended, stop;                /* no more blocks come; none are wanted */
};

/* Fills the text of a block, as far as the file goes. False if it cannot be read. */
static bool fill(const struct ahead *a, struct ahead_block *block, size_t *filled)
{
    while (*filled < BLOCK_TEXT) {
        ssize_t n = pread(a->fd, block->text + *filled, BLOCK_TEXT - *filled, (off_t)(a->base + a->offset + *filled));
        if (n > 0)
            *filled += (size_t)n;
        else if (n == 0 || errno != EINTR)
            return n == 0;
    }
    return true;
}

/* Looks at the complete lines of a block. */
static void look(struct ahead_block *block, uint64_t offset, size_t filled)
{
    const char *p = block->text, *end = p + filled;
    while (end > p && end[-1] != '\n')
        end--;
    block->lines = block->other_count = 0;
    while (p < end && block->lines < BLOCK_LINES) {
        uint64_t at = offset + (uint64_t)(p - block->text);
        int plain = plain_scan(p, end, at, block->plain + block->lines, (int)(BLOCK_LINES - block->lines));
        if (plain > 0) {
            block->lines += (size_t)plain;
            p += (uint16_t)(block->plain[block->lines - 1].next - at);
        } else {
            block->others[block->other_count++] = (uint16_t)block->lines++;
            p = (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
        }
    }
    block->len = (size_t)(p - block->text);
}

/* Makes a block of what follows. False if that has no complete line. */
static bool make(struct ahead *a, uint64_t number)
{
    struct ahead_block *block = &a->blocks[number % BLOCKS];
    size_t *filled = &a->filled[number % BLOCKS];
    *filled = 0;
    if (number > 0) {
        const struct ahead_block *before = &a->blocks[(number - 1) % BLOCKS];
        *filled = a->filled[(number - 1) % BLOCKS] - before->len;
        memcpy(block->text, before->text + before->len, *filled);
    }
    if (!fill(a, block, filled))
        return false;
    look(block, a->offset, *filled);
    a->offset += block->len;
    return block->len > 0;
}

/* Waits until the ring has room for a block. False if none is wanted any more. */
static bool wait_for_room(struct ahead *a)
{
    uint64_t most = AHEAD_FULL;
    pthread_mutex_lock(&a->lock);
    while (!a->stop && a->made_count - a->used_count >= most) {
        most = AHEAD_LOW;
        pthread_cond_wait(&a->used, &a->lock);
    }
    bool wanted = !a->stop;
    pthread_mutex_unlock(&a->lock);
    return wanted;
}

static void *work(void *self)
{
    struct ahead *a = self;
    bool more = true;
    for (uint64_t number = 0; more; number++) {
        more = wait_for_room(a) && make(a, number);
        pthread_mutex_lock(&a->lock);
        a->made_count += more;
        a->ended = !more;
        pthread_cond_signal(&a->made);
        pthread_mutex_unlock(&a->lock);
    }
    return NULL;
}

const struct ahead_block *ahead_next(struct ahead *a)
{
    pthread_mutex_lock(&a->lock);
    a->used_count += a->holding;
    if (a->made_count - a->used_count < AHEAD_LOW)
        pthread_cond_signal(&a->used);
    while (a->made_count == a->used_count && !a->ended)
        pthread_cond_wait(&a->made, &a->lock);
    a->holding = a->made_count > a->used_count;
    const struct ahead_block *block = a->holding ? &a->blocks[a->used_count % BLOCKS] : NULL;
    pthread_mutex_unlock(&a->lock);
    return block;
}

size_t ahead_other(const struct ahead_block *block, size_t line)
{
    size_t low = 0, high = block->other_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (block->others[middle] < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low < block->other_count ? block->others[low] : block->lines;
}

/* ---- beginning and end ---- */

static void ahead_free(struct ahead *a)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        if (a->blocks[i].text != NULL)
            free(a->blocks[i].text - SCAN_FRONT);
        free(a->blocks[i].plain);
        free(a->blocks[i].others);
    }
    pthread_cond_destroy(&a->used);
    pthread_cond_destroy(&a->made);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

static bool make_room(struct ahead *a)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        struct ahead_block *block = &a->blocks[i];
        char *room = calloc(SCAN_FRONT + BLOCK_TEXT + SCAN_PAD, 1);
        block->text = room != NULL ? room + SCAN_FRONT : NULL;
        block->plain = calloc(BLOCK_LINES, sizeof *block->plain);
        block->others = calloc(BLOCK_LINES, sizeof *block->others);
        if (room == NULL || block->plain == NULL || block->others == NULL)
            return false;
    }
    return true;
}

/* Signals are for the other threads. */
static bool make_thread(struct ahead *a)
{
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before))
        return false;
    int code = pthread_create(&a->thread, NULL, work, a);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code == 0;
}

struct ahead *ahead_start(int fd, uint64_t base, uint64_t offset)
{
    struct ahead *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->fd = fd;
    a->base = base;
    a->offset = offset;
    pthread_mutex_init(&a->lock, NULL); /* with default attributes, none of these fails */
    pthread_cond_init(&a->made, NULL);
    pthread_cond_init(&a->used, NULL);
    if (!make_room(a) || !make_thread(a)) {
        ahead_free(a);
        return NULL;
    }
    return a;
}

void ahead_stop(struct ahead *a)
{
    if (a == NULL)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->used);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    ahead_free(a);
}
