/* compare.h - compare exact figures and heaps of two implementations. */
#ifndef MODEL_COMPARE_H
#define MODEL_COMPARE_H

#include <jansson.h>
#include <stdio.h>

/*
 * Compare two reports. Every key of `expected`, at any depth, must be in
 * `actual` and be equal; what only `actual` has is not looked at. But:
 *   - top-level "hits", "remembered" and "schema" do not count;
 *   - mark-sweep and mark-compact count as one type, and so do their totals;
 *   - members of "spaces" are matched by "space_name";
 *   - a "reason" that is null in `expected` is left open there: any will do.
 * Other arrays ("collections.list", "survival") must agree in length and
 * member by member. Both arguments are borrowed; `actual` may be NULL, which
 * is one difference. Writes the path and both values of each difference to
 * `why` and returns their number.
 */
int compare_report(const json_t *expected, const json_t *actual, FILE *why);

/*
 * Compare two heap dumps (text, one JSON object a line). Objects of "new" are
 * compared in the order given, with page and offset; those of other spaces as
 * sets. "id" numbers are private to each dump: named objects are matched by
 * name, unnamed ones by what they are and hold. Slots and entries count in
 * their order, a slot's target by its name, or if it has none by what it is
 * and holds. Writes each difference to `why` and returns their number.
 */
int compare_heap(const char *expected, const char *actual, FILE *why);

/*
 * The same for dumps one of which does not mark weak slots: what sort a slot
 * is of is not looked at.
 */
int compare_heap_unmarked(const char *expected, const char *actual, FILE *why);

#endif
