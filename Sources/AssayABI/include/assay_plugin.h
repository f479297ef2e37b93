/* SPDX-License-Identifier: Apache-2.0
 *
 * assay_plugin.h - the Assay plug-in ABI, version 1.0. The only file a vendor needs; it may be
 * copied into proprietary products. (assay_simple.h beside it saves most of the work for backends
 * that are synchronous and compute in host memory.)
 *
 * C11 and C++17, 64-bit pointers. Includes stddef.h and stdint.h and nothing else. Structs hold
 * fixed-width integers, doubles, pointers and character arrays: no enums, bools or bit-fields.
 *
 * Units      Sizes and offsets are bytes, strides are elements, times are nanoseconds, unless a
 *            name says otherwise (_s, _hz, _w). Text is UTF-8; character arrays end with a NUL.
 * Pointers   are never null unless their comment says "nullable". Output pointers (`out`, `count`,
 *            ...) are written on ASSAY_OK, and not otherwise but for ASSAY_E_TOO_SMALL.
 * Errors     Every `assay_error *e` is nullable. A function that fails returns a negative status
 *            and fills *e with the same status and the library's own code and words. Nothing is
 *            thrown, nothing is printed, nothing in it is to be freed.
 * Growth     A struct that starts with assay_head may grow at its end in a minor version.
 *            - Whoever fills one sets h.size to the sizeof it was compiled with.
 *            - A reader uses min(h.size, its own sizeof) and takes the missing tail as zero
 *              (assay_get does that). Nobody refuses a struct for its size alone.
 *            - Output structs: the caller sets h.size to its capacity; the callee fills through
 *              assay_put, never by assignment.
 *            - They are passed by pointer and listed as arrays of pointers, never by value.
 *              Headless structs are frozen for this major version and may be listed by value.
 *            - A table slot may be called only if ASSAY_HAS(table, type, slot). A null slot or an
 *              absent table means unsupported; it is never an error to lack one.
 *            - Registry numbers are never renumbered or reused. An unknown number, name or flag is
 *              ASSAY_E_UNSUPPORTED; unknown options and unknown kinds in a chain are skipped.
 * Counts     *count is capacity in, needed out. Too small: ASSAY_E_TOO_SMALL with only *count
 *            written. `out` is nullable where *count is 0 going in: asking for the number.
 * Threads    [control] one thread per device, never concurrent for that device.
 *            [submit]  the thread that owns the queue, one per queue.
 *            [any]     any thread, also while another is inside any call.
 * Lifetimes  What the host passes in lives until the call returns, and what a plug-in returns as a
 *            pointer lives until shutdown, unless the slot says otherwise. Handles are destroyed by
 *            the host, children before parents. A destroyed handle must not be used again.
 * Conduct    A plug-in must not write to stdout, install signal handlers, call exit, fork, change
 *            locale, working directory, umask, affinity or floating-point control, or start
 *            threads before startup. The host checks. It must never lower precision or move work
 *            to another device without saying so in assay_op_info: see ASSAY_EXACT_DTYPE. */
#ifndef ASSAY_PLUGIN_H
#define ASSAY_PLUGIN_H
#include <stddef.h>
#include <stdint.h>

