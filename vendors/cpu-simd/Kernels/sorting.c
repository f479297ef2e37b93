/* Elements in order along an axis: all of them, or the first few. */
#include "moves.h"

/* Keys of up to 32 bits stand above the place in one number, so that all are different and equal
 * elements keep their order; wider keys have the place beside them. */
typedef struct wide_item {
    uint64_t key, place;
} wide_item;

/* Below this, insertion is quicker than counting. */
#define FEW 32
#define KEY_BLOCK 256

/* Sorts by the lowest bytes of keys first; `room` is as large as `items`. */
#define SORT_ITEMS(name, Item, KEY, BEFORE)                                                        \
    static void insertion_##name(Item *items, size_t n) {                                          \
        for (size_t i = 1; i < n; i++) {                                                           \
            Item item = items[i];                                                                  \
            size_t j = i;                                                                          \
            for (; j > 0 && BEFORE(item, items[j - 1]); j--) items[j] = items[j - 1];              \
            items[j] = item;                                                                       \
        }                                                                                          \
    }                                                                                              \
    static void sort_##name(Item *items, Item *room, size_t n, int key_bytes) {                    \
        if (n <= FEW) {                                                                            \
            insertion_##name(items, n);                                                            \
            return;                                                                                \
        }                                                                                          \
        size_t counts[8][256];                                                                     \
        memset(counts, 0, (size_t)key_bytes * sizeof counts[0]);                                   \
        for (size_t i = 0; i < n; i++)                                                             \
            for (int byte = 0; byte < key_bytes; byte++)                                           \
                counts[byte][KEY(items[i]) >> (8 * byte) & 255]++;                                 \
        Item *from = items, *to = room;                                                            \
        for (int byte = 0; byte < key_bytes; byte++) {                                             \
            if (counts[byte][KEY(items[0]) >> (8 * byte) & 255] == n) continue;                    \
            size_t next = 0;                                                                       \
            for (int digit = 0; digit < 256; digit++) {                                            \
                size_t count = counts[byte][digit];                                                \
                counts[byte][digit] = next;                                                        \
                next += count;                                                                     \
            }                                                                                      \
            for (size_t i = 0; i < n; i++)                                                         \
                to[counts[byte][KEY(from[i]) >> (8 * byte) & 255]++] = from[i];                    \
            Item *swap = from;                                                                     \
            from = to;                                                                             \
            to = swap;                                                                             \
        }                                                                                          \
        if (from != items) memcpy(items, from, n * sizeof(Item));                                  \
    }                                                                                              \
    /* Puts the item at `hole` where it belongs in a heap whose root is the last in order. */      \
    static void sift_##name(Item *items, size_t hole, size_t n) {                                  \
        Item item = items[hole];                                                                   \
        for (size_t child; (child = 2 * hole + 1) < n; hole = child) {                             \
            if (child + 1 < n && BEFORE(items[child], items[child + 1])) child++;                  \
            if (!BEFORE(item, items[child])) break;                                                \
            items[hole] = items[child];                                                            \
        }                                                                                          \
        items[hole] = item;                                                                        \
    }                                                                                              \
    static void make_heap_##name(Item *items, size_t n) {                                          \
        for (size_t i = n / 2; i-- > 0;) sift_##name(items, i, n);                                 \
    }                                                                                              \
    static void order_heap_##name(Item *items, size_t n) {                                         \
        while (n > 1) {                                                                            \
            Item last = items[0];                                                                  \
            items[0] = items[--n];                                                                 \
            items[n] = last;                                                                       \
            sift_##name(items, 0, n);                                                              \
        }                                                                                          \
    }
#define NARROW_KEY(item) ((item) >> 32)
#define WIDE_KEY(item) ((item).key)
#define NARROW_BEFORE(a, b) ((a) < (b))
#define WIDE_BEFORE(a, b) ((a).key < (b).key || ((a).key == (b).key && (a).place < (b).place))
SORT_ITEMS(narrow, uint64_t, NARROW_KEY, NARROW_BEFORE)
SORT_ITEMS(wide, wide_item, WIDE_KEY, WIDE_BEFORE)

