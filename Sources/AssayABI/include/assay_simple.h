/* SPDX-License-Identifier: Apache-2.0
 *
 * assay_simple.h - the easy path: a complete plug-in from four functions (describe, supports,
 * prepare, run), for a synchronous backend whose device memory is host memory. C11 and C++17,
 * Linux. In exactly one file:
 *     #define ASSAY_SIMPLE_IMPLEMENTATION
 *     #include "assay_simple.h"
 *
 * before any system header, or with _DEFAULT_SOURCE defined. It supplies the plug-in table,
 * assay.memory/1, assay.queue/1 and assay.op/1. Without the macro assay_simple_make is declared
 * only, and lives in the harness's own library. */
#if defined(ASSAY_SIMPLE_IMPLEMENTATION) && !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE 1
#endif
#ifndef ASSAY_SIMPLE_H
#define ASSAY_SIMPLE_H
#include "assay_plugin.h"
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ASSAY_SIMPLE_TENSOR_MAX 16u /* inputs, and outputs, of one operation */

/* What a backend fills in. `assay_simple_make` copies the struct; the strings must live as long
 * as the process. A descriptor handed to supports or prepare lives during the call only:
 * prepare copies what run needs. */
typedef struct assay_simple_backend {
    const char *id, *name, *vendor, *version, *built_against;
    void *user; /* handed to every function */
    /* [control] Options: "role", "clock", "network" STRING, "threads" INT, "cpus" INTS. Unknown
     * ones are to be ignored. */
    assay_status (*startup)(void *user, const assay_kv *options, uint32_t count,
                            assay_error *e); /* may be NULL */
    void (*shutdown)(void *user);            /* may be NULL */
    /* [control] *out comes zeroed, with whole capacity: assign its fields. *memory_bytes 0: the
     * machine's memory. */
    assay_status (*describe)(void *user, assay_device_props *out, uint64_t *memory_bytes,
                             assay_error *e);
    /* [control] Every tensor is dense, row-major, of rank 8 at most and without block scales;
     * all else was refused. ASSAY_E_UNSUPPORTED with a message when it cannot. *info comes
     * zeroed: assign what is known. */
    assay_status (*supports)(void *user, const assay_op_desc *desc, assay_op_info *info,
                             assay_error *e);
    /* [control] constants[i]: the host address of input i where that is marked CONST, else
     * NULL. May be NULL. */
    assay_status (*prepare)(void *user, const assay_op_desc *desc, void *const *constants,
                            assay_op_info *info, void **state, assay_error *e);
    /* [submit] Host addresses in declared order, large enough for their tensors; NULL: an
     * absent optional one. */
    assay_status (*run)(void *user, void *state, const void *const *inputs, void *const *outputs,
                        assay_error *e);
    void (*destroy)(void *user, void *state); /* [control] may be NULL */
} assay_simple_backend;

/* ---- helpers --------------------------------------------------------------------------------- */

static inline void assay_simple_copy(char *to, size_t capacity,
                                     const char *text) { /* truncates, always terminates */
    size_t n = 0;
    while (text && n + 1 < capacity && text[n]) n++;
    if (n) memcpy(to, text, n);
    if (capacity) to[n] = 0;
}
/* Fills *e, which may be NULL, and returns `status`. */
static inline assay_status assay_simple_fail(assay_error *e, assay_status status,
                                             int32_t vendor_code, const char *domain,
                                             const char *where, const char *message) {
    if (e) {
        assay_error filled;
        memset(&filled, 0, sizeof filled);
        filled.status = status;
        filled.vendor_code = vendor_code;
        assay_simple_copy(filled.domain, sizeof filled.domain, domain);
        assay_simple_copy(filled.where, sizeof filled.where, where);
        assay_simple_copy(filled.message, sizeof filled.message, message);
        assay_put(e, &filled, (uint32_t)sizeof filled);
    }
    return status;
}
static inline int assay_str_equal(assay_str text, const char *other) {
    size_t n = strlen(other);
    return text.len == n && (n == 0 || memcmp(text.ptr, other, n) == 0);
}
static inline const assay_kv *assay_simple_find(const assay_kv *list, uint32_t count,
                                                const char *key) {
    for (uint32_t i = 0; i < count; i++)
        if (assay_str_equal(list[i].key, key)) return &list[i];
    return NULL;
}
static inline int64_t assay_simple_option_int(const assay_kv *list, uint32_t count, const char *key,
                                              int64_t otherwise) {
    const assay_kv *found = assay_simple_find(list, count, key);
    return found && found->type == ASSAY_KV_INT ? found->v.i : otherwise;
}
static inline int64_t assay_simple_attribute_int(const assay_op_desc *desc, const char *name,
                                                 int64_t otherwise) {
    return assay_simple_option_int(desc->attributes, desc->attribute_count, name, otherwise);
}
static inline double assay_simple_attribute_float(const assay_op_desc *desc, const char *name,
                                                  double otherwise) {
    const assay_kv *found = assay_simple_find(desc->attributes, desc->attribute_count, name);
    if (found && found->type == ASSAY_KV_FLOAT) return found->v.f;
    return found && found->type == ASSAY_KV_INT ? (double)found->v.i : otherwise;
}
static inline assay_str assay_simple_attribute_string(const assay_op_desc *desc, const char *name,
                                                      const char *otherwise) {
    const assay_kv *found = assay_simple_find(desc->attributes, desc->attribute_count, name);
    assay_str text;
    if (found && found->type == ASSAY_KV_STRING) return found->v.s;
    text.ptr = otherwise;
    text.len = otherwise ? strlen(otherwise) : 0;
    return text;
}
static inline int assay_simple_is(const assay_op_desc *desc, const char *domain, const char *name) {
    return assay_str_equal(desc->domain, domain) && assay_str_equal(desc->name, name);
}
/* Whether arithmetic and sums are asked for in `dtype`, or left open. */
static inline int assay_simple_computes_in(const assay_op_desc *desc, uint32_t dtype) {
    return (desc->math_dtype == 0 || desc->math_dtype == dtype) &&
           (desc->accumulate_dtype == 0 || desc->accumulate_dtype == dtype);
}
static inline uint32_t
assay_simple_bits(uint32_t dtype) { /* of one element; 0: no such storage type */
    switch (dtype) {
    case ASSAY_F64:
    case ASSAY_I64:
    case ASSAY_U64: return 64;
    case ASSAY_F32:
    case ASSAY_I32:
    case ASSAY_U32: return 32;
    case ASSAY_F16:
    case ASSAY_BF16:
    case ASSAY_I16:
    case ASSAY_U16: return 16;
    case ASSAY_F8E4M3:
    case ASSAY_F8E5M2:
    case ASSAY_E8M0:
    case ASSAY_I8:
    case ASSAY_U8:
    case ASSAY_BOOL: return 8;
    case ASSAY_F6E2M3:
    case ASSAY_F6E3M2: return 6;
    case ASSAY_F4E2M1:
    case ASSAY_I4:
    case ASSAY_U4: return 4;
    default: return 0;
    }
}
static inline int64_t
assay_simple_count(const assay_tensor *tensor) { /* elements; -1: negative or overflowing extents */
    int64_t count = 1;
    for (uint32_t i = 0; i < tensor->rank; i++) {
        if (tensor->dims[i] < 0 || __builtin_mul_overflow(count, tensor->dims[i], &count))
            return -1;
    }
    return count;
}

