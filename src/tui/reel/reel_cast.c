/* reel_cast.c - a film as an asciicast: what a terminal would be told, and when. */
#include "tui/reel/reel.h"

#include <string.h>

/* Seconds, to the millisecond. */
static void write_time(struct out *out, uint64_t ns)
{
    uint64_t ms = ns / 1000000;
    out_format(out, "%llu.%03u", (unsigned long long)(ms / 1000), (unsigned)(ms % 1000));
}

static void write_look(const struct reel_look *look, struct out *out)
{
    static const struct {
        uint8_t look;
        const char *code;
    } codes[] = {{LOOK_BOLD, ";1"}, {LOOK_DIM, ";2"}, {LOOK_UNDERLINE, ";4"}, {LOOK_REVERSE, ";7"}};
    out_words(out, "\\u001b[0");
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (look->look & codes[i].look)
            out_words(out, codes[i].code);
    if (look->fore >= 0)
        out_format(out, ";38;5;%d", look->fore);
    if (look->ground >= 0)
        out_format(out, ";48;5;%d", look->ground);
    out_char(out, 'm');
}

static void write_text(const char *text, size_t len, struct out *out)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\')
            out_char(out, '\\');
        out_char(out, text[i]); /* a canvas holds no control characters */
    }
}

/* Runs follow each other, so the cursor is right already; after wide ones, viewers may not agree. */
static void write_row(const struct reel *reel, const struct reel_change *change, struct out *out)
{
    const struct reel_row *row = &reel->rows.data[change->row];
    out_format(out, "\\u001b[%dH", change->y + 1);
    for (uint32_t i = 0; i < row->runs; i++) {
        const struct reel_run *run = &reel->runs.data[row->run + i];
        if (i > 0 && (run[-1].wide > 1 || !run[-1].simple))
            out_format(out, "\\u001b[%dG", run->x + 1);
        write_look(&reel->looks.data[run->look], out);
        write_text(reel->text.data + run->text, run->len, out);
    }
}

static void write_frame(const struct reel *reel, size_t i, struct out *out)
{
    size_t end = reel_changes_end(reel, i);
    out_char(out, '[');
    write_time(out, reel->frames.data[i].ns);
    out_words(out, ",\"o\",\"");
    if (i == 0)
        out_words(out, "\\u001b[?25l\\u001b[2J");
    for (size_t k = reel->frames.data[i].change; k < end; k++)
        write_row(reel, &reel->changes.data[k], out);
    out_words(out, "\\u001b[0m\"]\n");
}

static void write_mark(const struct reel_mark *mark, struct out *out)
{
    out_char(out, '[');
    write_time(out, mark->ns);
    out_words(out, ",\"m\",");
    out_json_string(out, mark->text, strlen(mark->text));
    out_words(out, "]\n");
}

void reel_write_cast(const struct reel *reel, struct out *out)
{
    out_format(out, "{\"version\":2,\"width\":%d,\"height\":%d,\"duration\":", reel->width, reel->height);
    write_time(out, reel->end_ns);
    if (reel->title) {
        out_words(out, ",\"title\":");
        out_json_string(out, reel->title, strlen(reel->title));
    }
    out_words(out, ",\"env\":{\"TERM\":\"xterm-256color\"}}\n");
    size_t m = 0;
    for (size_t i = 0; i < reel->frames.len; i++) {
        for (; m < reel->marks.len && reel->marks.data[m].ns <= reel->frames.data[i].ns; m++)
            write_mark(&reel->marks.data[m], out);
        write_frame(reel, i, out);
    }
    out_char(out, '['); /* the last frame stays as long as the others */
    write_time(out, reel->end_ns);
    out_words(out, ",\"o\",\"\"]\n");
}
