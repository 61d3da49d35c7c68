/* preload.h - the JavaScript that "heapreel record" has Node load first. */
#ifndef HEAPREEL_CLI_PRELOAD_H
#define HEAPREEL_CLI_PRELOAD_H

extern const char preload_text[];

#endif