struct sort_job {
    const struct tensor_set *set;
    int type, key_bytes;
    uint64_t flip;
    cpusimd_axis shape;
    size_t bytes, keep, room; /* of a thread, in bytes */
    const char *in;
    char *out, *workspace;
    int64_t *indices;
};

/* A heap of the first few in order, its root the last of them. Elements come by rising place, so
 * that one with the root's key is behind it. Blocks without any key before the root's are passed
 * over. */
#define SELECT(name, Item, Key, kernels, MAKE)                                                     \
    static void select_##name(const struct sort_job *job, const char *line, Item *items) {         \
        const size_t n = job->shape.n, keep = job->keep;                                           \
        size_t held = 0;                                                                           \
        for (size_t start = 0; start < n; start += KEY_BLOCK) {                                    \
            Key keys[KEY_BLOCK];                                                                   \
            size_t count = n - start < KEY_BLOCK ? n - start : KEY_BLOCK, i = 0;                   \
            Key least = job->set->kernels[job->type](line + start * job->bytes, keys, count,       \
                                                     (Key)job->flip);                              \
            for (; i < count && held < keep; i++) {                                                \
                items[held++] = MAKE(keys[i], start + i);                                          \
                if (held == keep) make_heap_##name(items, held);                                   \
            }                                                                                      \
            if (i == count || least >= (Key)KEY_OF_##name(items[0])) continue;                     \
            for (; i < count; i++) {                                                               \
                if (keys[i] >= (Key)KEY_OF_##name(items[0])) continue;                             \
                items[0] = MAKE(keys[i], start + i);                                               \
                sift_##name(items, 0, held);                                                       \
            }                                                                                      \
        }                                                                                          \
    }
#define KEY_OF_narrow(item) NARROW_KEY(item)
#define KEY_OF_wide(item) WIDE_KEY(item)
#define MAKE_NARROW(key, place) ((uint64_t)(key) << 32 | (uint64_t)(place))
#define MAKE_WIDE(key, place) ((wide_item){key, place})
SELECT(narrow, uint64_t, uint32_t, narrow_keys, MAKE_NARROW)
SELECT(wide, wide_item, uint64_t, wide_keys, MAKE_WIDE)

/* All elements of a line as items. */
#define COLLECT(name, Item, Key, kernels, MAKE)                                                    \
    static void collect_##name(const struct sort_job *job, const char *line, Item *items) {        \
        const size_t n = job->shape.n;                                                             \
        for (size_t start = 0; start < n; start += KEY_BLOCK) {                                    \
            Key keys[KEY_BLOCK];                                                                   \
            size_t count = n - start < KEY_BLOCK ? n - start : KEY_BLOCK;                          \
            job->set->kernels[job->type](line + start * job->bytes, keys, count, (Key)job->flip);  \
            for (size_t i = 0; i < count; i++) items[start + i] = MAKE(keys[i], start + i);        \
        }                                                                                          \
    }
COLLECT(narrow, uint64_t, uint32_t, narrow_keys, MAKE_NARROW)
COLLECT(wide, wide_item, uint64_t, wide_keys, MAKE_WIDE)

/* Few enough of many: keeping a heap is quicker than sorting all. */
static int selects(size_t keep, size_t n) { return n > 2 * KEY_BLOCK && keep <= n / 16; }

/* The first `keep` items in order, in `room`. */
static void order_narrow(const struct sort_job *job, const char *line, void *room) {
    uint64_t *items = room;
    if (selects(job->keep, job->shape.n)) {
        select_narrow(job, line, items);
        order_heap_narrow(items, job->keep);
    } else {
        collect_narrow(job, line, items);
        sort_narrow(items, items + job->shape.n, job->shape.n, job->key_bytes);
    }
}

static void order_wide(const struct sort_job *job, const char *line, void *room) {
    wide_item *items = room;
    if (selects(job->keep, job->shape.n)) {
        select_wide(job, line, items);
        order_heap_wide(items, job->keep);
    } else {
        collect_wide(job, line, items);
        sort_wide(items, items + job->shape.n, job->shape.n, job->key_bytes);
    }
}

