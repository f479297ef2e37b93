#define _GNU_SOURCE
#include "assay_system.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Threads that do not meet within this are given up: a processor is not ours for that long. */
#define MEETING_NS 50000000u

struct together {
    atomic_uint arrived, failed;
    uint32_t count, turns;
    uint64_t steps, rounds;
    int32_t clock;
};

struct member {
    struct together *group;
    pthread_t thread;
    uint64_t chain, throughput;
};

/* Waits until every thread has called it `meeting` times. */
static int meet(struct together *group, uint32_t meeting) {
    uint64_t begin = assay_clock_ns(group->clock);
    atomic_fetch_add(&group->arrived, 1);
    while (atomic_load(&group->arrived) < meeting * group->count) {
        if (atomic_load(&group->failed)) return 0;
        if (assay_clock_ns(group->clock) - begin > MEETING_NS) {
            atomic_store(&group->failed, 1);
            return 0;
        }
    }
    return 1;
}

static void *take(void *argument) {
    struct member *member = argument;
    struct together *group = member->group;
    member->chain = member->throughput = UINT64_MAX;
    for (uint32_t turn = 0; turn < group->turns; turn++) {
        if (!meet(group, 2 * turn + 1)) return NULL;
        uint64_t chain = assay_canary_chain(group->steps, group->clock);
        if (!meet(group, 2 * turn + 2)) return NULL;
        uint64_t throughput = assay_canary_throughput(group->rounds, group->clock);
        if (chain < member->chain) member->chain = chain;
        if (throughput < member->throughput) member->throughput = throughput;
    }
    return NULL;
}

static int start(struct member *member, int32_t cpu) {
    pthread_attr_t attributes;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (cpu < 0 || cpu >= CPU_SETSIZE) return EINVAL;
    CPU_SET((unsigned)cpu, &set);
    pthread_attr_init(&attributes);
    int status = pthread_attr_setaffinity_np(&attributes, sizeof set, &set);
    if (status == 0) status = pthread_create(&member->thread, &attributes, take, member);
    pthread_attr_destroy(&attributes);
    return status;
}

int32_t assay_canary_together(const int32_t *cpus, uint32_t count, uint32_t turns, uint64_t steps,
                              uint64_t rounds, int32_t clock, uint64_t *chain,
                              uint64_t *throughput) {
    if (count == 0 || turns == 0) return EINVAL;
    struct together group = {.count = count, .turns = turns, .steps = steps, .rounds = rounds,
                             .clock = clock};
    struct member *members = calloc(count, sizeof *members);
    if (!members) return ENOMEM;
    uint32_t started = 1;
    int status = 0;
    members[0].group = &group;
    for (; started < count; started++) {
        members[started].group = &group;
        status = start(&members[started], cpus[started]);
        if (status != 0) break;
    }
    if (status != 0) atomic_store(&group.failed, 1);
    else take(&members[0]);
    *chain = *throughput = 0;
    for (uint32_t i = 0; i < started; i++) {
        if (i > 0) pthread_join(members[i].thread, NULL);
        if (members[i].chain > *chain) *chain = members[i].chain;
        if (members[i].throughput > *throughput) *throughput = members[i].throughput;
    }
    free(members);
    if (status == 0 && atomic_load(&group.failed)) status = ETIMEDOUT;
    return status;
}
