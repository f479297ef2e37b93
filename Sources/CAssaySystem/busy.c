#define _GNU_SOURCE
#include "assay_system.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#define BUSY_MAX 1024

struct assay_busy {
    atomic_int stop;
    uint32_t count;
    pthread_t threads[BUSY_MAX];
};

static void *spin(void *argument) {
    struct assay_busy *busy = argument;
    while (!atomic_load_explicit(&busy->stop, memory_order_relaxed)) {
    }
    return NULL;
}

void *assay_busy_start(const int32_t *cpus, uint32_t count, uint32_t threads) {
    struct assay_busy *busy = calloc(1, sizeof *busy);
    if (!busy) return NULL;
    for (uint32_t i = 0; i < count * threads && busy->count < BUSY_MAX; i++) {
        pthread_attr_t attributes;
        cpu_set_t set;
        int32_t cpu = cpus[i % count];
        CPU_ZERO(&set);
        if (cpu < 0 || cpu >= CPU_SETSIZE) continue;
        CPU_SET((unsigned)cpu, &set);
        pthread_attr_init(&attributes);
        pthread_attr_setaffinity_np(&attributes, sizeof set, &set);
        if (pthread_create(&busy->threads[busy->count], &attributes, spin, busy) == 0)
            busy->count++;
        pthread_attr_destroy(&attributes);
    }
    return busy;
}

void assay_busy_stop(void *handle) {
    struct assay_busy *busy = handle;
    if (!busy) return;
    atomic_store(&busy->stop, 1);
    for (uint32_t i = 0; i < busy->count; i++) pthread_join(busy->threads[i], NULL);
    free(busy);
}
