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

struct pages {
    char *mapping, *first;
    size_t page, bytes;
};

/* Pages of one size from their own boundary on; a null `first` without memory. */
static struct pages map_pages(uint64_t count, int huge) {
    struct pages pages = {.page = huge ? (size_t)2 << 20 : 4096};
    pages.bytes = (count + 1) * pages.page;
    pages.mapping =
        mmap(NULL, pages.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages.mapping == MAP_FAILED) return pages;
    uintptr_t end = (uintptr_t)pages.mapping + pages.page - 1;
    pages.first = (char *)(end / pages.page * pages.page);
    (void)madvise(pages.mapping, pages.bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return pages;
}

int64_t cpusimd_fault(uint64_t count, int huge, int64_t *fresh) {
    struct pages pages = map_pages(count, huge);
    *fresh = 0;
    if (!pages.first) return -1;
    uint64_t before = faults_so_far();
    for (uint64_t i = 0; i < count; i++) {
        volatile char *at = pages.first + i * pages.page;
        /* A write first: reading would map the one page of zeros, to be faulted in again. */
        *at |= 1;
        *fresh += *at == 1;
    }
    uint64_t faults = faults_so_far() - before;
    munmap(pages.mapping, pages.bytes);
    return (int64_t)faults;
}

int cpusimd_huge_given(void) {
    struct pages pages = map_pages(1, 1);
    if (!pages.first) return 0;
    volatile char *at = pages.first;
    at[0] = 1;
    uint64_t before = faults_so_far();
    /* Elsewhere in the same huge page: nothing is left to be done if it is one. */
    for (size_t i = 4096; i < pages.page; i += 4096) at[i] = 1;
    uint64_t faults = faults_so_far() - before;
    munmap(pages.mapping, pages.bytes);
    return faults < 100;
}

/* ---- capacity ------------------------------------------------------------------------------- */
#define SMALL_PAGE 4096

struct capacity {
    char *first;
    uint64_t pages;
    int touch; /* 0: read again */
    _Atomic int64_t good;
};

static void capacity_task(void *argument, int thread, int threads) {
    struct capacity *job = argument;
    uint64_t low = job->pages * (uint64_t)thread / (uint64_t)threads;
    uint64_t high = job->pages * ((uint64_t)thread + 1) / (uint64_t)threads;
    int64_t good = 0;
    for (uint64_t i = low; i < high; i++) {
        volatile uint64_t *at = (volatile uint64_t *)(void *)(job->first + i * SMALL_PAGE);
        /* Every page holds its own number, so that none can stand for two. */
        if (job->touch) *at += i + 1;
        else good += *at == i + 1;
    }
    job->good += good;
}

int64_t cpusimd_capacity(cpusimd_pool *pool, uint64_t bytes, int huge) {
    const uint64_t page = huge ? (uint64_t)2 << 20 : SMALL_PAGE;
    struct pages pages = map_pages((bytes + page - 1) / page, huge);
    if (!pages.first) return -1;
    struct capacity job = {.first = pages.first, .pages = bytes / SMALL_PAGE, .touch = 1};
    cpusimd_pool_run(pool, capacity_task, &job);
    job.touch = 0;
    cpusimd_pool_run(pool, capacity_task, &job);
    munmap(pages.mapping, pages.bytes);
    return job.good;
}
