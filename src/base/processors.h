/* processors.h - what the host can do at the same time. */
#ifndef HEAPREEL_BASE_PROCESSORS_H
#define HEAPREEL_BASE_PROCESSORS_H

/* How many processors this process may use, at least 1. */
unsigned processors(void);

#endif
