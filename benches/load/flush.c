/* Stands before the C library's flushes to disk: notes how long each takes, and makes each wait as an ordinary disk would.
 * Preloaded into a database (LD_PRELOAD) with FLUSH_DIRECTORY naming a directory: to the file `taken` each flush adds
 * its nanoseconds, a 64-bit number; the file `longer` says how many more each waits, and may change while it runs. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int in_directory(const char *name, int flags) {
    char path[4096];
    const char *directory = getenv("FLUSH_DIRECTORY");
    if (directory == NULL || snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        return -1;
    return open(path, flags | O_CLOEXEC);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void wait_longer(void) {
    char text[32] = {0};
    int file = in_directory("longer", O_RDONLY);
    if (file >= 0) {
        if (read(file, text, sizeof text - 1) > 0) {
            long long nanoseconds = atoll(text);
            struct timespec delay = {nanoseconds / 1000000000, nanoseconds % 1000000000};
            nanosleep(&delay, NULL);
        }
        close(file);
    }
}

static int flush(long number, int file) {
    int64_t began = now();
    wait_longer();
    int answer = (int)syscall(number, file);
    int64_t taken = now() - began;
    int notes = in_directory("taken", O_WRONLY | O_APPEND);
    if (notes >= 0) {
        if (write(notes, &taken, sizeof taken) != sizeof taken)
            abort();
        close(notes);
    }
    return answer;
}

int fsync(int file) {
    return flush(SYS_fsync, file);
}

int fdatasync(int file) {
    return flush(SYS_fdatasync, file);
}
