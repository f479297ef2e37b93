/* A file that is read and written in blocks, past the page cache where that is asked for. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cpu_simd.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What every device that is read past the page cache can do. */
#define ALIGNMENT 4096

struct cpusimd_storage {
    int file;
    uint64_t block, count;
    uint32_t *order; /* null: one after the other */
    char *bounce;    /* one block, for memory that is not aligned */
};

/* A file without a name goes when its descriptor does, whatever becomes of the process. */
static int open_nameless(const char *directory, int direct) {
    int flags = O_RDWR | O_CLOEXEC | (direct ? O_DIRECT : 0);
    int file = open(directory, flags | O_TMPFILE, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return file;
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/assay-storage-XXXXXX", directory);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    file = mkostemp(path, flags & ~O_RDWR);
    if (file >= 0) unlink(path);
    return file;
}

/* The same order in every process: a shuffle whose seed is fixed. */
static uint32_t *shuffled(uint64_t count) {
    uint32_t *order = malloc(count * sizeof *order);
    uint64_t state = 0x9e3779b97f4a7c15u;
    if (!order) return NULL;
    for (uint64_t i = 0; i < count; i++) order[i] = (uint32_t)i;
    for (uint64_t i = count - 1; i > 0; i--) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t other = (state >> 32) % (i + 1);
        uint32_t swapped = order[i];
        order[i] = order[other];
        order[other] = swapped;
    }
    return order;
}

cpusimd_storage *cpusimd_storage_open(const char *directory, uint64_t bytes, uint64_t block,
                                      int random, int direct, int *error) {
    cpusimd_storage *storage = calloc(1, sizeof *storage);
    *error = ENOMEM;
    if (!storage) return NULL;
    storage->block = block;
    storage->count = bytes / block;
    storage->file = open_nameless(directory, direct);
    if (storage->file < 0) {
        *error = errno;
        free(storage);
        return NULL;
    }
    /* Room first: a full disk is known before anything is timed. */
    int status = posix_fallocate(storage->file, 0, (off_t)bytes);
    if (status == 0 && random && !(storage->order = shuffled(storage->count))) status = ENOMEM;
    if (status == 0 && posix_memalign((void **)&storage->bounce, ALIGNMENT, block)) status = ENOMEM;
    if (status == 0) return storage;
    *error = status;
    cpusimd_storage_close(storage);
    return NULL;
}

void cpusimd_storage_close(cpusimd_storage *storage) {
    if (!storage) return;
    close(storage->file);
    free(storage->order);
    free(storage->bounce);
    free(storage);
}

static int is_aligned(const void *memory) { return (uintptr_t)memory % ALIGNMENT == 0; }

/* Moves one block whole; 0 or the error. */
static int move(const cpusimd_storage *storage, uint64_t index, char *memory, int writes) {
    uint64_t done = 0;
    char *place = is_aligned(memory) ? memory : storage->bounce;
    if (writes && place != memory) memcpy(place, memory, storage->block);
    while (done < storage->block) {
        off_t at = (off_t)(index * storage->block + done);
        size_t left = storage->block - done;
        ssize_t moved = writes ? pwrite(storage->file, place + done, left, at)
                               : pread(storage->file, place + done, left, at);
        if (moved < 0 && errno == EINTR) continue;
        if (moved < 0) return errno;
        if (moved == 0) return EIO;
        done += (uint64_t)moved;
    }
    if (!writes && place != memory) memcpy(memory, place, storage->block);
    return 0;
}

static int move_all(const cpusimd_storage *storage, char *memory, int writes) {
    for (uint64_t i = 0; i < storage->count; i++) {
        uint64_t index = storage->order ? storage->order[i] : i;
        int status = move(storage, index, memory + index * storage->block, writes);
        if (status != 0) return status;
    }
    return 0;
}

int cpusimd_storage_read(const cpusimd_storage *storage, void *to) {
    return move_all(storage, to, 0);
}

int cpusimd_storage_write(const cpusimd_storage *storage, const void *from, void *last) {
    int status = move_all(storage, (char *)(uintptr_t)from, 1);
    if (status != 0) return status;
    if (fdatasync(storage->file) != 0) return errno;
    return last ? move(storage, storage->count - 1, last, 0) : 0;
}