/* Makes the plug-in, or finds the one already made of that id. Call it from the entry symbol
 * and return its result. NULL with *e filled when the host speaks another major version or a
 * function is missing. [control] */
#ifndef ASSAY_SIMPLE_IMPLEMENTATION
const assay_plugin *assay_simple_make(const assay_simple_backend *backend, const assay_host *host,
                                      assay_error *e);
#else
#ifndef ASSAY_SIMPLE_LINKAGE
#define ASSAY_SIMPLE_LINKAGE static inline
#endif
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#if !defined(CLOCK_MONOTONIC_RAW) || !defined(MADV_HUGEPAGE)
#error "assay_simple.h needs Linux; include it before any system header, or define _DEFAULT_SOURCE"
#endif

/* Everything handed out begins with this, so that a handle can be told from a stranger before
 * it is freed. */
typedef struct assay_simple_object_ {
    uint64_t tag;
    struct assay_simple_made_ *owner;
    struct assay_simple_object_ *next;
} assay_simple_object_;
#define ASSAY_SIMPLE_BUFFER_ 0x4173737942756666u
#define ASSAY_SIMPLE_QUEUE_ 0x4173737951756575u
#define ASSAY_SIMPLE_EVENT_ 0x4173737945766e74u
#define ASSAY_SIMPLE_OP_ 0x417373794f706572u

typedef struct {
    assay_simple_object_ o;
    char *base;
    uint64_t bytes;
    uint64_t mapped;
    uint32_t wrapped;
} assay_simple_buffer_;
typedef struct {
    assay_simple_object_ o;
    uint64_t sequence;
} assay_simple_queue_;
typedef struct {
    assay_simple_object_ o;
    uint32_t flags, recorded;
    uint64_t ns;
} assay_simple_event_;
typedef struct {
    assay_simple_object_ o;
    void *state;
    uint32_t input_count, output_count;
    uint64_t input_bytes[ASSAY_SIMPLE_TENSOR_MAX],
        output_bytes[ASSAY_SIMPLE_TENSOR_MAX]; /* UINT64_MAX: absent */
    void *constants[ASSAY_SIMPLE_TENSOR_MAX];
} assay_simple_op_;
typedef struct assay_simple_made_ {
    assay_plugin plugin;
    assay_memory_v1 memory;
    assay_queue_v1 queue;
    assay_op_v1 op;
    assay_simple_backend backend;
    assay_simple_object_ *objects;
    assay_device_props props;
    uint64_t memory_bytes;
    clockid_t clock;
    uint32_t started, described, open;
    struct assay_simple_made_ *next;
} assay_simple_made_;

