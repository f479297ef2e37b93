/* System calls and inline assembly that the Glibc module does not offer to Swift.
 *
 * One prefix, no state, nothing but C types. Every function returns 0 or a value on success and
 * a negative errno on failure, unless it says otherwise. */
#ifndef ASSAY_SYSTEM_H
#define ASSAY_SYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* ---- clocks ------------------------------------------------------------------------------- */

/* The time of a POSIX clock in nanoseconds. The C function is clock_gettime. */
static inline uint64_t assay_clock_ns(int32_t clock) {
    struct timespec t;
    clock_gettime((clockid_t)clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#define ASSAY_CLOCK_REALTIME 0
#define ASSAY_CLOCK_MONOTONIC 1
#define ASSAY_CLOCK_MONOTONIC_RAW 4
#define ASSAY_CLOCK_BOOTTIME 7

/* Fills `cost` with `count` differences of back-to-back readings, in nanoseconds. */
void assay_clock_pairs(int32_t clock, uint32_t *cost, uint32_t count);

/* ---- processes ---------------------------------------------------------------------------- */

/* Starts a program in a process group of its own. `fds[i]` becomes descriptor `3 + i` there, or
 * stays closed where negative; `out` and `err` become 1 and 2. All else is closed on exec.
 * `directory` may be null. Returns the process id or a negative errno. Exists because Swift
 * cannot run code between fork and exec, and posix_spawn alone cannot raise descriptors safely. */
int32_t assay_spawn(const char *path, char *const *argv, char *const *envp, const int32_t *fds,
                    uint32_t fd_count, int32_t out, int32_t err, const char *directory);

/* Ends this process with SIGKILL when its parent dies; fails when the parent is not `parent`. */
int32_t assay_die_with_parent(int32_t parent);

/* Makes this process the parent of what its descendants leave behind, so that it can end it. */
int32_t assay_adopt_orphans(void);

/* No core files, no reading of this process by its peers, and first to go when memory runs out. */
int32_t assay_confine_self(void);

/* Gives up looking into other processes: -errno where that was not possible. Exists because a
 * worker of a privileged harness could otherwise read the harness's memory and descriptors. */
int32_t assay_drop_tracing(void);

/* Makes this process's memory and descriptors unreadable for its peers. */
int32_t assay_hide_self(void);

/* A network namespace of its own with the loopback device up. -EPERM where not permitted. */
int32_t assay_unshare_network(void);

/* A descriptor that polls readable when the process ends. */
int32_t assay_pidfd_open(int32_t pid);

/* Binds the calling thread (`tid` 0) or another to logical processors. */
int32_t assay_set_affinity(int32_t tid, const int32_t *cpus, uint32_t count);

/* The logical processors the calling thread may use, ascending; the number of them. */
int32_t assay_get_affinity(int32_t *cpus, uint32_t capacity);

/* The logical processor the calling thread is on. */
int32_t assay_current_cpu(void);

/* Takes SIGINT and SIGTERM off their default action and returns a descriptor that tells them. */
int32_t assay_signal_descriptor(void);

/* Blocks SIGPIPE for the process by ignoring it. */
void assay_ignore_sigpipe(void);

/* ---- shared memory ------------------------------------------------------------------------- */

/* An anonymous file of that many bytes, which stay as many; closed on exec, sealable. The C
 * function is memfd_create. */
int32_t assay_memfd(const char *name, uint64_t bytes);

/* No more writing, growing or shrinking. Fails with -EBUSY while a writable mapping exists. */
int32_t assay_seal(int32_t fd);

/* A socket pair of sequenced streams, closed on exec. */
int32_t assay_socket_pair(int32_t fds[2]);

/* A pipe, closed on exec. The C function is pipe2. */
int32_t assay_pipe(int32_t fds[2]);

/* ---- what a plug-in must leave alone -------------------------------------------------------- */

/* The floating-point control word: MXCSR without its status bits, or FPCR. */
uint32_t assay_float_control(void);

/* Which of signals 1 to 31 have a handler of their own, as a bit mask. */
uint32_t assay_signal_handlers(void);

/* ---- canaries ------------------------------------------------------------------------------- */

/* Steps of a dependent three-cycle multiply chain; returns nanoseconds by `clock`. The clock rate
 * is 3 * steps / time on processors whose integer multiply takes three cycles. */
uint64_t assay_canary_chain(uint64_t steps, int32_t clock);

/* Rounds of independent fused or plain multiply-adds in registers; returns nanoseconds. */
uint64_t assay_canary_throughput(uint64_t rounds, int32_t clock);

/* Chain and throughput on all of `cpus` at once, the best of `turns` turns of each thread.
 *
 * The calling thread is the first processor's and must be bound to it. Writes the slowest thread's
 * nanoseconds for `steps` and `rounds`. Zero when it was done; the system's error number when the
 * threads could not be started or did not meet in time. */
int32_t assay_canary_together(const int32_t *cpus, uint32_t count, uint32_t turns, uint64_t steps,
                              uint64_t rounds, int32_t clock, uint64_t *chain,
                              uint64_t *throughput);

/* One read of every line of a buffer; returns nanoseconds. */
uint64_t assay_canary_memory(const void *buffer, uint64_t bytes, int32_t clock);

/* ---- contention ----------------------------------------------------------------------------- */

/* Keeps logical processors busy with some threads each, until stopped. Null when memory ran out. */
void *assay_busy_start(const int32_t *cpus, uint32_t count, uint32_t threads);

/* Ends the threads; null is nothing to end. */
void assay_busy_stop(void *handle);

/* ---- loading -------------------------------------------------------------------------------- */

/* Opens a library; on failure writes the loader's words into `error`. Null on failure. */
void *assay_library_open(const char *path, char *error, uint32_t capacity);
/* A symbol of a library; null when it has none. */
void *assay_library_symbol(void *library, const char *name);

#endif
