/* A clock that a test can put on and back: the seconds that stand in the file CLOCK_OFFSET are added to it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, time);
    const char *name = getenv("CLOCK_OFFSET");
    if (clock != CLOCK_REALTIME || !name) return status;
    char text[32] = {0};
    int file = open(name, O_RDONLY);
    if (file < 0) return status;
    if (read(file, text, sizeof text - 1) > 0) time->tv_sec += atol(text);
    close(file);
    return status;
}
