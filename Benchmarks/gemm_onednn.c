/* A product by oneDNN, for gemm_driver.c: bytes (u8 by i8 to i32) or bf16. Without its header there
 * is none. */
#include "gemm_onednn.h"
#if __has_include(<dnnl.h>)
#include <dnnl.h>

static dnnl_engine_t engine;
static dnnl_stream_t stream;
static dnnl_primitive_t product;
static dnnl_memory_t memories[4]; /* A, B, Y, and B as oneDNN wants it */
static dnnl_exec_arg_t arguments[3];

void onednn_forget(void) {
    if (product) dnnl_primitive_destroy(product);
    product = NULL;
    for (int i = 0; i < 4; i++) {
        if (memories[i]) dnnl_memory_destroy(memories[i]);
        memories[i] = NULL;
    }
}

/* Copies B into the layout that the primitive asks for. */
static int pack(const_dnnl_primitive_desc_t wanted) {
    const dnnl_memory_desc_t *layout =
        dnnl_primitive_desc_query_md(wanted, dnnl_query_weights_md, 0);
    dnnl_primitive_desc_t description;
    dnnl_primitive_t copy;
    const dnnl_memory_desc_t *plain;
    if (dnnl_memory_create(&memories[3], layout, engine, DNNL_MEMORY_ALLOCATE) ||
        dnnl_memory_get_memory_desc(memories[1], &plain) ||
        dnnl_reorder_primitive_desc_create(&description, plain, engine, layout, engine, NULL))
        return 0;
    int failed = dnnl_primitive_create(&copy, description);
    dnnl_primitive_desc_destroy(description);
    if (failed) return 0;
    dnnl_exec_arg_t both[2] = {{DNNL_ARG_FROM, memories[1]}, {DNNL_ARG_TO, memories[3]}};
    failed = dnnl_primitive_execute(copy, stream, 2, both) || dnnl_stream_wait(stream);
    dnnl_primitive_destroy(copy);
    return !failed;
}

int onednn_prepare(int bytes, int packs, int m, int n, int k, void *a, void *b, void *y) {
    onednn_forget();
    if (!engine && (dnnl_engine_create(&engine, dnnl_cpu, 0) ||
                    dnnl_stream_create(&stream, engine, dnnl_stream_default_flags)))
        return 0;
    dnnl_dims_t dims[3] = {{m, k}, {k, n}, {m, n}};
    dnnl_data_type_t types[3] = {bytes ? dnnl_u8 : dnnl_bf16, bytes ? dnnl_s8 : dnnl_bf16,
                                 bytes ? dnnl_s32 : dnnl_bf16};
    dnnl_memory_desc_t layouts[3], any;
    void *hosts[3] = {a, b, y};
    for (int i = 0; i < 3; i++)
        if (dnnl_memory_desc_init_by_tag(&layouts[i], 2, dims[i], types[i], dnnl_ab) ||
            dnnl_memory_create(&memories[i], &layouts[i], engine, hosts[i]))
            return 0;
    if (dnnl_memory_desc_init_by_tag(&any, 2, dims[1], types[1], dnnl_format_tag_any)) return 0;
    dnnl_matmul_desc_t wanted;
    dnnl_primitive_desc_t description;
    if (dnnl_matmul_desc_init(&wanted, &layouts[0], packs ? &any : &layouts[1], NULL,
                              &layouts[2]) ||
        dnnl_primitive_desc_create(&description, &wanted, NULL, engine, NULL))
        return 0;
    int good = dnnl_primitive_create(&product, description) == 0 && (!packs || pack(description));
    dnnl_primitive_desc_destroy(description);
    arguments[0] = (dnnl_exec_arg_t){DNNL_ARG_SRC, memories[0]};
    arguments[1] = (dnnl_exec_arg_t){DNNL_ARG_WEIGHTS, memories[packs ? 3 : 1]};
    arguments[2] = (dnnl_exec_arg_t){DNNL_ARG_DST, memories[2]};
    return good;
}

void onednn_run(void) {
    dnnl_primitive_execute(product, stream, 3, arguments);
    dnnl_stream_wait(stream);
}
#else
void onednn_forget(void) {}
int onednn_prepare(int bytes, int packs, int m, int n, int k, void *a, void *b, void *y) {
    (void)bytes, (void)packs, (void)m, (void)n, (void)k, (void)a, (void)b, (void)y;
    return 0;
}
void onednn_run(void) {}
#endif
