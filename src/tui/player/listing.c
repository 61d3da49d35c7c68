/* listing.c - the sparse index of a file's lines. */
#include "tui/player/listing.h"

#include "base/tempfile.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

void listing_open(struct listing *listing, const char *path)
{
    struct stat st;
    *listing = (struct listing){.fd = -1, .line = 1};
    bool standard = strcmp(path, "-") == 0;
    /* A named pipe must not be opened a second time: its writer would lose its reader when that is closed. */
    if (!standard && (stat(path, &st) != 0 || !S_ISREG(st.st_mode)))
        return;
    int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (standard && fd >= 0 && lseek(fd, 0, SEEK_CUR) != 0) { /* a pipe, or a file at an unknown line */
        close(fd);
        return;
    }
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        listing->fd = fd;
    else if (fd >= 0)
        close(fd);
}

int listing_open_text(struct listing *listing, const char *directory, const char *text, size_t len, struct error *error)
{
    *listing = (struct listing){.fd = tempfile_open(directory, error), .line = 1};
    return listing->fd < 0 ? -1 : tempfile_write(listing->fd, 0, text, len, error);
}

void listing_follow(struct listing *listing, int fd)
{
    if (listing->fd >= 0 || fd < 0)
        return;
    listing->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    listing->grows = true;
}

void listing_close(struct listing *listing)
{
    if (listing->fd >= 0)
        close(listing->fd);
    vec_free(&listing->index);
    vec_free(&listing->lines);
    vec_free(&listing->text);
    *listing = (struct listing){.fd = -1, .line = 1};
}

/* Indexes the file up to the entry that covers line, or to its end. 0, or -1 without memory. */
static int extend(struct listing *listing, uint64_t line, char *chunk)
{
    if (listing->index.len == 0 && vec_push(&listing->index, 0))
        return -1;
    while (!listing->complete && listing->line <= line) {
        ssize_t n = pread(listing->fd, chunk, CHUNK, (off_t)listing->offset);
        if (n <= 0) {
            listing->complete = !listing->grows;
            break;
        }
        const char *at = chunk, *end = chunk + n;
        while ((at = memchr(at, '\n', (size_t)(end - at)))) {
            at++;
            listing->line++;
            if ((listing->line - 1) % LISTING_STRIDE == 0 &&
                vec_push(&listing->index, listing->offset + (uint64_t)(at - chunk)))
                return -1;
        }
        listing->offset += (uint64_t)n;
    }
    return 0;
}

/* Appends bytes to the line being read. */
static int append(struct listing *listing, const char *bytes, size_t len)
{
    if (len == 0)
        return 0;
    if (vec_reserve(&listing->text, len))
        return -1;
    memcpy(listing->text.data + listing->text.len, bytes, len);
    listing->text.len += len;
    return 0;
}

/* Ends the line being read, which began at text offset at. */
static int end_line(struct listing *listing, uint64_t line, size_t at)
{
    size_t len = listing->text.len - at;
    if (len > 0 && listing->text.data[at + len - 1] == '\r')
        len--;
    return vec_push(&listing->lines, ((struct listing_line){line, at, len}));
}

/* Reads the lines from first to last of the file. */
static int read_file(struct listing *listing, uint64_t first, uint64_t last, char *chunk)
{
    if (extend(listing, first, chunk))
        return -1;
    uint64_t entry = (first - 1) / LISTING_STRIDE;
    if (entry >= listing->index.len)
        return 0;
    uint64_t line = entry * LISTING_STRIDE + 1, offset = listing->index.data[entry];
    size_t start = listing->text.len;
    ssize_t n = 0;
    while (line <= last && (n = pread(listing->fd, chunk, CHUNK, (off_t)offset)) > 0) {
        const char *at = chunk, *end = chunk + n;
        offset += (uint64_t)n;
        while (at < end && line <= last) {
            const char *stop = memchr(at, '\n', (size_t)(end - at));
            if (line >= first && append(listing, at, (size_t)((stop ? stop : end) - at)))
                return -1;
            if (!stop)
                break;
            if (line >= first && end_line(listing, line, start))
                return -1;
            start = listing->text.len;
            line++;
            at = stop + 1;
        }
    }
    if (n <= 0 && listing->text.len > start && end_line(listing, line, start)) /* the last line lacks its newline */
        return -1;
    return 0;
}

int listing_read(struct listing *listing, uint64_t line, unsigned before, unsigned after)
{
    uint64_t first = line >= before ? line - before + 1 : 1;
    if (listing->count > 0 && listing->first == first && listing->line_read == line && listing->count == before + after)
        return 0;
    listing->lines.len = 0;
    listing->text.len = 0;
    listing->count = 0;
    if (vec_reserve(&listing->text, 1)) /* so that an empty line has an address too */
        return -1;
    if (listing->fd >= 0) {
        char *chunk = malloc(CHUNK);
        int result = chunk ? read_file(listing, first, line + after, chunk) : -1;
        free(chunk);
        if (result)
            return -1;
    }
    listing->first = first;
    listing->line_read = line;
    listing->count =
        listing->grows && listing->lines.len < before + after ? 0 : before + after; /* there will be more */
    return 0;
}

bool listing_begins(const struct listing *listing, const struct listing_line *line, const char *word)
{
    size_t at = 0;
    struct text_word w = text_next(listing->text.data + line->at, line->len, &at);
    return *word ? text_is(w, word) : w.len == 0 || *w.text == '#';
}

bool listing_acts(const struct listing *listing, const struct listing_line *line)
{
    static const char *const others[] = {"", "heapreel-trace", "repeat", "end"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (listing_begins(listing, line, others[i]))
            return false;
    return true;
}