#if UINTPTR_MAX != 0xffffffffffffffff
#error "the Assay plug-in ABI needs 64-bit pointers"
#endif
#ifdef __cplusplus
extern "C" {
#endif

#define ASSAY_ENTRY "assay_entry_v1" /* the one exported symbol; a new major is a new symbol */
#define ASSAY_MAJOR 1u
#define ASSAY_MINOR 0u
#if defined(__GNUC__)
#define ASSAY_EXPORT __attribute__((visibility("default")))
#else
#define ASSAY_EXPORT
#endif

/* ---- status and errors ----------------------------------------------------------------------- */

typedef int32_t assay_status; /* 0 is success, negative is an error */
#define ASSAY_OK 0
#define ASSAY_E_UNSUPPORTED (-1) /* cannot: a difference between devices, not a defect */
#define ASSAY_E_INVALID (-2)     /* the caller's mistake: argument, order of calls, handle */
#define ASSAY_E_NO_MEMORY (-3)   /* not enough; the device still works */
#define ASSAY_E_DEVICE_LOST (-4) /* nothing more will work in this process */
#define ASSAY_E_TIMEOUT (-5)     /* not done within timeout_ns; the work goes on */
#define ASSAY_E_CANCELLED (-6)
#define ASSAY_E_BUSY (-7)       /* no room, or taken: try again after a completion */
#define ASSAY_E_VERSION (-8)    /* library, driver or host of a version that cannot be used */
#define ASSAY_E_NOT_FOUND (-9)  /* no such index, file, library or symbol */
#define ASSAY_E_PERMISSION (-10)
#define ASSAY_E_INTERNAL (-11)  /* the library failed in a way that none of the others names */
#define ASSAY_E_FALLBACK (-12)  /* possible only elsewhere or in another precision: refused */
#define ASSAY_E_TOO_SMALL (-13) /* the caller's array; see Counts */

/* The start of every struct that may grow. `kind` tells the members of a `next` chain apart and may
 * be 0 where the signature already says what the struct is. `next` (nullable) leads to extension
 * structs, each with a head and a kind. Unknown kinds are skipped, unless ASSAY_KIND_REQUIRED is
 * among their bits: those change what the struct means, so they are ASSAY_E_UNSUPPORTED. */
typedef struct assay_head {
    uint32_t size, kind; /* ASSAY_KIND_* */
    void *next;
} assay_head;

/* Owned and zeroed by the caller; no heap object and no thread-local state. */
typedef struct assay_error {
    assay_head h;
    int32_t status;      /* what the function returned */
    int32_t vendor_code; /* the library's own; 0: none */
    uint64_t sequence;   /* asynchronous errors: the enqueue that failed, counted from 1 on its
                            queue; else 0 */
    char domain[32];     /* whose code it is: the library's name */
    char where[64];      /* the function or step that failed */
    char message[1024];  /* one sentence for people */
} assay_error;

/* ---- frozen value types ---------------------------------------------------------------------- */

/* Text; not NUL-terminated. ptr is nullable where len is 0. */
typedef struct assay_str {
    const char *ptr;
    uint64_t len;
} assay_str;

/* Bytes. ptr is nullable where len is 0. */
typedef struct assay_span {
    const void *ptr;
    uint64_t len;
} assay_span;

/* A named value: option, attribute or detail. */
typedef struct assay_kv {
    assay_str key;
    uint32_t type;  /* ASSAY_KV_* */
    uint32_t count; /* list types: how many values the pointer leads to; else 1 */
    union {
        int64_t i;
        double f;
        assay_str s;
        const int64_t *ints;
        const double *floats;
        const assay_str *strings;
        const void *tensor; /* an assay_constant */
    } v;
} assay_kv;

/* Where a device's times come from and how good they are. */
typedef struct assay_timing {
    uint32_t source; /* ASSAY_TIME_* */
    uint32_t flags;  /* 0 */
    double resolution_ns; /* smallest step; 0: not known */
    double overhead_ns;   /* of recording one event; 0: not known */
    uint32_t valid_bits;  /* of the times, before they wrap; 0 as 64: never */
    uint32_t reserved;    /* 0 */
} assay_timing;

/* One reading of a telemetry channel. */
typedef struct assay_sample {
    uint32_t channel;
    uint32_t flags;   /* ASSAY_SAMPLE_* */
    uint64_t host_ns; /* when it was read, on the clock of startup option "clock" */
    double value;     /* in the channel's unit; meaningless where flags say missing */
} assay_sample;

typedef struct assay_device_s *assay_device;
typedef struct assay_queue_s *assay_queue;
typedef struct assay_event_s *assay_event;
typedef struct assay_buffer_s *assay_buffer;
typedef struct assay_op_s *assay_op;
typedef struct assay_exec_s *assay_exec;
typedef struct assay_comm_s *assay_comm;

/* ---- registries ------------------------------------------------------------------------------ */

/* struct kinds */
#define ASSAY_KIND_ERROR 1u
#define ASSAY_KIND_HOST 2u
#define ASSAY_KIND_PLUGIN 3u
#define ASSAY_KIND_TABLE 4u /* any extension table: its id says which */
#define ASSAY_KIND_DEVICE_PROPS 5u
#define ASSAY_KIND_MEMORY_SPACE 6u
#define ASSAY_KIND_TENSOR 7u
#define ASSAY_KIND_BLOCK_SCALE (8u | ASSAY_KIND_REQUIRED)
#define ASSAY_KIND_OP_DESC 9u
#define ASSAY_KIND_OP_INFO 10u
#define ASSAY_KIND_WORKSPACE 11u
#define ASSAY_KIND_CONSTANT 12u
#define ASSAY_KIND_PROGRAM 13u
#define ASSAY_KIND_IO 14u
#define ASSAY_KIND_CHANNEL 15u
#define ASSAY_KIND_LINK 16u
#define ASSAY_KIND_REQUIRED 0x40000000u /* a bit: not to be skipped; see assay_head */
#define ASSAY_KIND_VENDOR 0x80000000u   /* a bit: a vendor's own kind */

/* dtype: element types. The 8-bit and narrower floating-point formats are those of OCP. */
#define ASSAY_F64 1u
#define ASSAY_F32 2u
#define ASSAY_F16 3u
#define ASSAY_BF16 4u
#define ASSAY_TF32 5u   /* a math mode of f32 storage, never a storage type */
#define ASSAY_F8E4M3 6u /* no infinities: ONNX's FLOAT8E4M3FN */
#define ASSAY_F8E5M2 7u
#define ASSAY_F6E2M3 8u
#define ASSAY_F6E3M2 9u
#define ASSAY_F4E2M1 10u
#define ASSAY_E8M0 11u /* a power of two: block scales */
#define ASSAY_I64 16u
#define ASSAY_I32 17u
#define ASSAY_I16 18u
#define ASSAY_I8 19u
#define ASSAY_I4 20u
#define ASSAY_U64 24u
#define ASSAY_U32 25u
#define ASSAY_U16 26u
#define ASSAY_U8 27u
#define ASSAY_U4 28u
#define ASSAY_BOOL 32u /* a byte, 0 or 1 */
/* kv types */
#define ASSAY_KV_INT 1u
#define ASSAY_KV_FLOAT 2u
#define ASSAY_KV_STRING 3u
#define ASSAY_KV_INTS 4u
#define ASSAY_KV_FLOATS 5u
#define ASSAY_KV_STRINGS 6u
#define ASSAY_KV_TENSOR 7u
/* tensor layout */
#define ASSAY_LAYOUT_STRIDED 0u /* row-major unless strides are given */
#define ASSAY_LAYOUT_OPAQUE 1u  /* the plug-in's own packing */
/* tensor flags */
#define ASSAY_TENSOR_CONST 1u /* contents fixed from prepare or compile to destroy: the plug-in may
                                 keep a packed copy, and reports its bytes */
/* op and program flags */
#define ASSAY_EXACT_DTYPE 1u   /* no arithmetic below the declared math type; else E_FALLBACK */
#define ASSAY_NO_FALLBACK 2u   /* nothing may run on another device; else E_FALLBACK */
#define ASSAY_DETERMINISTIC 4u /* the same bits on every call; else E_UNSUPPORTED */
/* device type */
#define ASSAY_DEVICE_CPU 1u
#define ASSAY_DEVICE_GPU 2u
#define ASSAY_DEVICE_ACCELERATOR 3u
/* memory space type */
#define ASSAY_SPACE_DEVICE 1u
#define ASSAY_SPACE_PINNED 2u
#define ASSAY_SPACE_UNIFIED 3u /* one memory that host and device share */
#define ASSAY_SPACE_PAGEABLE 4u
#define ASSAY_SPACE_ON_CHIP 5u
/* memory space flags */
#define ASSAY_SPACE_MAPPABLE 1u
#define ASSAY_SPACE_COHERENT 2u /* mapped memory needs no flush and no invalidate */
#define ASSAY_SPACE_PEER_VISIBLE 4u
/* timing source */
#define ASSAY_TIME_NONE 0u
#define ASSAY_TIME_HOST 1u   /* host clock around a wait */
#define ASSAY_TIME_QUEUE 2u  /* device counter at queue points */
#define ASSAY_TIME_KERNEL 3u /* per-kernel records */
/* event flags */
#define ASSAY_EVENT_ORDER 0u
#define ASSAY_EVENT_TIMING 1u
/* how fresh a relaunch can be made */
#define ASSAY_RELAUNCH_PROCESS 1u /* a new process starts from nothing */
#define ASSAY_RELAUNCH_CONTEXT 2u /* close and open again; a new process costs too much */
#define ASSAY_RELAUNCH_NONE 3u
/* timeouts */
#define ASSAY_TIMEOUT_POLL 0ull
#define ASSAY_TIMEOUT_FOREVER 0xffffffffffffffffull
/* log levels */
#define ASSAY_LOG_ERROR 1u
#define ASSAY_LOG_WARNING 2u
#define ASSAY_LOG_INFO 3u
#define ASSAY_LOG_DEBUG 4u
/* telemetry channel type */
#define ASSAY_CHANNEL_GAUGE 1u   /* the present value */
#define ASSAY_CHANNEL_COUNTER 2u /* grows, such as energy; wraps at `wrap` */
#define ASSAY_CHANNEL_STATE 3u   /* bits, such as throttle reasons, as a whole number */
/* telemetry channel domain: what the reading covers */
#define ASSAY_DOMAIN_CHIP 1u
#define ASSAY_DOMAIN_BOARD 2u
#define ASSAY_DOMAIN_PACKAGE 3u
#define ASSAY_DOMAIN_MEMORY 4u
#define ASSAY_DOMAIN_NODE 5u
/* telemetry sample flags */
#define ASSAY_SAMPLE_MISSING 1u /* no reading; never report one as zero */
#define ASSAY_SAMPLE_STALE 2u   /* the sensor has not been refreshed since the last sample */
/* link type; 0: not known */
#define ASSAY_LINK_SAME_CHIP 1u
#define ASSAY_LINK_DIRECT 2u /* chip to chip, not through the host */
#define ASSAY_LINK_SWITCH 3u
#define ASSAY_LINK_HOST 4u /* through the host's bus or memory */
#define ASSAY_LINK_NETWORK 5u
/* reductions of collectives */
#define ASSAY_REDUCE_NONE 0u
#define ASSAY_REDUCE_SUM 1u
#define ASSAY_REDUCE_PRODUCT 2u
#define ASSAY_REDUCE_MIN 3u
#define ASSAY_REDUCE_MAX 4u
#define ASSAY_REDUCE_MEAN 5u

/* ---- host services --------------------------------------------------------------------------- */

/* Given to the entry; valid until shutdown returns. Any slot may be null. */
typedef struct assay_host {
    assay_head h;
    uint32_t major, minor; /* of this header, as the host was compiled */
    void *context;         /* nullable; first argument of the slots below */
    /* [any] A line for the record, not for control flow. level: ASSAY_LOG_*. Not in timed code. */
    void (*log)(void *context, uint32_t level, assay_str message);
    /* [any] Two numbers of the plug-in's choice, kept in shared memory: after a crash the report
     * shows the last. Some nanoseconds. */
    void (*breadcrumb)(void *context, uint32_t id, uint64_t argument);
    /* [any] A service table by id; null: not offered. Version 1.0 has none. */
    const void *(*service)(void *context, const char *id);
} assay_host;

/* ---- the plug-in ----------------------------------------------------------------------------- */

/* What a device is. 0 and "" mean not known. Must not change between startup and shutdown. */
typedef struct assay_device_props {
    assay_head h;
    uint32_t index;              /* as asked for */
    uint32_t type;               /* ASSAY_DEVICE_* */
    uint32_t numa_node;          /* of the host, plus 1; 0: not known */
    uint32_t compute_units;      /* cores, multiprocessors, tiles: the vendor's own unit */
    uint32_t memory_space_count; /* how many indices assay.memory/1's `space` takes */
    uint32_t queue_count_max, event_count_max; /* at one time; 0: no limit known */
    uint32_t relaunch;                         /* ASSAY_RELAUNCH_*; 0 as PROCESS */
    uint64_t capabilities[4];                  /* bits of a registry; none in 1.0, so all 0 */
    assay_timing timing;
    double clock_hz, power_limit_w;
    uint8_t uuid[16]; /* unique to the physical device; all 0: none */
    char vendor[64], name[128];
    char architecture[64];
    char driver[64], runtime[64], firmware[64]; /* name and version of each */
    char pci[16];                               /* "0000:3b:00.0" */
} assay_device_props;

/* What the entry returns: the same pointer each time it is called, valid until the process ends.
 * Calling the entry must be fast and free of side effects; devices are touched in startup. */
typedef struct assay_plugin {
    assay_head h;
    uint32_t major, minor;     /* of this header, as the plug-in was compiled */
    const char *id;            /* the manifest's */
    const char *name, *vendor; /* for people */
    const char *version;       /* of the plug-in */
    const char *built_against; /* library and version it was compiled for; "": none */
    void *impl;                /* nullable; first argument of the slots below */
    /* [control] Options, skip unknown ones:
     *   "role"      STRING  "compute", or "telemetry": must not acquire a device
     *   "clock"     STRING  "monotonic_raw" or "monotonic": the host clock of this run
     *   "network"   STRING  "none" or "host": what the process can reach
     *   "threads"   INT     how many threads may compute
     *   "cpus"      INTS    the logical processors they may use; affinity is already set
     *   "cache_dir" STRING  where compiled code may be kept; absent, as so far always: nowhere
     * A library that cannot keep to "threads" fails here. May be called again after shutdown. */
    assay_status (*startup)(void *impl, const assay_kv *options, uint32_t count, assay_error *e);
    /* [control] Ends the plug-in's threads and frees what it holds. No call is inside; handles left
     * over are gone with it. */
    void (*shutdown)(void *impl);
    /* [control] How many devices there are; 0 is not an error. */
    assay_status (*device_count)(void *impl, uint32_t *count, assay_error *e);
    /* [control] Must not acquire the device. ASSAY_E_NOT_FOUND for an index there is not. */
    assay_status (*device_props)(void *impl, uint32_t index, assay_device_props *out,
                                 assay_error *e);
    /* [control] Acquires a device; several may be open at a time. No options in 1.0. Lives until
     * device_close. ASSAY_E_BUSY: open already, or taken by another process. */
    assay_status (*device_open)(void *impl, uint32_t index, const assay_kv *options,
                                uint32_t count, assay_device *out, assay_error *e);
    /* [control] Its queues, buffers, events and operations are destroyed before. */
    void (*device_close)(assay_device d);
    /* [any] A table by its id, such as "assay.op/1", valid until the process ends; null: absent.
     * May be asked before startup. */
    const void *(*extension)(void *impl, const char *id);
} assay_plugin;

/* The entry. `host` lives until shutdown returns; null with *e filled when the plug-in cannot work
 * with it. */
typedef const assay_plugin *(*assay_entry_fn)(const assay_host *host, assay_error *e);
ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e);

