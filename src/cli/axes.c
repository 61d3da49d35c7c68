/* axes.c - counts out combinations, as digits of a number whose places have different bases. */
#include "cli/axes.h"

#include <stdlib.h>
#include <string.h>

int axes_add(struct axes *axes, const char *option, const char *text, struct error *error)
{
    if (vec_push(&axes->list, ((struct axis){0})))
        return error_memory(error);
    struct axis *axis = &axes->list.data[axes->list.len - 1];
    if (axis_parse(axis, text, error) != 0)
        return -1;
    for (const struct axis *other = axes->list.data; other < axis; other++)
        if (strcmp(other->key, axis->key) == 0)
            return error_set(error, ERROR_USAGE, 0, 0, "%s %s is given twice", option, axis->key);
    return 0;
}

size_t axes_combinations(const struct axes *axes, size_t most)
{
    size_t count = 1;
    for (size_t i = 0; i < axes->list.len && count <= most; i++)
        count *= axes->list.data[i].values.list.len;
    return count;
}

int axes_cells(struct axes *axes, struct cells *cells)
{
    size_t n = axes->list.len, count = axes_combinations(axes, SIZE_MAX / 2);
    axes->keys = calloc(n, sizeof *axes->keys);
    axes->variants = calloc(count * n, sizeof *axes->variants);
    if (axes->keys == NULL || axes->variants == NULL || vec_reserve(&cells->list, count))
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct variant *variants = &axes->variants[i * n];
        size_t rest = i;
        for (size_t k = n; k-- > 0;) {
            const struct variants *values = &axes->list.data[k].values;
            variants[k] = values->list.data[rest % values->list.len];
            rest /= values->list.len;
        }
        cells->list.data[cells->list.len++] = (struct cell){.variants = variants, .variant_count = n};
    }
    for (size_t k = 0; k < n; k++)
        axes->keys[k] = axes->list.data[k].key;
    return 0;
}

void axes_free(struct axes *axes)
{
    for (size_t i = 0; i < axes->list.len; i++)
        axis_free(&axes->list.data[i]);
    vec_free(&axes->list);
    free(axes->keys);
    free(axes->variants);
}
