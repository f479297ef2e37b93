/* A fork-join pool: helpers spin for a short while after each task, then sleep on a futex. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cpu_simd.h"
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* About 20 us: longer than the gap between two calls of a measured batch, too short to be seen as
 * load by anything else. */
#define SPINS 1000

struct helper {
    cpusimd_pool *pool;
    pthread_t thread;
    int index;
};

struct cpusimd_pool {
    int threads, started;
    cpusimd_task task;
    void *argument;
    atomic_int stop;
    _Alignas(64) _Atomic uint32_t generation; /* helpers wait for it to change */
    _Alignas(64) _Atomic uint32_t running;    /* helpers that have not finished the task */
    _Alignas(64) _Atomic uint32_t sleepers;   /* helpers asleep or about to be */
    struct helper helpers[];
};

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

static void sleep_while(_Atomic uint32_t *word, uint32_t value) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static uint32_t next_generation(cpusimd_pool *pool, uint32_t seen) {
    for (int i = 0; i < SPINS; i++) {
        uint32_t now = atomic_load_explicit(&pool->generation, memory_order_acquire);
        if (now != seen) return now;
        relax();
    }
    atomic_fetch_add(&pool->sleepers, 1);
    uint32_t now;
    while ((now = atomic_load(&pool->generation)) == seen) sleep_while(&pool->generation, seen);
    atomic_fetch_sub(&pool->sleepers, 1);
    return now;
}

static void *helper_main(void *argument) {
    struct helper *self = argument;
    cpusimd_pool *pool = self->pool;
    uint32_t seen = 0;
    for (;;) {
        seen = next_generation(pool, seen);
        if (atomic_load(&pool->stop)) return NULL;
        pool->task(pool->argument, self->index, pool->threads);
        if (atomic_fetch_sub(&pool->running, 1) == 1) wake(&pool->running);
    }
}

/* Affinity goes into the attributes, not set by the new thread itself: a thread that starts on the
 * core of a spinning real-time parent would never get to run. */
static int start_helper(struct helper *helper, int cpu) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return 0;
    int ok = 1;
    if (cpu >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        ok = cpu < CPU_SETSIZE;
        if (ok) {
            CPU_SET(cpu, &set);
            ok = pthread_attr_setaffinity_np(&attributes, sizeof set, &set) == 0;
        }
    }
    ok = ok && pthread_create(&helper->thread, &attributes, helper_main, helper) == 0;
    pthread_attr_destroy(&attributes);
    return ok;
}

cpusimd_pool *cpusimd_pool_create(int threads, const int *cpus, int cpu_count) {
    if (threads < 1) return NULL;
    size_t bytes = sizeof(cpusimd_pool) + (size_t)threads * sizeof(struct helper);
    bytes = (bytes + 63) / 64 * 64;
    cpusimd_pool *pool = aligned_alloc(64, bytes);
    if (!pool) return NULL;
    pool->threads = threads;
    pool->started = 1;
    pool->task = NULL;
    pool->argument = NULL;
    atomic_init(&pool->stop, 0);
    atomic_init(&pool->generation, 0);
    atomic_init(&pool->running, 0);
    atomic_init(&pool->sleepers, 0);
    for (int i = 1; i < threads; i++) {
        struct helper *helper = &pool->helpers[i];
        helper->pool = pool;
        helper->index = i;
        if (!start_helper(helper, cpus && i < cpu_count ? cpus[i] : -1)) {
            cpusimd_pool_destroy(pool);
            return NULL;
        }
        pool->started++;
    }
    return pool;
}

int cpusimd_pool_threads(const cpusimd_pool *pool) { return pool->threads; }

void cpusimd_pool_destroy(cpusimd_pool *pool) {
    if (!pool) return;
    atomic_store(&pool->stop, 1);
    atomic_fetch_add(&pool->generation, 1);
    wake(&pool->generation);
    for (int i = 1; i < pool->started; i++) pthread_join(pool->helpers[i].thread, NULL);
    free(pool);
}

static void wait_for_helpers(cpusimd_pool *pool) {
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&pool->running, memory_order_acquire) == 0) return;
        relax();
    }
    uint32_t left;
    while ((left = atomic_load(&pool->running)) != 0) sleep_while(&pool->running, left);
}

void cpusimd_pool_run(cpusimd_pool *pool, cpusimd_task task, void *argument) {
    if (pool->threads == 1) {
        task(argument, 0, 1);
        return;
    }
    pool->task = task;
    pool->argument = argument;
    atomic_store(&pool->running, (uint32_t)(pool->threads - 1));
    atomic_fetch_add(&pool->generation, 1);
    if (atomic_load(&pool->sleepers) != 0) wake(&pool->generation);
    task(argument, 0, pool->threads);
    wait_for_helpers(pool);
}