/* ---- "assay.memory/1" ------------------------------------------------------------------------ */

typedef struct assay_memory_space {
    assay_head h;
    uint32_t id;                    /* what allocate takes */
    uint32_t type, flags, reserved; /* ASSAY_SPACE_*; reserved is 0 */
    uint64_t total, available;      /* available: now; 0: not known */
    uint64_t alignment;             /* what every allocation has at least */
    uint64_t allocation_max;        /* of a single allocation; 0: no limit but total */
    char name[32];
} assay_memory_space;

typedef struct assay_memory_v1 {
    assay_head h;
    /* [control] index: below memory_space_count, else ASSAY_E_NOT_FOUND. The first is the one that
     * operations like best. A null slot stands for one space of id 0 that is not MAPPABLE. */
    assay_status (*space)(assay_device d, uint32_t index, assay_memory_space *out, assay_error *e);
    /* [control] `space` is an id. `alignment` is a power of two, 0 for the space's own. `bytes` may
     * be 0. Contents are undefined. Lives until release. */
    assay_status (*allocate)(assay_device d, uint32_t space, uint64_t bytes, uint64_t alignment,
                             assay_buffer *out, assay_error *e);
    /* [control] With work in flight, or not a live buffer: ASSAY_E_INVALID, nothing is freed. */
    assay_status (*release)(assay_buffer b, assay_error *e);
    /* [control] A buffer over the host's memory, which stays the host's and lives until release. */
    assay_status (*wrap_host)(assay_device d, void *memory, uint64_t bytes, assay_buffer *out,
                              assay_error *e);
    /* [control] An address that the host may use until unmap or release; mapping twice gives the
     * same. ASSAY_E_UNSUPPORTED where the space is not MAPPABLE. */
    assay_status (*map)(assay_buffer b, void **host, assay_error *e);
    assay_status (*unmap)(assay_buffer b, assay_error *e); /* [control] */
    /* [control] Spaces that are not COHERENT: host writes become visible to the device. */
    assay_status (*flush)(assay_buffer b, uint64_t offset, uint64_t bytes, assay_error *e);
    /* [control] Spaces that are not COHERENT: device writes become visible to the host. */
    assay_status (*invalidate)(assay_buffer b, uint64_t offset, uint64_t bytes, assay_error *e);
    /* [any] The address in the device's own terms, for diagnosis. */
    assay_status (*native)(assay_buffer b, uint64_t *address, assay_error *e);
} assay_memory_v1;

