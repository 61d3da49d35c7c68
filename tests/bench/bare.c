/*
 * bare.c - the yardstick for reading a heap snapshot: reads a file and adds up every number outside of strings.
 * usage: bare FILE
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static unsigned char block[1 << 16];
    int file = argc > 1 ? open(argv[1], O_RDONLY) : -1;
    uint64_t sum = 0, number = 0;
    bool string = false, escaped = false, digits = false;
    for (ssize_t n; file >= 0 && (n = read(file, block, sizeof block)) > 0;) {
        for (ssize_t i = 0; i < n; i++) {
            unsigned char c = block[i];
            if (string) {
                string = escaped || c != '"';
                escaped = !escaped && c == '\\';
            } else if (c >= '0' && c <= '9') {
                number = number * 10 + (c - '0');
                digits = true;
            } else {
                sum += digits ? number : 0;
                number = 0;
                digits = false;
                string = c == '"';
            }
        }
    }
    printf("%llu\n", (unsigned long long)sum);
    return file < 0;
}
