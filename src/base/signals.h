/* signals.h - which signals end a program that is not prepared for them. */
#ifndef HEAPREEL_BASE_SIGNALS_H
#define HEAPREEL_BASE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Signals are 1 to SIGNAL_COUNT - 1, real-time signals included. */
#define SIGNAL_COUNT 65

/* Does the signal end a program that does nothing about it, and can be caught? */
static inline bool signal_ends(int number)
{
    switch (number) {
    case SIGKILL:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGCONT:
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH: return false;
    default: return number < SIGNAL_COUNT;
    }
}

#endif
