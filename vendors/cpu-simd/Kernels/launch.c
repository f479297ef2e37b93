/* What it costs to hand work from core to core, to start threads, and to touch memory first. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cpu_simd.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* ---- from core to core ---------------------------------------------------------------------- */
/* A partner that does not answer for so long is waiting for this very core: let it have it. */
#define PATIENCE 100000

struct hand_over {
    _Alignas(128) _Atomic uint64_t line;
    _Alignas(128) int partner;
    uint64_t hands;
};

static void wait_for(_Atomic uint64_t *line, uint64_t value) {
    for (uint64_t i = 1; atomic_load_explicit(line, memory_order_acquire) != value; i++)
        if (i % PATIENCE == 0) sched_yield();
}

/* The line counts the times it was handed over: thread 0 makes it odd, the partner even. */
static void hand_over_task(void *argument, int thread, int threads) {
    struct hand_over *job = argument;
    (void)threads;
    if (thread != 0 && thread != job->partner) return;
    for (uint64_t n = thread == 0 ? 0 : 1; n < job->hands; n += 2) {
        wait_for(&job->line, n);
        atomic_store_explicit(&job->line, n + 1, memory_order_release);
    }
}

int64_t cpusimd_hand_over(cpusimd_pool *pool, int partner, uint64_t round_trips) {
    struct hand_over job = {.partner = partner, .hands = 2 * round_trips};
    cpusimd_pool_run(pool, hand_over_task, &job);
    return (int64_t)job.line;
}

/* ---- threads -------------------------------------------------------------------------------- */
static void *count_up(void *argument) {
    ++*(int64_t *)argument;
    return NULL;
}

int64_t cpusimd_spawn(uint64_t count) {
    int64_t done = 0;
    for (uint64_t i = 0; i < count; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, count_up, &done) != 0) break;
        pthread_join(thread, NULL);
    }
    return done;
}

struct seen {
    _Alignas(128) uint64_t regions;
};

static void region_task(void *argument, int thread, int threads) {
    (void)threads;
    ((struct seen *)argument)[thread].regions++;
}

int64_t cpusimd_parallel(cpusimd_pool *pool, uint64_t count) {
    enum { MAX = 4096 };
    static struct seen seen[MAX];
    int threads = cpusimd_pool_threads(pool);
    if (threads > MAX) return -1;
    for (int i = 0; i < threads; i++) seen[i].regions = 0;
    for (uint64_t i = 0; i < count; i++) cpusimd_pool_run(pool, region_task, seen);
    uint64_t least = count;
    for (int i = 0; i < threads; i++)
        if (seen[i].regions < least) least = seen[i].regions;
    return (int64_t)least;
}

/* ---- page faults ---------------------------------------------------------------------------- */
static uint64_t faults_so_far(void) {
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? (uint64_t)usage.ru_minflt : 0;
}

int64_t cpusimd_fault(uint64_t pages, int huge, int64_t *fresh) {
    const size_t page = huge ? (size_t)2 << 20 : 4096;
    size_t bytes = pages * page + (huge ? page : 0);
    *fresh = 0;
    char *mapping =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) return -1;
    char *first = (char *)(((uintptr_t)mapping + page - 1) / page * page);
    (void)madvise(mapping, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    uint64_t before = faults_so_far();
    for (uint64_t i = 0; i < pages; i++) {
        volatile char *at = first + i * page;
        /* A write first: reading would map the one page of zeros, to be faulted in again. */
        *at |= 1;
        *fresh += *at == 1;
    }
    uint64_t faults = faults_so_far() - before;
    munmap(mapping, bytes);
    return (int64_t)faults;
}
