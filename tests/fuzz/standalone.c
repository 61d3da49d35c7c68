/* standalone.c - gives files to a fuzz target, so that what fuzzing has found is replayed by the ordinary tests. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All of the file at path: new; NULL if it cannot be read. */
static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t room = 0, len = 0, got = 0;
    while (in != NULL) {
        if (len == room) {
            room = room == 0 ? 4096 : room * 2;
            uint8_t *more = realloc(data, room);
            if (more == NULL)
                break;
            data = more;
        }
        got = fread(data + len, 1, room - len, in);
        len += got;
        if (got == 0)
            break;
    }
    if (in == NULL || ferror(in) || data == NULL) {
        free(data);
        data = NULL;
    }
    if (in != NULL)
        fclose(in);
    /* Exactly as many bytes as there are: a read past them shows. */
    uint8_t *exact = data == NULL ? NULL : realloc(data, len == 0 ? 1 : len);
    *size = len;
    return exact == NULL ? data : exact;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        size_t size;
        uint8_t *data = read_file(argv[i], &size);
        if (data == NULL) {
            printf("FAIL %s: cannot be read\n", argv[i]);
            failed++;
            continue;
        }
        LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    printf("%d passed, %d failed\n", argc - 1 - failed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
