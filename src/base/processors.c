/* processors.c - counts the processors that this process can use. */
#define _GNU_SOURCE /* sched_getaffinity, which knows of taskset and of containers */
#include "base/processors.h"

#include <sched.h>
#include <unistd.h>

unsigned processors(void)
{
#ifdef CPU_COUNT
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
#endif
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}