#define GATHER_LINE(type)                                                                          \
    {                                                                                              \
        const type *from = (const type *)(const void *)in;                                         \
        type *to = (type *)(void *)line;                                                           \
        for (size_t i = 0; i < n; i++) to[i] = from[i * inner];                                    \
    }
#define PUT_LINE(type)                                                                             \
    {                                                                                              \
        const type *from = (const type *)(const void *)line;                                       \
        type *to = (type *)(void *)out;                                                            \
        for (size_t i = 0; i < job->keep; i++) to[i * inner] = from[places[i * step]];             \
    }

/* Room of a thread: items, as many again to sort them into, and a line that is not contiguous. */
static size_t item_bytes(int type) {
    return cpusimd_type_bytes(type) == 8 ? sizeof(wide_item) : sizeof(uint64_t);
}
static size_t items_of(size_t keep, size_t n) { return selects(keep, n) ? keep : 2 * n; }

static void sort_line(const struct sort_job *job, size_t index, char *room) {
    const size_t n = job->shape.n, inner = job->shape.inner, keep = job->keep;
    const int is_wide = job->bytes == 8;
    const char *in =
        job->in + (index / inner * n * inner + index % inner) * job->bytes;
    char *out = job->out + (index / inner * keep * inner + index % inner) * job->bytes;
    char *line = room + items_of(keep, n) * item_bytes(job->type);
    if (inner > 1) {
        FOR_ELEMENT(job->bytes, GATHER_LINE)
    } else {
        line = (char *)(uintptr_t)in;
    }
    if (is_wide) order_wide(job, line, room);
    else order_narrow(job, line, room);
    /* The places: a whole number each, or the second of two. */
    uint64_t *places = (uint64_t *)(void *)room + is_wide;
    const size_t step = is_wide ? 2 : 1;
    if (!is_wide)
        for (size_t i = 0; i < keep; i++) places[i] &= UINT32_MAX;
    FOR_ELEMENT(job->bytes, PUT_LINE)
    if (!job->indices) return;
    int64_t *indices = job->indices + index / inner * keep * inner + index % inner;
    for (size_t i = 0; i < keep; i++) indices[i * inner] = (int64_t)places[i * step];
}

static void sort_task(void *argument, int thread, int threads) {
    const struct sort_job *job = argument;
    size_t low, high;
    tensor_share(job->shape.outer * job->shape.inner, 1, thread, threads, &low, &high);
    char *room = job->workspace + (size_t)thread * job->room;
    for (size_t line = low; line < high; line++) sort_line(job, line, room);
}

static size_t room_of(int type, cpusimd_axis shape, size_t keep) {
    size_t bytes = items_of(keep, shape.n) * item_bytes(type);
    if (shape.inner > 1) bytes += shape.n * cpusimd_type_bytes(type);
    return (bytes + 63) / 64 * 64;
}

uint64_t cpusimd_sort_workspace(const cpusimd_pool *pool, int type, cpusimd_axis shape,
                                uint64_t keep) {
    return (uint64_t)cpusimd_pool_threads(pool) * room_of(type, shape, keep);
}

void cpusimd_sort_run(cpusimd_pool *pool, int isa, int type, int descending, cpusimd_axis shape,
                      uint64_t keep, const void *in, void *out, int64_t *indices,
                      void *workspace) {
    int bytes = (int)cpusimd_type_bytes(type);
    struct sort_job job = {.set = cpusimd_tensor_set(isa), .type = type, .key_bytes = bytes,
                           .shape = shape, .bytes = (size_t)bytes, .keep = keep,
                           .room = room_of(type, shape, keep), .in = in, .out = out,
                           .workspace = workspace, .indices = indices};
    if (descending) job.flip = bytes == 8 ? UINT64_MAX : ((uint64_t)1 << (8 * bytes)) - 1;
    if (keep * shape.outer * shape.inner > 0) cpusimd_pool_run(pool, sort_task, &job);
}
