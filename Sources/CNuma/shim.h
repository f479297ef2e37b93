#ifndef ASSAY_CNUMA_SHIM_H
#define ASSAY_CNUMA_SHIM_H

#include <numa.h>
#include <numaif.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Whether the machine has the node. Swift may not read the library's global variables.
static inline int assay_node_present(unsigned int node) {
    return numa_bitmask_isbitset(numa_nodes_ptr, node);
}

/// Fills the mask of processors that the calling thread may run on; returns the bytes written, or
/// -1 where the mask is too small. The C library's function needs a macro that Swift cannot set.
static inline long assay_allowed_processors(unsigned long *mask, size_t bytes) {
    return syscall(SYS_sched_getaffinity, 0, bytes, mask);
}

#endif
