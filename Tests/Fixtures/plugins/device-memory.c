/* SPDX-License-Identifier: Apache-2.0
 *
 * Two devices with memory of their own, which the host cannot map, and pinned memory beside it. All
 * of it is the host's, and copies take at least as long as a link of 1 GB/s does. */
#include "fixture.h"
#ifndef FIXTURE_ARRIVES
#define FIXTURE_ARRIVES(bytes) (bytes)
#endif

enum { OWN = 7, PINNED = 9 }; /* ids of memory spaces */
static assay_memory_v1 host_memory;
static assay_queue_v1 host_queue;
static assay_plugin plain;
static assay_device opened;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* A byte takes a nanosecond. */
static assay_status paced(assay_status status, uint64_t start, uint64_t bytes) {
    while (status == ASSAY_OK && now() < start + bytes) {}
    return status;
}

static assay_status space(assay_device d, uint32_t index, assay_memory_space *out,
                          assay_error *e) {
    assay_memory_space space;
    memset(&space, 0, sizeof space);
    space.h.size = sizeof space;
    assay_status status = host_memory.space(d, 0, &space, e);
    if (status != ASSAY_OK) return status;
    if (index > 1)
        return assay_simple_fail(e, ASSAY_E_NOT_FOUND, 0, "fixture", "space", "two spaces");
    space.id = index ? PINNED : OWN;
    space.type = index ? ASSAY_SPACE_PINNED : ASSAY_SPACE_DEVICE;
    space.flags = index ? ASSAY_SPACE_MAPPABLE | ASSAY_SPACE_COHERENT : 0;
    assay_simple_copy(space.name, sizeof space.name, index ? "pinned" : "own");
    assay_put(out, &space, sizeof space);
    return ASSAY_OK;
}

static assay_status allocate(assay_device d, uint32_t id, uint64_t bytes, uint64_t alignment,
                             assay_buffer *out, assay_error *e) {
    if (id != OWN && id != PINNED)
        return assay_simple_fail(e, ASSAY_E_INVALID, 0, "fixture", "allocate", "no such space");
    return host_memory.allocate(d, 0, bytes, alignment, out, e);
}

static assay_status write_(assay_queue q, assay_buffer to, uint64_t offset, const void *from,
                           uint64_t bytes, assay_error *e) {
    uint64_t start = now();
    return paced(host_queue.write(q, to, offset, from, FIXTURE_ARRIVES(bytes), e), start, bytes);
}

static assay_status read_(assay_queue q, void *to, assay_buffer from, uint64_t offset,
                          uint64_t bytes, assay_error *e) {
    uint64_t start = now();
    return paced(host_queue.read(q, to, from, offset, bytes, e), start, bytes);
}

static assay_status copy(assay_queue q, assay_buffer to, uint64_t to_offset, assay_buffer from,
                         uint64_t from_offset, uint64_t bytes, assay_error *e) {
    uint64_t start = now();
    return paced(host_queue.copy(q, to, to_offset, from, from_offset, FIXTURE_ARRIVES(bytes), e),
                 start, bytes);
}

static assay_status device_count(void *impl, uint32_t *count, assay_error *e) {
    assay_status status = plain.device_count(impl, count, e);
    if (status == ASSAY_OK) *count = 2;
    return status;
}

static assay_status device_props(void *impl, uint32_t index, assay_device_props *out,
                                 assay_error *e) {
    assay_status status = plain.device_props(impl, index < 2 ? 0 : index, out, e);
    if (status != ASSAY_OK) return status;
    out->index = index;
    out->type = ASSAY_DEVICE_ACCELERATOR;
    return ASSAY_OK;
}

/* Both are the same to the adapter, which has one. */
static assay_status device_open(void *impl, uint32_t index, const assay_kv *options,
                                uint32_t count, assay_device *out, assay_error *e) {
    if (!opened) {
        assay_status status = plain.device_open(impl, 0, options, count, &opened, e);
        if (status != ASSAY_OK) return status;
    }
    (void)index;
    *out = opened;
    return ASSAY_OK;
}

static void device_close(assay_device d) {
    if (opened) plain.device_close(d);
    opened = NULL;
}

static assay_status enable(assay_device from, assay_device to, assay_error *e) {
    (void)from, (void)to, (void)e;
    return ASSAY_OK;
}

static const assay_peer_v1 peer = {
    .h = {sizeof peer, ASSAY_KIND_TABLE, NULL}, .enable = enable, .copy = copy};

static const void *extension(void *impl, const char *id) {
    return strcmp(id, "assay.peer/1") ? plain.extension(impl, id) : &peer;
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    static assay_plugin made;
    assay_simple_backend backend = fixture_backend();
    const assay_plugin *simple = assay_simple_make(&backend, host, e);
    if (!simple || made.impl) return simple ? &made : NULL;
    plain = made = *simple;
    assay_memory_v1 *memory =
        (assay_memory_v1 *)(uintptr_t)plain.extension(plain.impl, "assay.memory/1");
    host_memory = *memory;
    memory->space = space;
    memory->allocate = allocate;
    assay_queue_v1 *queue = fixture_queue(&plain);
    host_queue = *queue;
    queue->write = write_;
    queue->read = read_;
    queue->copy = copy;
    made.device_count = device_count;
    made.device_props = device_props;
    made.device_open = device_open;
    made.device_close = device_close;
    made.extension = extension;
    return &made;
}
