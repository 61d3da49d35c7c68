/* format.c - the words of the formats, and what files look like. */
#include "formats/format.h"

#include "formats/rep.h"

#include <string.h>

static const struct {
    const char *word, *help;
} exporters[] = {
#define X(symbol, word, help) {word, help},
    EXPORT_FORMATS(X)
#undef X
};

const char *export_format_word(enum export_format format)
{
    return exporters[format].word;
}

const char *export_format_help(enum export_format format)
{
    return exporters[format].help;
}

/* Is word somewhere in the text? */
static bool has(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(text + i, word, n) == 0)
            return true;
    return false;
}

bool format_is_snapshot(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t'))
        i++;
    return i < len && text[i] == '{' && has(text, len, "\"snapshot\"");
}

const char *format_hint(const char *text, size_t len)
{
    if (len >= 2 && (memcmp(text, "\x1F\x8B", 2) == 0 || memcmp(text, "\x28\xB5\x2F\xFD", len < 4 ? 2 : 4) == 0))
        return "this file is compressed: unpack it, and pipe it to \"-\" (heapreel heap reads it as it is)";
    if (len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return "this file is in UTF-16, as PowerShell writes it: save it as UTF-8";
    if (format_is_snapshot(text, len))
        return "this is a heap snapshot: heapreel heap FILE reads it";
    if (has(text, len, " ms: Scavenge ") || has(text, len, " ms: Mark-") || has(text, len, " ms: pause="))
        return "this is a log of V8's collector: heapreel what-if FILE reads it, if it was written with --trace-gc-nvp";
    if (rep_looks_like(text, len))
        return "this is a trace of the malloc lab: heapreel import rep FILE makes a trace of it";
    return NULL;
}
