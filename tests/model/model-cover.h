/*
 * model-cover.h - counts the branches of the model that are worth a test.
 *
 * Compiled in with -DMODEL_COVERAGE only; otherwise COVER is nothing.
 */
#ifndef MODEL_COVER_H
#define MODEL_COVER_H

/* X(name, what it means) */
#define COVER_POINTS(X)                                                                                                \
    X(alloc_filler, "allocation leaves a filler at a page's end")                                                      \
    X(alloc_exact_page, "allocation ends exactly at a page's end")                                                     \
    X(alloc_old_fixed, "map, cell or property cell born old")                                                          \
    X(alloc_code, "code born old")                                                                                     \
    X(alloc_code_large, "large code")                                                                                  \
    X(alloc_large, "large object born old")                                                                            \
    X(alloc_new_large, "new-large object allocated")                                                                   \
    X(alloc_in_rebinds_holder, "alloc ID ... in ID: holder resolved first")                                            \
    X(rebind_alive, "ID bound anew while its old object is alive")                                                     \
    X(rebind_dead, "ID bound anew after its object was collected")                                                     \
    X(useless_scavenge_major, "book: scavenge did not help: a major follows")                                          \
    X(useless_scavenge_again, "other eras: scavenge did not help: another follows")                                    \
    X(slot_reused, "named slot stored again after clearing")                                                           \
    X(slot_strong_to_weak, "strong slot becomes weak")                                                                 \
    X(slot_weak_to_strong, "weak slot becomes strong")                                                                 \
    X(slot_anonymous_gone, "unref takes an anonymous slot away")                                                       \
    X(unref_named_by_target, "unref SRC DST clears a named slot")                                                      \
    X(unref_weak_by_target, "unref SRC DST clears a weak slot")                                                        \
    X(unref_empty, "unref SRC.SLOT of an empty slot")                                                                  \
    X(barrier_new_record, "barrier puts a slot in the remembered set")                                                 \
    X(barrier_had_record, "barrier hit on a slot that is in the set")                                                  \
    X(barrier_weak, "barrier hit by a weak store")                                                                     \
    X(barrier_key, "barrier hit by a key (book, node6)")                                                               \
    X(barrier_value, "barrier hit by a value")                                                                         \
    X(barrier_key_exempt, "node20: young key into an old collection")                                                  \
    X(entry_overwrite, "entry with a present key")                                                                     \
    X(entry_drop_value, "entry without VALUE drops the value")                                                         \
    X(entry_again, "entry of a key that unentry took out")                                                             \
    X(unentry_recorded, "unentry leaves a stale record")                                                               \
    X(release_outer, "release of a handle of an outer scope")                                                          \
    X(leave_drops, "leave drops handles")                                                                              \
    X(roots_duplicate, "a root visited twice")                                                                         \
    X(growth, "new space grows")                                                                                       \
    X(growth_clipped, "growth clipped by the maximum")                                                                 \
    X(growth_at_max, "enough survived to grow, but capacity is the maximum")                                           \
    X(growth_in_major, "a major collection grows new space")                                                           \
    X(growth_last, "node24, node26: growth is the last act")                                                           \
    X(scavenge_filler, "copying leaves a filler at a page's end")                                                      \
    X(promote_age, "promotion below the age mark")                                                                     \
    X(promote_threshold, "promotion by the threshold")                                                                 \
    X(promote_both, "age and threshold both promote: by_age")                                                          \
    X(promote_overflow, "promotion because to-space is full")                                                          \
    X(copy_after_overflow, "a later object still fits after an overflow")                                              \
    X(large_in_minor, "new-large object becomes large in a scavenge")                                                  \
    X(large_in_major, "new-large object becomes large in a major")                                                     \
    X(new_large_dies_minor, "new-large object dies in a scavenge")                                                     \
    X(new_large_dies_major, "new-large object dies in a major")                                                        \
    X(new_large_scavenge, "full new-large space scavenges first")                                                      \
    X(buffer_first, "first scavenge buffer")                                                                           \
    X(buffer_continues, "new buffer continues the current one")                                                        \
    X(buffer_straddle, "object across the border of two buffers")                                                      \
    X(buffer_gap, "new buffer elsewhere: the rest of the old is filler")                                               \
    X(buffer_next_page, "new buffer begins a page")                                                                    \
    X(buffer_none, "no new buffer to be had")                                                                          \
    X(buffer_none_again, "none is tried again in this scavenge")                                                       \
    X(buffer_small_after_none, "small object still fits after that")                                                   \
    X(buffer_direct, "object too large for buffers, bump-allocated")                                                   \
    X(buffer_direct_after_none, "such a one fits though no buffer can be had")                                         \
    X(buffer_given_back, "rest of the last buffer given back")                                                         \
    X(buffer_not_at_top, "last buffer does not end at top: nothing given back")                                        \
    X(buffer_other_era, "scavenge-buffer set in another era")                                                          \
    X(cut_gives_back, "node24, node26: a buffer is closed, its rest begins the next")                                  \
    X(cut_filler, "node24, node26: the page's rest is filler")                                                         \
    X(cut_last_filler, "node24, node26: the last page's rest is filler")                                               \
    X(cut_by_page_end, "node24, node26: buffer cut short by the page's end")                                           \
    X(cut_for_one, "node24, node26: buffer made for an object that is larger")                                         \
    X(roots_given_back, "node26: the roots' rest given back")                                                          \
    X(roots_lost, "node26: the roots' rest lost")                                                                      \
    X(threshold_other_era, "promotion-threshold acts in node6 or node20")                                              \
    X(key_kept_old, "node20: young key of an old collection survives")                                                 \
    X(key_dead_young, "node20: scavenge removes an entry of a young collection")                                       \
    X(key_dead_old, "node20: scavenge removes an entry of an old collection")                                          \
    X(key_dead_record, "node20: and its record in the remembered set")                                                 \
    X(key_dead_nepotism, "node20: and the old collection is itself garbage")                                           \
    X(entries_scattered, "node20 and later: entries met scattered")                                                    \
    X(records_scattered, "node20 and later: value records met scattered")                                              \
    X(weak_not_followed, "node26: weak slot not followed")                                                             \
    X(weak_record_passed, "node26: record of a weak slot passed over")                                                 \
    X(weak_cleared_young, "node26: scavenge clears a young object's weak slot")                                        \
    X(weak_cleared_old, "node26: scavenge clears an old object's weak slot")                                           \
    X(weak_recorded, "node26: weak slot of a promoted object recorded")                                                \
    X(minor_finalized, "node26: scavenge finalizes")                                                                   \
    X(weak_keeps, "a weak slot alone keeps an object in a scavenge")                                                   \
    X(finalizer_keeps, "a registration alone keeps an object in a scavenge")                                           \
    X(nepotism, "an unreachable old host keeps a young object")                                                        \
    X(stale_minor, "scavenge drops a stale record")                                                                    \
    X(stale_major, "major drops a stale record")                                                                       \
    X(record_kept, "scavenge keeps a record, its target was copied")                                                   \
    X(record_dead_host, "major drops the record of a dead host")                                                       \
    X(record_by_queue, "a promoted object's slot is recorded")                                                         \
    X(record_by_queue_entry, "a promoted collection's entry is recorded")                                              \
    X(major_weak_cleared, "major clears a weak slot")                                                                  \
    X(major_key_dead, "major removes an entry")                                                                        \
    X(major_ephemeron_kept, "a value alive only through its entry")                                                    \
    X(major_ephemeron_rounds, "ephemerons need more than one round")                                                   \
    X(major_finalized, "finalized object reported")                                                                    \
    X(major_finalized_several, "several in one collection")                                                            \
    X(major_external_freed, "collected object owned external bytes")                                                   \
    X(major_promotes, "book, node20: major promotes a survivor")                                                       \
    X(major_node6_promotes, "node6: major promotes below the age mark")                                                \
    X(major_node6_copies, "node6: major copies above it")                                                              \
    X(major_node6_filler, "node6: and leaves a filler")                                                                \
    X(major_node6_buffer, "node6 with scavenge-buffer set: a major copies")                                            \
    X(major_record, "node6: major records a slot of a promoted object")                                                \
    X(major_record_entry, "node6: and an entry")                                                                       \
    X(major_record_kept, "node6: major keeps a record")                                                                \
    X(promoted_without_age_2, "object promoted by age at age 1 (node6)")                                               \
    X(external_scavenge, "young external bytes scavenge first")                                                        \
    X(external_scavenge_promotes, "and the object itself is old then")                                                 \
    X(external_scavenge_again, "limit still reached after that")                                                       \
    X(external_shrinks, "external that shrinks, limit reached: no scavenge")                                           \
    X(external_old, "external on an old object: no scavenge")                                                          \
    X(idle_scavenge, "node20: idle scavenges")                                                                         \
    X(idle_nothing, "node20: idle below 80 %")                                                                         \
    X(compact, "gc compact")                                                                                           \
    X(empty_scavenge, "scavenge of an empty new space")                                                                \
    X(two_page_semispace, "a scavenge with several pages in use")

#ifdef MODEL_COVERAGE
enum cover_point {
#define X(name, what) COVER_##name,
    COVER_POINTS(X)
#undef X
        COVER_COUNT
};
extern unsigned long model_cover_counts[COVER_COUNT];
#define COVER(name) (model_cover_counts[COVER_##name]++)
#else
#define COVER(name) ((void)0)
#endif
/*
 * For points that depend on a condition of their own; the condition is looked
 * at in every build, so that it cannot rot, and must have no side effects.
 */
#define COVER_IF(condition, name)                                                                                      \
    do {                                                                                                               \
        if (condition) {                                                                                               \
            COVER(name);                                                                                               \
        }                                                                                                              \
    } while (0)

#endif
