/*
 * vec.h - growable arrays of plain data.
 *
 * VEC(T) declares one. The elements are plain data that refer to each other by
 * index, never by pointer, so that an array can be copied with memcpy.
 * A zeroed VEC is empty and valid.
 */
#ifndef HEAPREEL_BASE_VEC_H
#define HEAPREEL_BASE_VEC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define VEC(T)                                                                                                         \
    struct {                                                                                                           \
        T *data;                                                                                                       \
        size_t len; /* elements in use */                                                                              \
        size_t cap; /* elements allocated */                                                                           \
    }

/*
 * Makes room for want elements of size bytes at *data, growing geometrically. 0, or -1 if the host has no memory
 * (nothing changes then).
 */
int vec_grow(void *data, size_t *cap, size_t size, size_t want);

/* Replaces *data by memory for want elements, as vec_grow, but without what it held. */
int vec_renew(void *data, size_t *cap, size_t size, size_t want);

/* Room for n more elements: 0, or -1 without memory. */
#define vec_reserve(v, n)                                                                                              \
    ((v)->len + (n) <= (v)->cap ? 0 : vec_grow((void *)&(v)->data, &(v)->cap, sizeof *(v)->data, (v)->len + (n)))

/* The same for an array without elements: no memory is moved, nor touched. */
#define vec_reserve_empty(v, n) ((n) <= (v)->cap ? 0 : vec_renew((void *)&(v)->data, &(v)->cap, sizeof *(v)->data, (n)))

/* Appends x: 0, or -1 without memory. */
#define vec_push(v, x) (vec_reserve(v, 1) ? -1 : ((v)->data[(v)->len++] = (x), 0))

/*
 * Sets i to the number of elements for which the condition on element i holds; they must be the first ones. The
 * condition is evaluated some log2(len) times.
 */
#define vec_count_while(v, i, condition)                                                                               \
    do {                                                                                                               \
        size_t low_ = 0, high_ = (v)->len;                                                                             \
        while (low_ < high_) {                                                                                         \
            (i) = low_ + (high_ - low_) / 2;                                                                           \
            if (condition)                                                                                             \
                low_ = (i) + 1;                                                                                        \
            else                                                                                                       \
                high_ = (i);                                                                                           \
        }                                                                                                              \
        (i) = low_;                                                                                                    \
    } while (0)

/* Frees the elements; the array is empty and valid afterwards. */
#define vec_free(v) (vec_release((void *)&(v)->data), (v)->len = (v)->cap = 0, (void)0)

/* Frees *data and makes it NULL; use vec_free. */
void vec_release(void *data);

/* Copies len elements of size bytes into a new array with room for cap. 0, or -1 without memory. */
int vec_duplicate(void *to_data, size_t *to_cap, const void *from_data, size_t size, size_t len, size_t cap);

#endif
