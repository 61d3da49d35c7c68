/*
 * layout.c - places the panels on a screen.
 *
 * The panels of a column share its height: each gets its minimum, and the rest is divided by weight; if not all fit,
 * those with the highest rank are left out.
 */
#include "tui/panels/views.h"

#include <string.h>

#define GAP 2           /* columns between two panels */
#define WIDE 100        /* from this many columns on, the heap is at the left and the text at the right */
#define TEXT_BESIDE 72  /* from this many columns on, a narrow screen has what happened beside the trace */
#define FIGURES_TALL 44 /* from this many rows on, a narrow screen has more than one line of figures, */
#define LOG_TALL 26     /* has a log, */
#define LARGE_TALL 32   /* and has panels for large objects and free lists */

/* A panel, or two beside each other, in a column. */
struct slice {
    enum view_id id, beside; /* beside == id: alone */
    int least, weight, most, rank;
    int rows;
};

/* Takes from panels that have nothing to show all rows but that of the heading. */
static void fold(struct slice *s, size_t n, uint32_t folded)
{
    for (size_t i = 0; i < n; i++) {
        bool both = (folded >> s[i].id & 1) && (folded >> s[i].beside & 1);
        s[i].least = both ? 1 : s[i].least;
        s[i].most = both ? 1 : s[i].most;
    }
}

/* Leaves a panel out. */
static void leave_out(struct slice *s, size_t *n, enum view_id id)
{
    for (size_t i = 0; i < *n; i++) {
        if (s[i].id == id) {
            memmove(s + i, s + i + 1, (*n - i - 1) * sizeof *s);
            --*n;
            return;
        }
    }
}

/* Leaves out what does not fit. Returns how many are left, and the rows that they do not need. */
static size_t fit_slices(struct slice *s, size_t n, int total, int *left)
{
    for (;;) {
        size_t drop = 0;
        *left = total;
        for (size_t i = 0; i < n; i++) {
            *left -= s[i].least;
            drop = s[i].rank >= s[drop].rank ? i : drop;
        }
        if (*left >= 0 || n == 0 || s[drop].rank == 0)
            return n;
        leave_out(s, &n, s[drop].id);
    }
}

/* The slice that is furthest below its share, or n if all have their maximum. */
static size_t neediest(const struct slice *s, size_t n)
{
    size_t best = n;
    for (size_t i = 0; i < n; i++)
        if (s[i].rows < s[i].most && (best == n || s[i].rows * s[best].weight < s[best].rows * s[i].weight))
            best = i;
    return best;
}

/* Places the slices below each other in rect. */
static void share(struct slice *s, size_t n, struct rect rect, struct rect place[VIEW_COUNT])
{
    int left, y = rect.y;
    size_t largest = 0;
    n = fit_slices(s, n, rect.h, &left);
    for (size_t i = 0; i < n; i++) {
        s[i].rows = s[i].least;
        largest = s[i].most > s[largest].most ? i : largest;
    }
    for (; left > 0 && n > 0; left--) {
        size_t i = neediest(s, n);
        s[i < n ? i : largest].rows++;
    }
    for (size_t i = 0; i < n; i++) {
        struct rect r = {rect.x, y, rect.w, s[i].rows};
        if (s[i].beside != s[i].id) {
            r.w = (rect.w - GAP) * 11 / 20;
            place[s[i].beside] = (struct rect){rect.x + r.w + GAP, y, rect.w - r.w - GAP, r.h};
        }
        place[s[i].id] = r;
        y += s[i].rows;
    }
}

/* The heap at the left, text at the right, the film below both. */
static void wide(int width, int body, const struct wish *wish, struct rect place[VIEW_COUNT])
{
    int film = body < 24 ? 2 : body < 33 ? 4 : body < 46 ? 6 : 9, rest = body - film;
    int left = width * 56 / 100, x = left + GAP;
    struct slice heap[] = {{VIEW_NEW, VIEW_NEW, 5, 9, 24, 0, 0},
                           {VIEW_OLD, VIEW_OLD, 5, 10, 26, 0, 0},
                           {VIEW_LARGE, VIEW_FREE, 4, 5, 12, 2, 0},
                           {VIEW_LOG, VIEW_LOG, 4, 6, 16, 1, 0}};
    struct slice text[] = {{VIEW_TRACE, VIEW_TRACE, 4, 8, 26, 0, 0},
                           {VIEW_HAPPENED, VIEW_HAPPENED, 4, 10, 200, 1, 0},
                           {VIEW_INSPECT, VIEW_INSPECT, 7, 10, 24, 0, 0},
                           {VIEW_FIGURES, VIEW_FIGURES, 5, 8, 20, 2, 0}};
    size_t n = sizeof text / sizeof *text;
    if (!wish->inspect)
        leave_out(text, &n, VIEW_INSPECT);
    fold(heap, sizeof heap / sizeof *heap, wish->folded);
    share(heap, sizeof heap / sizeof *heap, (struct rect){0, 1, left, rest}, place);
    share(text, n, (struct rect){x, 1, width - x, rest}, place);
    place[VIEW_FILM] = (struct rect){0, 1 + rest, width, film};
}

/*
 * All panels below each other, except what happened, which is beside the trace and makes room for the selected object.
 */
static void narrow(int width, int body, const struct wish *wish, struct rect place[VIEW_COUNT])
{
    int figures = body >= FIGURES_TALL ? 6 : 1;
    bool inspect = wish->inspect;
    enum view_id second = inspect ? VIEW_INSPECT : VIEW_HAPPENED;
    bool beside = width >= TEXT_BESIDE;
    struct slice all[] = {
        {VIEW_NEW, VIEW_NEW, 4, 9, 16, 0, 0},
        {VIEW_OLD, VIEW_OLD, 4, 9, 18, 0, 0},
        {VIEW_LARGE, VIEW_FREE, 4, 4, 8, 4, 0},
        {beside || !inspect ? VIEW_TRACE : VIEW_INSPECT, beside ? second : VIEW_TRACE, 3, 9, 40, 0, 0},
        {VIEW_LOG, VIEW_LOG, 4, 5, 10, 3, 0},
        {VIEW_FILM, VIEW_FILM, 2, 2, 6, 2, 0},
        {VIEW_FIGURES, VIEW_FIGURES, figures, 1, figures, 1, 0}};
    if (!beside)
        all[3].beside = all[3].id;
    size_t n = sizeof all / sizeof *all;
    if (body < LOG_TALL)
        leave_out(all, &n, VIEW_LOG);
    if (body < LARGE_TALL)
        leave_out(all, &n, VIEW_LARGE);
    fold(all, n, wish->folded);
    share(all, n, (struct rect){0, 1, width, body}, place);
}

bool views_layout(int width, int height, const struct wish *wish, struct rect place[VIEW_COUNT])
{
    memset(place, 0, sizeof *place * VIEW_COUNT);
    if (width < SCREEN_MIN_WIDTH || height < SCREEN_MIN_HEIGHT)
        return false;
    place[VIEW_TOP] = (struct rect){0, 0, width, 1};
    if (wish->footer > 0)
        place[VIEW_FOOTER] = (struct rect){0, height - wish->footer, width, wish->footer};
    if (wish->note > 0)
        place[VIEW_NOTE] = (struct rect){0, height - wish->footer - wish->note, width, wish->note};
    int body = height - 1 - wish->note - wish->footer;
    if (width >= WIDE)
        wide(width, body, wish, place);
    else
        narrow(width, body, wish, place);
    return true;
}