/* ---- "assay.queue/1" ------------------------------------------------------------------------- */

/* Queues are in order. copy, write, read, fill, event_record, event_wait and every other table's
 * enqueue are enqueues: each may be asynchronous, never blocks for room (ASSAY_E_BUSY), and host
 * memory given to it lives until its completion. Enqueues that return ASSAY_OK are counted from 1
 * per queue. One that fails by its return value did nothing and is not counted; one that fails
 * later makes the queue's error: the first stays until destroy, every sync reports it, and what was
 * enqueued behind it may be skipped. */
typedef struct assay_queue_v1 {
    assay_head h;
    /* [control] flags: 0. The calling thread or another becomes its [submit] thread. */
    assay_status (*create)(assay_device d, uint32_t flags, assay_queue *out, assay_error *e);
    /* [control] After the last enqueue has completed or failed. */
    assay_status (*destroy)(assay_queue q, assay_error *e);
    /* [submit] Waits for all that was enqueued. The timeout is a courtesy: the host has its own. */
    assay_status (*sync)(assay_queue q, uint64_t timeout_ns, assay_error *e);
    /* [any] The number of the last enqueue that finished; 0: none yet. Errors are for sync. */
    assay_status (*query)(assay_queue q, uint64_t *completed, assay_error *e);
    /* [submit] Between buffers of this device. Ranges of one buffer must not overlap. 0 bytes is
     * allowed here and below. */
    assay_status (*copy)(assay_queue q, assay_buffer to, uint64_t to_offset, assay_buffer from,
                         uint64_t from_offset, uint64_t bytes, assay_error *e);
    /* [submit] From host memory. `from` is nullable where bytes is 0. */
    assay_status (*write)(assay_queue q, assay_buffer to, uint64_t offset, const void *from,
                          uint64_t bytes, assay_error *e);
    /* [submit] Into host memory. `to` is nullable where bytes is 0. */
    assay_status (*read)(assay_queue q, void *to, assay_buffer from, uint64_t offset,
                         uint64_t bytes, assay_error *e);
    /* [submit] Repeats the four bytes of `pattern`, lowest first; the last may be cut. */
    assay_status (*fill)(assay_queue q, assay_buffer to, uint64_t offset, uint64_t bytes,
                         uint32_t pattern, assay_error *e);
    /* [control] flags: ASSAY_EVENT_*. See event_count_max: events can be scarce. */
    assay_status (*event_create)(assay_device d, uint32_t flags, assay_event *out, assay_error *e);
    assay_status (*event_destroy)(assay_event v, assay_error *e); /* [control] not in flight */
    /* [submit] May be recorded again after its completion; before it: ASSAY_E_INVALID. */
    assay_status (*event_record)(assay_event v, assay_queue q, assay_error *e);
    /* [submit] What follows on q waits for v's last record. An event that was never recorded
     * counts as completed, here and in sync and query. */
    assay_status (*event_wait)(assay_queue q, assay_event v, assay_error *e);
    assay_status (*event_sync)(assay_event v, uint64_t timeout_ns, assay_error *e); /* [any] */
    assay_status (*event_query)(assay_event v, uint32_t *done, assay_error *e);     /* [any] 0, 1 */
    /* [any] Time from one completed event to another on the device's clock; negative if it came
     * first. Both made with ASSAY_EVENT_TIMING, recorded and completed; else ASSAY_E_INVALID. */
    assay_status (*event_elapsed)(assay_event from, assay_event to, double *ns, assay_error *e);
    /* [any] When it completed, on the device's clock; conditions as for event_elapsed. */
    assay_status (*event_time)(assay_event v, uint64_t *device_ns, assay_error *e);
    /* [any] One moment on the device's clock and on the clock of startup option "clock", and how
     * far the two readings may be apart. */
    assay_status (*clock_pair)(assay_device d, uint64_t *device_ns, uint64_t *host_ns,
                               double *error_ns, assay_error *e);
} assay_queue_v1;

