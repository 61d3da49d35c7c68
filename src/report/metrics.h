/*
 * metrics.h - the figures of the report by which configurations are compared.
 *
 * They are read from the report while it is produced (sink.h), so a metric and the JSON can never disagree.
 */
#ifndef HEAPREEL_REPORT_METRICS_H
#define HEAPREEL_REPORT_METRICS_H

#include "run/run.h"

/* What is better: less, more, or neither. */
enum metric_better { METRIC_LESS, METRIC_MORE, METRIC_NEITHER };
enum metric_unit { METRIC_COUNT_OF, METRIC_BYTES, METRIC_NS, METRIC_RATIO };

/*
 * X(symbol, path in the report, name for programs, label for people, unit, better). A "*" in a path stands for any rest
 * of a key, or any item of a list: the metric is the sum of them all (for fragmentation, a ratio, the last one).
 */
#define METRICS(X)                                                                                                     \
    X(TIME, "time.total_ns", "total_ns", "time", NS, LESS)                                                             \
    X(SCAVENGES, "collections.scavenges", "scavenges", "scavenges", COUNT_OF, LESS)                                    \
    X(MAJORS, "collections.mark_*", "majors", "majors", COUNT_OF, LESS)                                                \
    X(STEPS, "collections.incremental_steps", "incremental_steps", "mark steps", COUNT_OF, NEITHER)                    \
    X(PAUSE_P50, "pauses.all.p50_ns", "pause_p50_ns", "pause p50", NS, LESS)                                           \
    X(PAUSE_P95, "pauses.all.p95_ns", "pause_p95_ns", "pause p95", NS, LESS)                                           \
    X(PAUSE_MAX, "pauses.all.max_ns", "pause_max_ns", "pause max", NS, LESS)                                           \
    X(PAUSE_TOTAL, "pauses.all.total_ns", "pause_total_ns", "all pauses", NS, LESS)                                    \
    X(MMU_0, "mmu.0.utilization", "mmu_0", "MMU", RATIO, MORE)                                                         \
    X(MMU_1, "mmu.1.utilization", "mmu_1", "MMU", RATIO, MORE)                                                         \
    X(MMU_2, "mmu.2.utilization", "mmu_2", "MMU", RATIO, MORE)                                                         \
    X(MMU_3, "mmu.3.utilization", "mmu_3", "MMU", RATIO, MORE)                                                         \
    X(COPIED, "collections.list.*.copied_bytes", "copied_bytes", "copied", BYTES, LESS)                                \
    X(PROMOTED, "collections.list.*.promoted_bytes", "promoted_bytes", "promoted", BYTES, LESS)                        \
    X(PEAK_USED, "peak.heapUsed", "peak_heapUsed", "peak used", BYTES, LESS)                                           \
    X(PEAK_TOTAL, "peak.heapTotal", "peak_heapTotal", "peak total", BYTES, LESS)                                       \
    X(FLOATING, "collections.list.*.floating_garbage_bytes", "floating_garbage_bytes", "floating", BYTES, LESS)        \
    X(FRAGMENTATION, "collections.list.*.fragmentation_after", "fragmentation", "fragm.", RATIO, LESS)                 \
    X(FAILED, "expectations.failed", "expectations_failed", "expect. fails", COUNT_OF, NEITHER)                        \
    X(WINDOW_0, "mmu.0.window_ns", "mmu_0_window_ns", "window", NS, NEITHER)                                           \
    X(WINDOW_1, "mmu.1.window_ns", "mmu_1_window_ns", "window", NS, NEITHER)                                           \
    X(WINDOW_2, "mmu.2.window_ns", "mmu_2_window_ns", "window", NS, NEITHER)                                           \
    X(WINDOW_3, "mmu.3.window_ns", "mmu_3_window_ns", "window", NS, NEITHER)

enum metric_index {
#define X(symbol, path, name, label, unit, better) METRIC_##symbol,
    METRICS(X)
#undef X
        METRIC_COUNT
};

struct metric_row {
    const char *path, *name, *label;
    enum metric_unit unit;
    enum metric_better better;
};
extern const struct metric_row metric_rows[METRIC_COUNT];

/* Values; bit n of known is set if number n is known. Sums over a list that was cut (--max-collections) are not. */
struct metrics {
    uint64_t known;
    uint64_t value[METRIC_COUNT]; /* bytes, nanoseconds, millionths */
};

/* Fills *metrics from a run that has ended. 0, or -1 without memory. */
int metrics_of(const struct run *run, struct metrics *metrics);

#endif
