/* Pointer chase: the table is copied into a mapping of the wanted page size, indices becoming
 * addresses, so that one step is one dependent load and nothing else. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cpu_simd.h"
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE (2u << 20)

struct cpusimd_chase {
    void **table;
    void *mapping;
    size_t mapping_bytes;
};

cpusimd_chase *cpusimd_chase_create(const int64_t *indices, uint64_t count, int huge) {
    cpusimd_chase *chase = malloc(sizeof *chase);
    if (!chase) return NULL;
    chase->mapping_bytes = (size_t)count * sizeof(void *) + 2 * HUGE_PAGE;
    chase->mapping = mmap(NULL, chase->mapping_bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chase->mapping == MAP_FAILED) {
        free(chase);
        return NULL;
    }
    uintptr_t start = ((uintptr_t)chase->mapping + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    chase->table = (void **)start;
    /* A kernel without transparent huge pages refuses; then all pages are small, as reported. */
    (void)madvise(chase->mapping, chase->mapping_bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    for (uint64_t i = 0; i < count; i++) chase->table[i] = chase->table + indices[i];
    return chase;
}

void cpusimd_chase_destroy(cpusimd_chase *chase) {
    if (!chase) return;
    munmap(chase->mapping, chase->mapping_bytes);
    free(chase);
}

int64_t cpusimd_chase_run(const cpusimd_chase *chase, uint64_t steps) {
    void **node = chase->table;
    uint64_t blocks = steps / 16;
#define STEP node = *(void **volatile *)node
    for (uint64_t i = 0; i < blocks; i++) {
        STEP; STEP; STEP; STEP; STEP; STEP; STEP; STEP;
        STEP; STEP; STEP; STEP; STEP; STEP; STEP; STEP;
    }
    for (uint64_t i = 0; i < steps % 16; i++) STEP;
#undef STEP
    return (int64_t)(node - chase->table);
}