/* ---- "assay.op/1" ---------------------------------------------------------------------------- */

/* A tensor's type and shape and, where contents matter, its place. */
typedef struct assay_tensor {
    assay_head h;
    uint32_t dtype;  /* a storage type */
    uint32_t rank;   /* 0 to 8; 0: a scalar */
    uint32_t layout; /* ASSAY_LAYOUT_* */
    uint32_t flags;  /* ASSAY_TENSOR_* */
    int64_t dims[8]; /* outermost first; 0 is allowed: no elements */
    /* All 0: dense and row-major. Sub-byte types are packed, the first element in the low bits. */
    int64_t strides[8];
    assay_buffer buffer; /* nullable where only the shape matters */
    uint64_t offset;     /* into buffer, in bytes */
} assay_tensor;

/* On a tensor's chain: element = stored x scale of its block x global. */
typedef struct assay_block_scale {
    assay_head h;
    const assay_tensor *scale;
    uint32_t block;   /* elements per scale along axis */
    uint32_t axis;    /* of the tensor */
    uint32_t swizzle; /* 0: scales are row-major in the shape of the blocks */
    uint32_t reserved;
    double global;
} assay_block_scale;

/* One operation. There is one descriptor for all: a new operation is a new name. */
typedef struct assay_op_desc {
    assay_head h;
    assay_str domain, name; /* "" is ONNX's own domain: names, attributes and semantics are ONNX's
                               at `opset`; ours are in "assay" */
    uint32_t opset;
    uint32_t flags;                        /* ASSAY_EXACT_DTYPE and the like */
    uint32_t math_dtype, accumulate_dtype; /* 0: as the inputs say; ASSAY_TF32 may stand here */
    /* A null entry is an absent optional input, or an output nobody wants. In query and prepare
     * only CONST inputs have buffers. The arrays are nullable where their count is 0. */
    const assay_tensor *const *inputs;
    const assay_tensor *const *outputs;
    uint32_t input_count, output_count;
    const assay_kv *attributes;
    uint32_t attribute_count, reserved; /* reserved is 0 */
    uint64_t workspace_max;             /* the most that enqueue will get */
} assay_op_desc;

