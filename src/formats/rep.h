/*
 * rep.h - a trace of the malloc lab of "Computer Systems: A Programmer's Perspective" (.rep) as a trace of a heap: what
 * would a garbage collector do with these blocks? Each block is an object that the program holds until it frees it.
 *
 * The file begins with two lines (ids, requests) or four (heap size, ids, requests, weight), each a number; then come
 * "a ID SIZE", "r ID SIZE" and "f ID". A realloc of an id that was never allocated is a malloc; "f -1" frees nothing.
 */
#ifndef HEAPREEL_FORMATS_REP_H
#define HEAPREEL_FORMATS_REP_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Do these first bytes look like such a file? */
bool rep_looks_like(const char *text, size_t len);

/* Writes the trace. path: of the file, for the title. 0, or -1 (error filled, with line and column of the text). */
int rep_import(const char *text, size_t len, const char *path, FILE *out, struct error *error);

#endif
