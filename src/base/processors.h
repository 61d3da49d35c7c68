/* processors.h - how much the host can do at the same time. */
#ifndef HEAPREEL_BASE_PROCESSORS_H
#define HEAPREEL_BASE_PROCESSORS_H

/* The number of processors that this process can use, at least 1. */
unsigned processors(void);

#endif