/* What will really happen. 0 and "" mean that the library does not say, never a guess. */
typedef struct assay_op_info {
    assay_head h;
    uint32_t supported;                    /* 0 or 1 */
    uint32_t algorithm_count;              /* choices that prepare takes; at least 1 if supported */
    uint32_t math_dtype, accumulate_dtype; /* as really executed */
    uint64_t workspace_bytes, workspace_alignment;
    uint64_t packed_bytes;                 /* held for packed constants */
    uint32_t workspace_space, reserved;    /* id of a memory space; 0 */
    double setup_s;                        /* spent in prepare, packing included */
    char kernel[128];                      /* the library's own name of what runs */
    char executed_on[64];                  /* "cpu", "gpu", a unit of the chip */
} assay_op_info;

/* Scratch memory, exclusive to the call until it completes. */
typedef struct assay_workspace {
    assay_head h;
    assay_buffer buffer;
    uint64_t offset, bytes;
} assay_workspace;

typedef struct assay_op_v1 {
    assay_head h;
    /* [control] Cheap; no device work. Cannot: ASSAY_E_UNSUPPORTED (or ASSAY_E_FALLBACK) and the
     * reason in *e, with out->supported 0. */
    assay_status (*query)(assay_device d, const assay_op_desc *desc, assay_op_info *out,
                          assay_error *e);
    /* [control] Chooses, compiles, packs: everything that need not be done again at each call.
     * algorithm: below algorithm_count, 0 is the library's own choice. CONST inputs are readable
     * and stay as they are until destroy. `desc` lives until the call returns, the operation until
     * destroy. */
    assay_status (*prepare)(assay_device d, const assay_op_desc *desc, uint32_t algorithm,
                            assay_op *out, assay_op_info *info, assay_error *e);
    /* [submit] Tensors in the order, number, type and shape of the descriptor, now with buffers;
     * the arrays and structs live until the call returns, the buffers until completion. A null
     * entry for a CONST input means the one given to prepare. `w` is nullable where
     * workspace_bytes is 0. Reads every input and writes every element of every output, at every
     * call. An operation is on one queue at a time. */
    assay_status (*enqueue)(assay_op op, assay_queue q, const assay_tensor *const *inputs,
                            const assay_tensor *const *outputs, const assay_workspace *w,
                            assay_error *e);
    void (*destroy)(assay_op op); /* [control] none of its calls is in flight */
} assay_op_v1;

