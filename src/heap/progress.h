/*
 * progress.h - what the collectors and the allocator are in the middle of, and the limits they go by. The heap only
 * keeps it; it is for gc/ to change.
 */
#ifndef HEAPREEL_HEAP_PROGRESS_H
#define HEAPREEL_HEAP_PROGRESS_H

#include "heap/collection.h"

/* The old-generation limits and what they are computed from (heap model, section 9). */
struct limits {
    uint64_t old, promotion;  /* bytes */
    uint64_t external_lowest; /* since the last major */
    bool old_failed;          /* an old-generation allocation has failed since the last major */
    bool had_major;
    bool consider;              /* something has happened since marking was last thought of */
    bool reduce;                /* node20: this major is a memory reducing one */
    bool most_survived;         /* more than 90 % of what the last scavenge found in new space */
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
    uint8_t running;                 /* 0: no; else 1 + the enum collection_type asked for */
    uint8_t phase;                   /* private to the collector */
    uint8_t compact;                 /* gc compact or last resort */
    uint32_t page;                   /* cursor over pages */
    uint32_t slot;                   /* cursor over the slots, then the entries, of the object being scanned */
    uint64_t cursor;                 /* cursor over handles, records, lists */
    uint64_t kept;                   /* where the next kept element of the list under the cursor goes */
    uint64_t scan;                   /* position in heap.young: Cheney's scan pointer */
    uint64_t queue;                  /* position in heap.promoted */
    uint32_t mark_page, mark_offset; /* the age mark of from-space */
    uint64_t young_bytes;            /* object bytes of new space and new-large at the start */
    uint64_t scanned_before;         /* bytes that marking had scanned when the pause began */
    bool finishing;                  /* the pause finishes an incremental cycle */
    uint64_t slices_ns;              /* what that cycle's start and steps have taken */
    uint64_t swept_bytes;            /* usable bytes of the pages swept in the pause */
    uint64_t evacuated_bytes;
    /* node20's copy buffer in to-space */
    uint32_t buffer_page, buffer_top, buffer_limit;
    bool buffer, buffer_failed;
    struct collection now; /* the record being made */
};

/*
 * Incremental marking between the program's steps (heap model, section 7). Grey objects wait in heap.worklist (last in,
 * first out), and those that a barrier made grey again in heap.again, which is looked at when the worklist is empty.
 */
struct marking {
    bool active;            /* a cycle is running */
    bool done;              /* nothing is grey: the finishing pause comes with the next event */
    uint8_t job;            /* what is being done between two events: private to gc/incremental.c, 0 = nothing */
    uint32_t object;        /* being scanned: a step stopped inside it, or NONE */
    uint64_t paid;          /* bytes of it that steps have paid for */
    uint64_t scanned;       /* bytes of the objects scanned in this cycle, the finishing pause included */
    uint64_t again_next;    /* position in heap.again */
    uint64_t steps;         /* of this cycle */
    uint64_t speed;         /* book, node6: bytes scanned for each allocated, in thousandths */
    uint64_t stepped_at;    /* counters.allocated_bytes at the last step */
    uint64_t old_allocated; /* old-generation bytes allocated or promoted since then */
    uint64_t old_at_start, scheduled, marked; /* node20: bytes */
    uint64_t fragmentation;                   /* at the start, before candidates were chosen: millionths */
    uint64_t pause_ns;                        /* of this cycle's start and steps so far */
    struct decision_record why;               /* why the cycle began */
    /* The job: bytes to scan, bytes scanned, roots visited, pages swept, and the cursor over the roots. */
    uint64_t job_budget, job_used, job_roots, job_swept, job_cursor;
};

/* An allocation that waits for a collection: the stages of section 4 "Allocation failure" and section 9. */
struct allocation {
    uint8_t stage; /* private to gc/allocate.c; 0 = none */
    uint8_t kind;
    uint8_t space;
    uint8_t young;   /* it asked for new space first */
    uint32_t object; /* the result */
    uint64_t units;
};

/* An old-generation allocation that has pages swept before it gets room: what it has come to between two of them. */
struct paused_allocation {
    uint8_t phase;  /* private to gc/oldspace.c; 0 = none */
    bool held;      /* no page is to be swept just now */
    uint64_t freed; /* bytes that the pages swept so far have given */
};

#endif