static inline assay_status assay_simple_invalid_(assay_error *e, const char *where,
                                                 const char *message) {
    return assay_simple_fail(e, ASSAY_E_INVALID, 0, "assay_simple", where, message);
}
static inline uint64_t assay_simple_now_(const assay_simple_made_ *m) {
    struct timespec t;
    clock_gettime(m->clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
static inline void *assay_simple_new_(assay_simple_made_ *m, uint64_t tag, size_t size) {
    assay_simple_object_ *o = (assay_simple_object_ *)calloc(1, size);
    if (o) {
        o->tag = tag;
        o->owner = m;
        o->next = m->objects;
        m->objects = o;
    }
    return o;
}
static inline void assay_simple_free_(assay_simple_object_ *o) {
    if (o->tag == ASSAY_SIMPLE_BUFFER_) {
        assay_simple_buffer_ *b = (assay_simple_buffer_ *)o;
        if (b->mapped)
            munmap(b->base, b->mapped);
        else if (!b->wrapped)
            free(b->base);
    }
    if (o->tag == ASSAY_SIMPLE_OP_ && o->owner->backend.destroy)
        o->owner->backend.destroy(o->owner->backend.user, ((assay_simple_op_ *)o)->state);
    o->tag = 0;
    free(o);
}
static assay_simple_made_ *assay_simple_all_;

static inline assay_simple_object_ **assay_simple_find_(void *handle,
                                                        uint64_t tag) { /* never reads a stranger */
    for (assay_simple_made_ *m = assay_simple_all_; m; m = m->next)
        for (assay_simple_object_ **link = &m->objects; *link; link = &(*link)->next)
            if (*link == handle) return (*link)->tag == tag ? link : NULL;
    return NULL;
}
static inline assay_status assay_simple_destroy_(void *handle, uint64_t tag, const char *where,
                                                 assay_error *e) {
    assay_simple_object_ **link = assay_simple_find_(handle, tag), *found;
    if (!link) return assay_simple_invalid_(e, where, "not a live handle of this kind");
    found = *link;
    *link = found->next;
    assay_simple_free_(found);
    return ASSAY_OK;
}
/* Whether a handle in use is of its kind; the owner makes sure that it is alive. */
#define ASSAY_SIMPLE_IS_(handle, kind)                                                             \
    ((handle) && ((const assay_simple_object_ *)(const void *)(handle))->tag == (kind))

/* ---- plugin ---------------------------------------------------------------------------------- */

static inline assay_status assay_simple_startup_(void *impl, const assay_kv *options,
                                                 uint32_t count, assay_error *e) {
    assay_simple_made_ *m = (assay_simple_made_ *)impl;
    const assay_kv *clock = assay_simple_find(options, count, "clock");
    assay_status status = ASSAY_OK;
    if (m->started) return assay_simple_invalid_(e, "startup", "already started");
    m->clock = CLOCK_MONOTONIC_RAW;
    if (clock && clock->type == ASSAY_KV_STRING && assay_str_equal(clock->v.s, "monotonic"))
        m->clock = CLOCK_MONOTONIC;
    else if (clock &&
             (clock->type != ASSAY_KV_STRING || !assay_str_equal(clock->v.s, "monotonic_raw")))
        return assay_simple_fail(e, ASSAY_E_UNSUPPORTED, 0, "assay_simple", "startup",
                                 "unknown clock");
    if (m->backend.startup) status = m->backend.startup(m->backend.user, options, count, e);
    m->started = status == ASSAY_OK;
    return status;
}
static inline void assay_simple_shutdown_(void *impl) {
    assay_simple_made_ *m = (assay_simple_made_ *)impl;
    if (!m->started) return;
    while (m->objects) { /* what the host forgot */
        assay_simple_object_ *o = m->objects;
        m->objects = o->next;
        assay_simple_free_(o);
    }
    if (m->backend.shutdown) m->backend.shutdown(m->backend.user);
    m->started = m->described = m->open = 0;
}
static inline assay_status assay_simple_device_count_(void *impl, uint32_t *count, assay_error *e) {
    if (!((assay_simple_made_ *)impl)->started)
        return assay_simple_invalid_(e, "device_count", "not started");
    *count = 1;
    return ASSAY_OK;
}
static inline assay_status assay_simple_describe_(assay_simple_made_ *m, assay_error *e) {
    assay_device_props *p = &m->props;
    struct timespec resolution;
    assay_status status = ASSAY_OK;
    double least = 1e9;
    if (m->described) return ASSAY_OK;
    memset(p, 0, sizeof *p);
    p->h.size = (uint32_t)sizeof *p;
    m->memory_bytes = 0;
    if (m->backend.describe) status = m->backend.describe(m->backend.user, p, &m->memory_bytes, e);
    if (status != ASSAY_OK) return status;
    if (!m->memory_bytes)
        m->memory_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    if (!p->type) p->type = ASSAY_DEVICE_CPU;
    if (!p->relaunch) p->relaunch = ASSAY_RELAUNCH_PROCESS;
    if (!p->vendor[0]) assay_simple_copy(p->vendor, sizeof p->vendor, m->backend.vendor);
    if (!p->name[0]) assay_simple_copy(p->name, sizeof p->name, m->backend.name);
    p->index = 0;
    p->memory_space_count = 1;
    clock_getres(m->clock, &resolution);
    for (int i = 0; i < 64; i++) {
        uint64_t before = assay_simple_now_(m), after = assay_simple_now_(m);
        if ((double)(after - before) < least) least = (double)(after - before);
    }
    p->timing.source = ASSAY_TIME_HOST;
    p->timing.resolution_ns = (double)resolution.tv_sec * 1e9 + (double)resolution.tv_nsec;
    p->timing.overhead_ns = least;
    p->timing.valid_bits = 64;
    m->described = 1;
    return ASSAY_OK;
}
static inline assay_status assay_simple_device_props_(void *impl, uint32_t index,
                                                      assay_device_props *out, assay_error *e) {
    assay_simple_made_ *m = (assay_simple_made_ *)impl;
    assay_status status;
    if (!m->started) return assay_simple_invalid_(e, "device_props", "not started");
    if (index)
        return assay_simple_fail(e, ASSAY_E_NOT_FOUND, 0, "assay_simple", "device_props",
                                 "there is one device");
    status = assay_simple_describe_(m, e);
    if (status == ASSAY_OK) assay_put(out, &m->props, (uint32_t)sizeof m->props);
    return status;
}
static inline assay_status assay_simple_device_open_(void *impl, uint32_t index,
                                                     const assay_kv *options, uint32_t count,
                                                     assay_device *out, assay_error *e) {
    assay_simple_made_ *m = (assay_simple_made_ *)impl;
    assay_status status;
    (void)options;
    (void)count;
    if (!m->started) return assay_simple_invalid_(e, "device_open", "not started");
    if (index)
        return assay_simple_fail(e, ASSAY_E_NOT_FOUND, 0, "assay_simple", "device_open",
                                 "there is one device");
    if (m->open)
        return assay_simple_fail(e, ASSAY_E_BUSY, 0, "assay_simple", "device_open", "already open");
    status = assay_simple_describe_(m, e);
    if (status != ASSAY_OK) return status;
    m->open = 1;
    *out = (assay_device)(void *)m;
    return ASSAY_OK;
}
static inline void assay_simple_device_close_(assay_device d) {
    if (d) ((assay_simple_made_ *)(void *)d)->open = 0;
}
static inline const void *assay_simple_extension_(void *impl, const char *id) {
    assay_simple_made_ *m = (assay_simple_made_ *)impl;
    if (!id) return NULL;
    if (!strcmp(id, "assay.memory/1")) return &m->memory;
    if (!strcmp(id, "assay.queue/1")) return &m->queue;
    return strcmp(id, "assay.op/1") ? NULL : &m->op;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static inline assay_status assay_simple_space_(assay_device d, uint32_t index,
                                               assay_memory_space *out, assay_error *e) {
    const assay_simple_made_ *m = (const assay_simple_made_ *)(const void *)d;
    assay_memory_space space;
    if (index)
        return assay_simple_fail(e, ASSAY_E_NOT_FOUND, 0, "assay_simple", "space",
                                 "there is one memory space");
    memset(&space, 0, sizeof space);
    space.type = ASSAY_SPACE_UNIFIED;
    space.flags = ASSAY_SPACE_MAPPABLE | ASSAY_SPACE_COHERENT;
    space.total = space.allocation_max = m->memory_bytes;
    space.available = (uint64_t)sysconf(_SC_AVPHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    if (space.available > space.total) space.available = space.total;
    space.alignment = 64;
    assay_simple_copy(space.name, sizeof space.name, "host");
    assay_put(out, &space, (uint32_t)sizeof space);
    return ASSAY_OK;
}
/* Large ones come from the system each time, on 2 MiB boundaries: always fresh, so that huge
 * pages can back them. */
static inline char *assay_simple_map_(uint64_t bytes, uint64_t alignment, uint64_t *mapped) {
    uint64_t huge = 2u << 20, length = (bytes + huge - 1) / huge * huge, slack;
    char *raw, *base;
    if (alignment < huge) alignment = huge;
    raw = (char *)mmap(NULL, length + alignment, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == (char *)MAP_FAILED) return NULL;
    slack = (alignment - (uint64_t)(uintptr_t)raw % alignment) % alignment;
    base = raw + slack;
    if (slack) munmap(raw, slack);
    munmap(base + length, alignment - slack);
    (void)madvise(base, length, MADV_HUGEPAGE);
    *mapped = length;
    return base;
}
static inline assay_status assay_simple_allocate_(assay_device d, uint32_t space, uint64_t bytes,
                                                  uint64_t alignment, assay_buffer *out,
                                                  assay_error *e) {
    assay_simple_made_ *m = (assay_simple_made_ *)(void *)d;
    assay_simple_buffer_ *b;
    void *base = NULL;
    if (alignment < 64) alignment = 64;
    if (space || (alignment & (alignment - 1)) || alignment > 1u << 30)
        return assay_simple_invalid_(e, "allocate", "no such memory space, or no such alignment");
    if (bytes > m->memory_bytes)
        return assay_simple_fail(e, ASSAY_E_NO_MEMORY, 0, "assay_simple", "allocate",
                                 "more than the device has");
    b = (assay_simple_buffer_ *)assay_simple_new_(m, ASSAY_SIMPLE_BUFFER_, sizeof *b);
    if (b && bytes >= 2u << 20)
        base = assay_simple_map_(bytes, alignment, &b->mapped);
    else if (b && posix_memalign(&base, alignment, bytes ? bytes : 1))
        base = NULL;
    if (!base) {
        if (b) {
            m->objects = b->o.next;
            free(b);
        }
        return assay_simple_fail(e, ASSAY_E_NO_MEMORY, 0, "assay_simple", "allocate",
                                 "the system refused");
    }
    b->base = (char *)base;
    b->bytes = bytes;
    *out = (assay_buffer)(void *)b;
    return ASSAY_OK;
}
static inline assay_status assay_simple_release_(assay_buffer b, assay_error *e) {
    return assay_simple_destroy_(b, ASSAY_SIMPLE_BUFFER_, "release", e);
}
static inline assay_status assay_simple_wrap_(assay_device d, void *memory, uint64_t bytes,
                                              assay_buffer *out, assay_error *e) {
    assay_simple_buffer_ *b;
    if (!memory) return assay_simple_invalid_(e, "wrap_host", "no memory given");
    b = (assay_simple_buffer_ *)assay_simple_new_((assay_simple_made_ *)(void *)d,
                                                  ASSAY_SIMPLE_BUFFER_, sizeof *b);
    if (!b)
        return assay_simple_fail(e, ASSAY_E_NO_MEMORY, 0, "assay_simple", "wrap_host",
                                 "out of memory");
    b->base = (char *)memory;
    b->bytes = bytes;
    b->wrapped = 1;
    *out = (assay_buffer)(void *)b;
    return ASSAY_OK;
}
/* The address of a range; NULL with *e filled when it is not all inside. */
static inline char *assay_simple_at_(assay_buffer handle, uint64_t offset, uint64_t bytes,
                                     const char *where, assay_error *e) {
    const assay_simple_buffer_ *b = (const assay_simple_buffer_ *)(const void *)handle;
    if (ASSAY_SIMPLE_IS_(b, ASSAY_SIMPLE_BUFFER_) && offset <= b->bytes &&
        bytes <= b->bytes - offset)
        return b->base + offset;
    assay_simple_invalid_(e, where, "not a buffer, or outside it");
    return NULL;
}
static inline assay_status assay_simple_host_map_(assay_buffer b, void **host, assay_error *e) {
    *host = assay_simple_at_(b, 0, 0, "map", e);
    return *host ? ASSAY_OK : ASSAY_E_INVALID;
}
static inline assay_status assay_simple_unmap_(assay_buffer b, assay_error *e) {
    return assay_simple_at_(b, 0, 0, "unmap", e) ? ASSAY_OK : ASSAY_E_INVALID;
}
static inline assay_status assay_simple_flush_(assay_buffer b, uint64_t offset, uint64_t bytes,
                                               assay_error *e) {
    return assay_simple_at_(b, offset, bytes, "flush", e) ? ASSAY_OK : ASSAY_E_INVALID;
}
static inline assay_status assay_simple_native_(assay_buffer b, uint64_t *address, assay_error *e) {
    char *host = assay_simple_at_(b, 0, 0, "native", e);
    *address = (uint64_t)(uintptr_t)host;
    return host ? ASSAY_OK : ASSAY_E_INVALID;
}

/* ---- queue ----------------------------------------------------------------------------------- */

static inline assay_simple_queue_ *assay_simple_queue_of_(assay_queue q, assay_error *e) {
    assay_simple_queue_ *found = (assay_simple_queue_ *)(void *)q;
    if (ASSAY_SIMPLE_IS_(found, ASSAY_SIMPLE_QUEUE_)) return found;
    assay_simple_invalid_(e, "queue", "not a queue");
    return NULL;
}
static inline void
assay_simple_done_(assay_simple_queue_ *q) { /* query may read it from another thread */
    __atomic_store_n(&q->sequence, q->sequence + 1, __ATOMIC_RELEASE);
}
static inline assay_status assay_simple_queue_create_(assay_device d, uint32_t flags,
                                                      assay_queue *out, assay_error *e) {
    void *made = assay_simple_new_((assay_simple_made_ *)(void *)d, ASSAY_SIMPLE_QUEUE_,
                                   sizeof(assay_simple_queue_));
    (void)flags;
    *out = (assay_queue)made;
    return made ? ASSAY_OK
                : assay_simple_fail(e, ASSAY_E_NO_MEMORY, 0, "assay_simple", "create",
                                    "out of memory");
}
static inline assay_status assay_simple_queue_destroy_(assay_queue q, assay_error *e) {
    return assay_simple_destroy_(q, ASSAY_SIMPLE_QUEUE_, "destroy", e);
}
static inline assay_status assay_simple_sync_(assay_queue q, uint64_t timeout_ns, assay_error *e) {
    (void)timeout_ns;
    return assay_simple_queue_of_(q, e) ? ASSAY_OK : ASSAY_E_INVALID;
}
static inline assay_status assay_simple_query_(assay_queue q, uint64_t *completed, assay_error *e) {
    const assay_simple_queue_ *found = assay_simple_queue_of_(q, e);
    if (found) *completed = __atomic_load_n(&found->sequence, __ATOMIC_ACQUIRE);
    return found ? ASSAY_OK : ASSAY_E_INVALID;
}
static inline assay_status assay_simple_move_(assay_queue q, char *to, const char *from,
                                              uint64_t bytes, assay_error *e) {
    assay_simple_queue_ *found = assay_simple_queue_of_(q, e);
    if (!found || !to || !from) return ASSAY_E_INVALID;
    memmove(to, from, bytes);
    assay_simple_done_(found);
    return ASSAY_OK;
}
static inline assay_status assay_simple_queue_copy_(assay_queue q, assay_buffer to,
                                                    uint64_t to_offset, assay_buffer from,
                                                    uint64_t from_offset, uint64_t bytes,
                                                    assay_error *e) {
    char *source = assay_simple_at_(from, from_offset, bytes, "copy", e);
    return source ? assay_simple_move_(q, assay_simple_at_(to, to_offset, bytes, "copy", e), source,
                                       bytes, e)
                  : ASSAY_E_INVALID;
}
static inline assay_status assay_simple_write_(assay_queue q, assay_buffer to, uint64_t offset,
                                               const void *from, uint64_t bytes, assay_error *e) {
    if (!from && bytes) return assay_simple_invalid_(e, "write", "no memory given");
    return assay_simple_move_(q, assay_simple_at_(to, offset, bytes, "write", e),
                              bytes ? (const char *)from : "", bytes, e);
}
static inline assay_status assay_simple_read_(assay_queue q, void *to, assay_buffer from,
                                              uint64_t offset, uint64_t bytes, assay_error *e) {
    char nothing;
    if (!to && bytes) return assay_simple_invalid_(e, "read", "no memory given");
    return assay_simple_move_(q, bytes ? (char *)to : &nothing,
                              assay_simple_at_(from, offset, bytes, "read", e), bytes, e);
}
static inline assay_status assay_simple_fill_(assay_queue q, assay_buffer to, uint64_t offset,
                                              uint64_t bytes, uint32_t pattern, assay_error *e) {
    char *host = assay_simple_at_(to, offset, bytes, "fill", e);
    assay_simple_queue_ *found = assay_simple_queue_of_(q, e);
    if (!host || !found) return ASSAY_E_INVALID;
    for (uint64_t i = 0; i < bytes; i += 4)
        memcpy(host + i, &pattern, bytes - i < 4 ? bytes - i : 4);
    assay_simple_done_(found);
    return ASSAY_OK;
}
static inline assay_simple_event_ *assay_simple_event_of_(assay_event v, assay_error *e) {
    assay_simple_event_ *found = (assay_simple_event_ *)(void *)v;
    if (ASSAY_SIMPLE_IS_(found, ASSAY_SIMPLE_EVENT_)) return found;
    assay_simple_invalid_(e, "event", "not an event");
    return NULL;
}
static inline assay_status assay_simple_event_create_(assay_device d, uint32_t flags,
                                                      assay_event *out, assay_error *e) {
    assay_simple_event_ *v = (assay_simple_event_ *)assay_simple_new_(
        (assay_simple_made_ *)(void *)d, ASSAY_SIMPLE_EVENT_, sizeof *v);
    if (!v)
        return assay_simple_fail(e, ASSAY_E_NO_MEMORY, 0, "assay_simple", "event_create",
                                 "out of memory");
    v->flags = flags;
    *out = (assay_event)(void *)v;
    return ASSAY_OK;
}
static inline assay_status assay_simple_event_destroy_(assay_event v, assay_error *e) {
    return assay_simple_destroy_(v, ASSAY_SIMPLE_EVENT_, "event_destroy", e);
}
static inline assay_status assay_simple_event_record_(assay_event v, assay_queue q,
                                                      assay_error *e) {
    assay_simple_event_ *event = assay_simple_event_of_(v, e);
    assay_simple_queue_ *queue = assay_simple_queue_of_(q, e);
    if (!event || !queue) return ASSAY_E_INVALID;
    if (event->flags & ASSAY_EVENT_TIMING) event->ns = assay_simple_now_(event->o.owner);
    event->recorded = 1;
    assay_simple_done_(queue);
    return ASSAY_OK;
}
static inline assay_status assay_simple_event_wait_(assay_queue q, assay_event v, assay_error *e) {
    assay_simple_queue_ *queue = assay_simple_queue_of_(q, e);
    if (!queue || !assay_simple_event_of_(v, e)) return ASSAY_E_INVALID;
    assay_simple_done_(queue);
    return ASSAY_OK;
}
static inline assay_status assay_simple_event_sync_(assay_event v, uint64_t timeout_ns,
                                                    assay_error *e) {
    (void)timeout_ns;
    return assay_simple_event_of_(v, e) ? ASSAY_OK : ASSAY_E_INVALID;
}
static inline assay_status assay_simple_event_query_(assay_event v, uint32_t *done,
                                                     assay_error *e) {
    if (!assay_simple_event_of_(v, e)) return ASSAY_E_INVALID;
    *done = 1;
    return ASSAY_OK;
}
static inline assay_status assay_simple_event_time_(assay_event v, uint64_t *device_ns,
                                                    assay_error *e) {
    const assay_simple_event_ *event = assay_simple_event_of_(v, e);
    if (!event) return ASSAY_E_INVALID;
    if (!event->recorded || !(event->flags & ASSAY_EVENT_TIMING))
        return assay_simple_invalid_(e, "event_time",
                                     "never recorded, or made without ASSAY_EVENT_TIMING");
    *device_ns = event->ns;
    return ASSAY_OK;
}
static inline assay_status assay_simple_event_elapsed_(assay_event from, assay_event to, double *ns,
                                                       assay_error *e) {
    uint64_t start, end;
    if (assay_simple_event_time_(from, &start, e) != ASSAY_OK ||
        assay_simple_event_time_(to, &end, e) != ASSAY_OK)
        return ASSAY_E_INVALID;
    *ns = end >= start ? (double)(end - start) : -(double)(start - end);
    return ASSAY_OK;
}
static inline assay_status assay_simple_clock_pair_(assay_device d, uint64_t *device_ns,
                                                    uint64_t *host_ns, double *error_ns,
                                                    assay_error *e) {
    (void)e;
    *device_ns = *host_ns =
        assay_simple_now_((const assay_simple_made_ *)(const void *)d); /* one clock, one reading */
    *error_ns = 0;
    return ASSAY_OK;
}

/* ---- op -------------------------------------------------------------------------------------- */

/* A descriptor with its tensors as this file was compiled to see them, checked to be dense. */
typedef struct {
    assay_op_desc desc;
    assay_tensor tensors[2][ASSAY_SIMPLE_TENSOR_MAX];
    const assay_tensor *list[2][ASSAY_SIMPLE_TENSOR_MAX];
    uint64_t bytes[2][ASSAY_SIMPLE_TENSOR_MAX];
} assay_simple_read_desc_;

static inline const char *assay_simple_check_(const assay_tensor *t,
                                              uint64_t *bytes) { /* what is wrong; NULL: nothing */
    int64_t count, dense = 1;
    int strided = 0;
    if (t->rank > 8) return "more than 8 dimensions";
    if (t->layout != ASSAY_LAYOUT_STRIDED) return "an opaque layout";
    if (!assay_simple_bits(t->dtype)) return "an unknown element type";
    for (const assay_head *h = (const assay_head *)t->h.next; h; h = (const assay_head *)h->next)
        if (h->kind & ASSAY_KIND_REQUIRED) return "a block-scaled or otherwise special tensor";
    count = assay_simple_count(t);
    if (count < 0 || count > INT64_MAX / 64) return "extents that are negative or too large";
    for (uint32_t i = 0; i < t->rank; i++) strided |= t->strides[i] != 0;
    for (uint32_t i = t->rank; strided && i-- > 0; dense *= t->dims[i])
        if (t->dims[i] != 1 && t->strides[i] != dense && count > 0)
            return "strides that are not dense and row-major";
    *bytes = ((uint64_t)count * assay_simple_bits(t->dtype) + 7) / 8;
    return NULL;
}
static inline assay_status assay_simple_read_op_(const assay_op_desc *desc,
                                                 assay_simple_read_desc_ *r, assay_error *e) {
    assay_get(&r->desc, desc, (uint32_t)sizeof r->desc);
    if (r->desc.input_count > ASSAY_SIMPLE_TENSOR_MAX ||
        r->desc.output_count > ASSAY_SIMPLE_TENSOR_MAX)
        return assay_simple_fail(e, ASSAY_E_UNSUPPORTED, 0, "assay_simple", "query",
                                 "too many tensors");
    for (int side = 0; side < 2; side++) {
        const assay_tensor *const *given = side ? r->desc.outputs : r->desc.inputs;
        uint32_t count = side ? r->desc.output_count : r->desc.input_count;
        for (uint32_t i = 0; i < count; i++) {
            const char *wrong;
            r->list[side][i] = given[i] ? &r->tensors[side][i] : NULL;
            r->bytes[side][i] = UINT64_MAX;
            if (!given[i]) continue;
            assay_get(&r->tensors[side][i], given[i], (uint32_t)sizeof(assay_tensor));
            wrong = assay_simple_check_(&r->tensors[side][i], &r->bytes[side][i]);
            if (wrong)
                return assay_simple_fail(e, ASSAY_E_UNSUPPORTED, 0, "assay_simple", "query", wrong);
        }
    }
    r->desc.inputs = r->list[0];
    r->desc.outputs = r->list[1];
    return ASSAY_OK;
}
static inline assay_status assay_simple_supports_(assay_device d, const assay_op_desc *desc,
                                                  assay_simple_read_desc_ *r, assay_op_info *info,
                                                  assay_error *e) {
    const assay_simple_made_ *m = (const assay_simple_made_ *)(const void *)d;
    assay_status status = assay_simple_read_op_(desc, r, e);
    memset(info, 0, sizeof *info);
    info->h.size = (uint32_t)sizeof *info;
    if (status == ASSAY_OK) status = m->backend.supports(m->backend.user, &r->desc, info, e);
    if (status == ASSAY_OK) info->supported = info->algorithm_count = 1;
    return status;
}
static inline assay_status assay_simple_op_query_(assay_device d, const assay_op_desc *desc,
                                                  assay_op_info *out, assay_error *e) {
    assay_simple_read_desc_ r;
    assay_op_info info;
    assay_status status = assay_simple_supports_(d, desc, &r, &info, e);
    if (status != ASSAY_OK) memset(&info, 0, sizeof info);
    if (out) assay_put(out, &info, (uint32_t)sizeof info);
    return status;
}
static inline assay_status assay_simple_op_prepare_(assay_device d, const assay_op_desc *desc,
                                                    uint32_t algorithm, assay_op *out,
                                                    assay_op_info *info_out, assay_error *e) {
    assay_simple_made_ *m = (assay_simple_made_ *)(void *)d;
    assay_simple_read_desc_ r;
    assay_op_info info;
    assay_simple_op_ *op;
    uint64_t before = assay_simple_now_(m);
    assay_status status = assay_simple_supports_(d, desc, &r, &info, e);
    if (status != ASSAY_OK) return status;
    if (algorithm) return assay_simple_invalid_(e, "prepare", "there is one algorithm, 0");
    op = (assay_simple_op_ *)calloc(1, sizeof *op);
    if (!op)
        return assay_simple_fail(e, ASSAY_E_NO_MEMORY, 0, "assay_simple", "prepare",
                                 "out of memory");
    op->input_count = r.desc.input_count;
    op->output_count = r.desc.output_count;
    memcpy(op->input_bytes, r.bytes[0], sizeof op->input_bytes);
    memcpy(op->output_bytes, r.bytes[1], sizeof op->output_bytes);
    for (uint32_t i = 0; i < op->input_count && status == ASSAY_OK; i++) {
        const assay_tensor *t = r.list[0][i];
        if (!t || !(t->flags & ASSAY_TENSOR_CONST)) continue;
        op->constants[i] =
            assay_simple_at_(t->buffer, t->offset, r.bytes[0][i], "prepare: constant", e);
        if (!op->constants[i]) status = ASSAY_E_INVALID;
    }
    if (status == ASSAY_OK && m->backend.prepare)
        status = m->backend.prepare(m->backend.user, &r.desc, op->constants, &info, &op->state, e);
    if (status != ASSAY_OK) {
        free(op);
        return status;
    }
    op->o.tag = ASSAY_SIMPLE_OP_;
    op->o.owner = m;
    op->o.next = m->objects;
    m->objects = &op->o;
    if (info.setup_s == 0) info.setup_s = (double)(assay_simple_now_(m) - before) * 1e-9;
    if (info_out) assay_put(info_out, &info, (uint32_t)sizeof info);
    *out = (assay_op)(void *)op;
    return ASSAY_OK;
}
/* The address of a tensor; a constant left out comes from prepare. */
static inline char *assay_simple_tensor_(const assay_tensor *t, uint64_t bytes, void *constant,
                                         assay_error *e) {
    if (t && t->h.size >= offsetof(assay_tensor, offset) + sizeof t->offset)
        return assay_simple_at_(t->buffer, t->offset, bytes, "enqueue", e);
    if (!constant) assay_simple_invalid_(e, "enqueue", "a tensor is missing");
    return (char *)constant;
}
static inline assay_status assay_simple_op_enqueue_(assay_op handle, assay_queue q,
                                                    const assay_tensor *const *inputs,
                                                    const assay_tensor *const *outputs,
                                                    const assay_workspace *w, assay_error *e) {
    const assay_simple_op_ *op = (const assay_simple_op_ *)(const void *)handle;
    assay_simple_queue_ *queue = assay_simple_queue_of_(q, e);
    const void *in[ASSAY_SIMPLE_TENSOR_MAX];
    void *out[ASSAY_SIMPLE_TENSOR_MAX];
    assay_status status;
    (void)w;
    if (!queue) return ASSAY_E_INVALID;
    if (!ASSAY_SIMPLE_IS_(op, ASSAY_SIMPLE_OP_))
        return assay_simple_invalid_(e, "enqueue", "not an operation");
    for (uint32_t i = 0; i < op->input_count; i++) {
        in[i] = NULL;
        if (op->input_bytes[i] == UINT64_MAX) continue;
        in[i] = assay_simple_tensor_(inputs[i], op->input_bytes[i], op->constants[i], e);
        if (!in[i]) return ASSAY_E_INVALID;
    }
    for (uint32_t i = 0; i < op->output_count; i++) {
        out[i] = NULL;
        if (op->output_bytes[i] == UINT64_MAX) continue;
        out[i] = assay_simple_tensor_(outputs[i], op->output_bytes[i], NULL, e);
        if (!out[i]) return ASSAY_E_INVALID;
    }
    status = op->o.owner->backend.run(op->o.owner->backend.user, op->state, in, out, e);
    if (status == ASSAY_OK) assay_simple_done_(queue);
    return status;
}
static inline void assay_simple_op_destroy_(assay_op op) {
    (void)assay_simple_destroy_(op, ASSAY_SIMPLE_OP_, "destroy", NULL);
}

/* ---- making it ------------------------------------------------------------------------------- */

static inline void assay_simple_tables_(assay_simple_made_ *m) {
    m->memory.h.size = (uint32_t)sizeof m->memory;
    m->memory.space = assay_simple_space_;
    m->memory.allocate = assay_simple_allocate_;
    m->memory.release = assay_simple_release_;
    m->memory.wrap_host = assay_simple_wrap_;
    m->memory.map = assay_simple_host_map_;
    m->memory.unmap = assay_simple_unmap_;
    m->memory.flush = assay_simple_flush_;
    m->memory.invalidate = assay_simple_flush_;
    m->memory.native = assay_simple_native_;
    m->queue.h.size = (uint32_t)sizeof m->queue;
    m->queue.create = assay_simple_queue_create_;
    m->queue.destroy = assay_simple_queue_destroy_;
    m->queue.sync = assay_simple_sync_;
    m->queue.query = assay_simple_query_;
    m->queue.copy = assay_simple_queue_copy_;
    m->queue.write = assay_simple_write_;
    m->queue.read = assay_simple_read_;
    m->queue.fill = assay_simple_fill_;
    m->queue.event_create = assay_simple_event_create_;
    m->queue.event_destroy = assay_simple_event_destroy_;
    m->queue.event_record = assay_simple_event_record_;
    m->queue.event_wait = assay_simple_event_wait_;
    m->queue.event_sync = assay_simple_event_sync_;
    m->queue.event_query = assay_simple_event_query_;
    m->queue.event_elapsed = assay_simple_event_elapsed_;
    m->queue.event_time = assay_simple_event_time_;
    m->queue.clock_pair = assay_simple_clock_pair_;
    m->op.h.size = (uint32_t)sizeof m->op;
    m->op.query = assay_simple_op_query_;
    m->op.prepare = assay_simple_op_prepare_;
    m->op.enqueue = assay_simple_op_enqueue_;
    m->op.destroy = assay_simple_op_destroy_;
}
ASSAY_SIMPLE_LINKAGE const assay_plugin *assay_simple_make(const assay_simple_backend *backend,
                                                           const assay_host *host, assay_error *e) {
    assay_simple_made_ *m;
    if (host && host->major != ASSAY_MAJOR) {
        assay_simple_fail(e, ASSAY_E_VERSION, 0, "assay_simple", "entry",
                          "the host speaks another major version");
        return NULL;
    }
    if (!backend || !backend->id || !backend->supports || !backend->run) {
        assay_simple_invalid_(e, "entry", "the backend lacks its id, supports or run");
        return NULL;
    }
    for (m = assay_simple_all_; m; m = m->next)
        if (!strcmp(m->backend.id, backend->id)) return &m->plugin;
    m = (assay_simple_made_ *)calloc(1, sizeof *m);
    if (!m) {
        assay_simple_fail(e, ASSAY_E_NO_MEMORY, 0, "assay_simple", "entry", "out of memory");
        return NULL;
    }
    m->backend = *backend;
    m->plugin.h.size = (uint32_t)sizeof m->plugin;
    m->plugin.major = ASSAY_MAJOR;
    m->plugin.minor = ASSAY_MINOR;
    m->plugin.id = backend->id;
    m->plugin.name = backend->name ? backend->name : backend->id;
    m->plugin.vendor = backend->vendor ? backend->vendor : "";
    m->plugin.version = backend->version ? backend->version : "";
    m->plugin.built_against = backend->built_against ? backend->built_against : "";
    m->plugin.impl = m;
    m->plugin.startup = assay_simple_startup_;
    m->plugin.shutdown = assay_simple_shutdown_;
    m->plugin.device_count = assay_simple_device_count_;
    m->plugin.device_props = assay_simple_device_props_;
    m->plugin.device_open = assay_simple_device_open_;
    m->plugin.device_close = assay_simple_device_close_;
    m->plugin.extension = assay_simple_extension_;
    assay_simple_tables_(m);
    m->clock = CLOCK_MONOTONIC_RAW;
    m->next = assay_simple_all_;
    assay_simple_all_ = m;
    return &m->plugin;
}
#endif /* ASSAY_SIMPLE_IMPLEMENTATION */

#ifdef __cplusplus
}
#endif
#endif