/* ---- "assay.compile/1": whole graphs --------------------------------------------------------- */

/* A named tensor with contents in host memory. */
typedef struct assay_constant {
    assay_head h;
    assay_str name;
    const assay_tensor *tensor; /* type and shape; no buffer */
    const void *data;           /* nullable where bytes is 0 */
    uint64_t bytes;
} assay_constant;

typedef struct assay_program {
    assay_head h;
    assay_str format; /* "onnx", "stablehlo-text", "openvino-ir", "cubin", "spirv", "opencl-c" */
    assay_span code;
    uint32_t flags, math_dtype, accumulate_dtype; /* as in assay_op_desc */
    uint32_t constant_count;
    const assay_constant *const *constants; /* weights outside the code; nullable if none. They
                                               live until the program is destroyed */
    const assay_kv *options;                /* nullable if none */
    uint32_t option_count, reserved;
} assay_program;

/* An input or output of a compiled program. */
typedef struct assay_io {
    assay_head h;
    const assay_tensor *tensor; /* the plug-in's, until destroy; dims of -1 are dynamic */
    int64_t dims_min[8], dims_max[8];
    uint32_t space, flags; /* memory space it must lie in; 0 */
    int32_t alias_of;      /* the input whose buffer this output may share; -1: none */
    uint32_t reserved;
    char name[128];
} assay_io;

typedef struct assay_compile_v1 {
    assay_head h;
    /* [control] Formats taken, with version where they have one: "onnx/21". */
    assay_status (*formats)(assay_device d, assay_str *out, uint32_t *count, assay_error *e);
    /* [control] A malformed program is ASSAY_E_INVALID. Lives until destroy. */
    assay_status (*compile)(assay_device d, const assay_program *p, assay_exec *out,
                            assay_error *e);
    /* [control] Writes the compiled form. *bytes as Counts. */
    assay_status (*save)(assay_exec x, void *to, uint64_t *bytes, assay_error *e);
    /* [control] `saved` by the same version on the same kind of device, else ASSAY_E_VERSION. */
    assay_status (*load)(assay_device d, assay_span saved, const assay_constant *const *constants,
                         uint32_t count, assay_exec *out, assay_error *e);
    /* [control] In the order that enqueue takes. */
    assay_status (*inputs)(assay_exec x, assay_io *const *out, uint32_t *count, assay_error *e);
    assay_status (*outputs)(assay_exec x, assay_io *const *out, uint32_t *count, assay_error *e);
    /* [control] Details live until destroy: placement and precision per node, memory, fingerprint.
     * `details` is nullable as in Counts. */
    assay_status (*info)(assay_exec x, assay_op_info *out, assay_kv *details, uint32_t *count,
                         assay_error *e);
    /* [submit] As assay.op/1's; dynamic dims are those of the tensors given. */
    assay_status (*enqueue)(assay_exec x, assay_queue q, const assay_tensor *const *inputs,
                            const assay_tensor *const *outputs, const assay_workspace *w,
                            assay_error *e);
    void (*destroy)(assay_exec x); /* [control] none of its calls is in flight */
} assay_compile_v1;

/* ---- "assay.telemetry/1" --------------------------------------------------------------------- */

typedef struct assay_channel {
    assay_head h;
    uint32_t id;               /* what sample takes; unique within the device */
    uint32_t type;             /* ASSAY_CHANNEL_* */
    uint32_t domain, reserved; /* ASSAY_DOMAIN_*; 0 */
    double period_s;           /* how often the sensor is refreshed; 0: not known */
    double window_s;           /* over how long a gauge averages; 0: not known or at once */
    double accuracy;           /* relative, as specified by the vendor; 0: not known */
    double wrap;               /* a counter's modulus in its unit; 0: does not wrap */
    char name[48];             /* "power", "temperature", "clock", "energy", ... */
    char unit[16];             /* UCUM: "W", "Cel", "Hz", "J", "1" */
    char source[48];           /* library and call or sensor it is read from */
} assay_channel;

/* Both slots are callable while another thread is inside any other call, also in role "telemetry"
 * without an open device. Device numbers are those of device_props. */
typedef struct assay_telemetry_v1 {
    assay_head h;
    /* [any] */
    assay_status (*channels)(void *impl, uint32_t device, assay_channel *const *out,
                             uint32_t *count, assay_error *e);
    /* [any] One sample for each id, in their order; one that cannot be read is marked missing and
     * is no error. */
    assay_status (*sample)(void *impl, uint32_t device, const uint32_t *ids, uint32_t count,
                           assay_sample *out, assay_error *e);
} assay_telemetry_v1;

