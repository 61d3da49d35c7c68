/*
 * progress.h - the state of collectors and allocations that are under way, and the limits. The heap only stores it;
 * gc/ changes it.
 */
#ifndef HEAPREEL_HEAP_PROGRESS_H
#define HEAPREEL_HEAP_PROGRESS_H

#include "heap/collection.h"

/* The old-generation limits and what they are computed from (heapreel-model(7), "Limits"). */
struct limits {
    uint64_t old, promotion;  /* bytes */
    uint64_t external_lowest; /* since the last major */
    bool old_failed;          /* an old-generation allocation has failed since the last major */
    bool had_major;
    bool consider;              /* something has happened since the start of marking was last considered */
    bool lowered;               /* node20: survival lowers the first limit no more */
    bool passed;                /* node20: an allocation has passed the limit; marking starts */
    bool reduce;                /* node20: this major is a memory-reducing one */
    bool most_survived;         /* of what the last scavenge found in new space, more than 90 % survived */
    struct decision_record why; /* why the next collection, or cycle, begins */
    uint64_t survival[10];      /* per mille of the last scavenges */
    uint64_t survivals;         /* scavenges so far */
    struct {
        uint64_t gc_bytes, gc_ns, allocated_bytes, mutator_ns;
    } cycle[10];
    uint64_t cycles;
    uint64_t mutator_ns_at_last_major, allocated_at_last_major;
    uint32_t ineffective; /* node20: majors in a row that left the heap nearly full */
};

/*
 * The progress of a collection: flat, so that a heap can be copied in the middle of one.
 * Each collector is a step machine over it (gc/gc.h).
 */
struct gc_state {
    uint8_t running;                 /* 0: none; else 1 + the requested enum collection_type */
    uint8_t phase;                   /* private to the collector */
    uint8_t compact;                 /* gc compact or last resort */
    uint32_t page;                   /* cursor over pages */
    uint32_t slot;                   /* cursor over the slots, then the entries, of the object being scanned */
    uint64_t cursor;                 /* cursor over handles, records, lists */
    uint64_t kept;                   /* where the next kept element of the list under the cursor goes */
    uint64_t scan;                   /* position in heap.young: Cheney's scan pointer */
    uint64_t queue;                  /* position in heap.promoted */
    uint32_t mark_page, mark_offset; /* the age mark of from-space */
    uint64_t scatter;                /* step between what is met scattered: entries of a table, value records */
    uint64_t young_size;             /* Size of new space, and bytes of new-large, at the start */
    uint64_t young_bytes;            /* object bytes of new space and new-large at the start */
    uint64_t scanned_before;         /* bytes that marking had scanned when the pause began */
    bool finishing;                  /* the pause finishes an incremental cycle */
    uint64_t slices_ns;              /* the time of that cycle's start and steps */
    uint64_t swept_bytes;            /* usable bytes of the pages swept in the pause */
    uint64_t evacuated_bytes;
    /* node20's copy buffer in to-space */
    uint32_t buffer_page, buffer_top, buffer_limit;
    bool buffer, buffer_failed;
    struct collection now; /* the record being made */
};

/*
 * Incremental marking between events (heapreel-model(7), "Incremental marking"). Grey objects wait in heap.worklist
 * (last in, first out); those that a barrier made grey again wait in heap.again until the worklist is empty.
 */
struct marking {
    bool active;            /* a cycle is running */
    bool done;              /* nothing is grey: the finishing pause comes with the next event */
    uint8_t job;            /* the current job between two events: private to gc/incremental.c, 0 = none */
    uint32_t object;        /* being scanned: a step stopped inside it, or NONE */
    uint64_t paid;          /* bytes of it that steps have paid for */
    uint64_t scanned;       /* bytes of the objects scanned in this cycle, including the finishing pause */
    uint64_t again_next;    /* position in heap.again */
    uint64_t steps;         /* of this cycle */
    uint64_t speed;         /* book, node6: bytes scanned for each allocated, in thousandths */
    uint64_t stepped_at;    /* counters.allocated_bytes at the last step */
    uint64_t old_allocated; /* old-generation bytes allocated or promoted since then */
    uint64_t old_at_start, scheduled, marked; /* node20: bytes */
    uint64_t young_due_at;                    /* node20: counters.allocated_bytes at which new space makes a step due */
    uint64_t space_bytes[SPACE_COUNT]; /* node20: allocated by the program in each other one since its last step */
    uint64_t fragmentation;            /* at the start, before candidates were chosen: millionths */
    uint64_t pause_ns;                 /* of this cycle's start and steps so far */
    struct decision_record why;        /* why the cycle began */
    /* The job: bytes to scan, bytes scanned, roots visited, pages swept, and the cursor over the roots. */
    uint64_t job_budget, job_used, job_roots, job_swept, job_cursor;
};

/* An allocation that waits for a collection (heapreel-model(7), "New space" and "Out of memory"). */
struct allocation {
    uint8_t stage; /* private to gc/allocate.c; 0 = none */
    uint8_t kind;
    uint8_t space;
    uint8_t young;   /* it asked for new space first */
    uint32_t object; /* the result */
    uint64_t units;
};

/* An old-generation allocation that is suspended after sweeping a page. */
struct paused_allocation {
    uint8_t phase;  /* private to gc/oldspace.c; 0 = none */
    bool held;      /* no page may be swept now */
    uint64_t freed; /* bytes that the pages swept so far have gained */
};

#endif