/* ---- "assay.peer/1", "assay.collective/1" ---------------------------------------------------- */

/* As declared by the vendor; 0: not known. */
typedef struct assay_link {
    assay_head h;
    uint32_t from, to;  /* device indices */
    uint32_t type;      /* ASSAY_LINK_* */
    uint32_t hops;
    double bandwidth;   /* bytes per second, one way */
    double latency_s;
    char name[32];
} assay_link;

typedef struct assay_peer_v1 {
    assay_head h;
    /* [control] ASSAY_E_NOT_FOUND: no link. */
    assay_status (*link)(void *impl, uint32_t from, uint32_t to, assay_link *out, assay_error *e);
    /* [control] Lets `from` reach the memory of `to`; may be asked twice. */
    assay_status (*enable)(assay_device from, assay_device to, assay_error *e);
    /* [submit] An enqueue as assay.queue/1's copy, between buffers of two devices. */
    assay_status (*copy)(assay_queue q, assay_buffer to, uint64_t to_offset, assay_buffer from,
                         uint64_t from_offset, uint64_t bytes, assay_error *e);
} assay_peer_v1;

/* A worker may open a set of devices; the host brokers the id and the start barrier. */
typedef struct assay_collective_v1 {
    assay_head h;
    /* [control] Made by one rank, brought to all by the host. */
    assay_status (*unique_id)(void *impl, uint8_t id[256], assay_error *e);
    /* [control] Returns when all `size` ranks have called. Lives until destroy. */
    assay_status (*create)(assay_device d, const uint8_t id[256], uint32_t rank, uint32_t size,
                           assay_comm *out, assay_error *e);
    /* [submit] Enqueues between the two are issued as one. */
    assay_status (*group_begin)(assay_comm c, assay_error *e);
    assay_status (*group_end)(assay_comm c, assay_error *e);
    /* [submit] An enqueue. name: "all_reduce", "all_gather", "reduce_scatter", "all_to_all",
     * "broadcast", "reduce", "send", "recv". input and output are nullable where the name has none;
     * root_or_peer is 0 where it has none; reduction: ASSAY_REDUCE_*. */
    assay_status (*enqueue)(assay_comm c, assay_queue q, assay_str name, const assay_tensor *input,
                            const assay_tensor *output, uint32_t root_or_peer, uint32_t reduction,
                            assay_error *e);
    assay_status (*destroy)(assay_comm c, assay_error *e); /* [control] nothing is in flight */
} assay_collective_v1;

/* ---- "assay.capture/1": record a queue once, replay it many times ---------------------------- */

typedef struct assay_capture_v1 {
    assay_head h;
    /* [submit] Enqueues that follow are recorded and not executed. */
    assay_status (*begin)(assay_queue q, assay_error *e);
    /* [submit] Replay with assay.compile/1's enqueue and no tensors, destroy with its destroy. */
    assay_status (*end)(assay_queue q, assay_exec *out, assay_error *e);
} assay_capture_v1;

/* ---- helpers --------------------------------------------------------------------------------- */

/* Whether a table, which is nullable, has a slot that may be called. */
#define ASSAY_HAS(table, type, slot)                                                               \
    ((table) && (table)->h.size >= offsetof(type, slot) + sizeof((table)->slot) && (table)->slot)

/* The same for languages without macros: `offset` is the slot's. */
static inline int assay_has(const void *table, uint64_t offset) {
    const unsigned char *bytes = (const unsigned char *)table;
    int set = 0;
    if (!table || ((const assay_head *)table)->size < offset + sizeof(void *)) return 0;
    for (uint64_t i = 0; i < sizeof(void *); i++) set |= bytes[offset + i];
    return set != 0;
}

/* Copies a filled struct of `size` bytes into a caller's smaller, equal or larger one, whose head
 * stays as it is; a tail that we do not know is zeroed. */
static inline void assay_put(void *out, const void *filled, uint32_t size) {
    const unsigned char *source = (const unsigned char *)filled;
    unsigned char *target = (unsigned char *)out;
    uint32_t capacity = ((const assay_head *)out)->size;
    for (uint32_t i = (uint32_t)sizeof(assay_head); i < capacity; i++)
        target[i] = i < size ? source[i] : 0;
}

/* Reads a smaller, equal or larger struct into ours of `size` bytes; a missing tail is zero. */
static inline void assay_get(void *to, const void *from, uint32_t size) {
    const unsigned char *source = (const unsigned char *)from;
    unsigned char *target = (unsigned char *)to;
    uint32_t given = ((const assay_head *)from)->size;
    for (uint32_t i = 0; i < size; i++) target[i] = i < given ? source[i] : 0;
    ((assay_head *)to)->size = size;
}

#ifdef __cplusplus
}
#endif
#endif
