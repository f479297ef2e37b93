/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding a CBLAS library at run time, and what it says of itself. */
#define _GNU_SOURCE
#include "blas.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const candidates[] = {
    "libopenblas.so.0", "libopenblas.so", "libblis.so.4",   "libblis.so.3",
    "libmkl_rt.so.3",   "libmkl_rt.so.2", "libmkl_rt.so.1",
};

static assay_status fail(assay_error *e, assay_status status, const char *where,
                         const char *message, const char *detail) {
    char text[1024];
    snprintf(text, sizeof text, "%s%s%s", message, *detail ? ": " : "", detail);
    return assay_simple_fail(e, status, 0, "blas", where, text);
}

/* A function of the loaded library as the type of `slot`; object and function pointers have the
 * same form wherever there is dlsym. Returns whether it is there. */
#define SYMBOL(library, name, slot) symbol((library)->handle, name, &(slot), sizeof(slot))
static int symbol(void *handle, const char *name, void *slot, size_t size) {
    void *found = dlsym(handle, name);
    memcpy(slot, &found, size);
    return found != NULL;
}

/* ---- what must not be in one process --------------------------------------------------------- */

/* Two OpenMP runtimes each start their own threads on the same cores, and two BLAS libraries choose
 * each other's: the times would be of neither. Two copies of one count too. Fills `pair` with the
 * names of the first two files; empty when there are none. */
static void conflict(const char *const *names, size_t count, char *pair, size_t capacity) {
    char line[4352], seen[256] = "";
    FILE *maps = fopen("/proc/self/maps", "re");
    pair[0] = 0;
    while (maps && !pair[0] && fgets(line, sizeof line, maps)) {
        const char *path = strchr(line, '/'), *file = strrchr(line, '/');
        line[strcspn(line, "\n")] = 0;
        for (size_t i = 0; file && i < count; i++) {
            if (strncmp(file + 1, names[i], strlen(names[i]))) continue;
            if (*seen && strncmp(seen, path, sizeof seen - 1))
                snprintf(pair, capacity, "%s and %s", strrchr(seen, '/') + 1, file + 1);
            assay_simple_copy(seen, sizeof seen, path);
        }
    }
    if (maps) fclose(maps);
}

static assay_status refuse_conflicts(assay_error *e) {
    static const char *const openmp[] = {"libgomp", "libomp.", "libiomp"};
    static const char *const blas[] = {"libopenblas", "libblis", "libmkl_rt"};
    char pair[256];
    conflict(openmp, sizeof openmp / sizeof *openmp, pair, sizeof pair);
    if (pair[0])
        return fail(e, ASSAY_E_INVALID, "startup", "two OpenMP runtimes in one process", pair);
    conflict(blas, sizeof blas / sizeof *blas, pair, sizeof pair);
    if (pair[0])
        return fail(e, ASSAY_E_INVALID, "startup", "two BLAS libraries in one process", pair);
    return ASSAY_OK;
}

static int is_mapped(const char *start) { /* "/libgomp" */
    char line[4352];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && !found && fgets(line, sizeof line, maps)) found = strstr(line, start) != NULL;
    if (maps) fclose(maps);
    return found;
}

static int has_openmp(void) {
    return is_mapped("/libgomp") || is_mapped("/libomp.") || is_mapped("/libiomp");
}

/* ---- the libraries --------------------------------------------------------------------------- */

/* Each sets the threads where `threads` is not 0, reads them back, and describes the library in
 * `runtime` up to the number of threads. */

static assay_status openblas(blas_library *l, int threads, assay_error *e) {
    static const char *const models[] = {"sequential", "pthreads", "OpenMP"};
    char *(*config)(void), *(*core)(void);
    int (*get)(void), (*parallel)(void), model = -1;
    void (*set)(int);
    char name[24] = "", version[16] = "";
    SYMBOL(l, "openblas_get_config", config);
    if (strstr(config(), "USE64BITINT"))
        return fail(e, ASSAY_E_UNSUPPORTED, "startup", "built for 64-bit integers", l->file);
    sscanf(config(), "%23s %15s", name, version); /* "OpenBLAS 0.3.21 DYNAMIC_ARCH ..." */
    if (SYMBOL(l, "openblas_get_corename", core))
        assay_simple_copy(l->core, sizeof l->core, core());
    if (SYMBOL(l, "openblas_get_parallel", parallel)) model = parallel();
    if (threads && SYMBOL(l, "openblas_set_num_threads", set)) set(threads);
    if (SYMBOL(l, "openblas_get_num_threads", get)) l->threads = get();
    snprintf(l->runtime, sizeof l->runtime, "%s %s, %.12s, %s", name, version, l->core,
             model >= 0 && model <= 2 ? models[model] : "threading unknown");
    return ASSAY_OK;
}

static assay_status blis(blas_library *l, int threads, assay_error *e) {
    const char *(*version)(void), *(*core)(int32_t), *model = "sequential";
    int64_t (*integer)(void), (*enabled)(void), (*get)(void);
    int32_t (*architecture)(void);
    void (*set)(int64_t);
    SYMBOL(l, "bli_info_get_version_str", version);
    if (SYMBOL(l, "bli_info_get_blas_int_type_size", integer) && integer() != 32)
        return fail(e, ASSAY_E_UNSUPPORTED, "startup", "built for 64-bit integers", l->file);
    if (SYMBOL(l, "bli_arch_query_id", architecture) && SYMBOL(l, "bli_arch_string", core))
        assay_simple_copy(l->core, sizeof l->core, core(architecture()));
    if (SYMBOL(l, "bli_info_get_enable_pthreads", enabled) && enabled()) model = "pthreads";
    if (SYMBOL(l, "bli_info_get_enable_openmp", enabled) && enabled()) model = "OpenMP";
    if (threads && SYMBOL(l, "bli_thread_set_num_threads", set)) set(threads);
    /* -1 where neither it nor the environment was set, which means one. */
    if (SYMBOL(l, "bli_thread_get_num_threads", get)) l->threads = get() < 1 ? 1 : (int)get();
    snprintf(l->runtime, sizeof l->runtime, "BLIS %.16s, %.16s, %s", version(), l->core, model);
    return ASSAY_OK;
}

static assay_status mkl(blas_library *l, int threads, assay_error *e) {
    void (*version)(char *, int), (*set)(int), (*dynamic)(int);
    int (*get)(void), (*layer)(int);
    char text[256] = "", *start;
    const char *model = "threading unknown";
    if (SYMBOL(l, "MKL_Set_Interface_Layer", layer) && layer(0) != 0)
        return fail(e, ASSAY_E_UNSUPPORTED, "startup", "set to 64-bit integers", l->file);
    SYMBOL(l, "MKL_Get_Version_String", version);
    version(text, (int)sizeof text - 1);
    start = strstr(text, "Version ");
    start = start ? start + strlen("Version ") : text;
    start[strcspn(start, " -")] = 0;
    if (SYMBOL(l, "MKL_Set_Dynamic", dynamic)) dynamic(0);
    if (threads && SYMBOL(l, "MKL_Set_Num_Threads", set)) set(threads);
    if (SYMBOL(l, "MKL_Get_Max_Threads", get)) l->threads = get();
    /* It chooses one when first used, by what is in the process already. */
    if (is_mapped("/libmkl_sequential")) model = "sequential";
    if (is_mapped("/libmkl_gnu_thread") || is_mapped("/libmkl_intel_thread")) model = "OpenMP";
    if (is_mapped("/libmkl_tbb_thread")) model = "TBB";
    snprintf(l->runtime, sizeof l->runtime, "MKL %.24s, %s", start, model);
    return ASSAY_OK;
}

static assay_status identify(blas_library *l, int threads, assay_error *e) {
    char count[32];
    assay_status status = ASSAY_OK;
    if (dlsym(l->handle, "openblas_get_config"))
        status = openblas(l, threads, e);
    else if (dlsym(l->handle, "bli_info_get_version_str"))
        status = blis(l, threads, e);
    else if (dlsym(l->handle, "MKL_Get_Version_String"))
        status = mkl(l, threads, e);
    else
        snprintf(l->runtime, sizeof l->runtime, "unknown CBLAS");
    if (status != ASSAY_OK) return status;
    if (threads && l->threads != threads) {
        snprintf(count, sizeof count, "%d wanted, %d had", threads, l->threads);
        return fail(e, ASSAY_E_UNSUPPORTED, "startup",
                    "the library does not keep to the number of threads", count);
    }
    if (l->threads)
        snprintf(count, sizeof count, ", %d thread%s", l->threads, l->threads == 1 ? "" : "s");
    else
        snprintf(count, sizeof count, ", threads unknown");
    strncat(l->runtime, count, sizeof l->runtime - strlen(l->runtime) - 1);
    return ASSAY_OK;
}

/* ---- loading --------------------------------------------------------------------------------- */

/* Several libraries read these when they are loaded, and start that many threads at once. */
static void set_environment(int threads) {
    static const char *const names[] = {"OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS",
                                        "MKL_NUM_THREADS", "OMP_NUM_THREADS"};
    char count[16];
    snprintf(count, sizeof count, "%d", threads);
    for (size_t i = 0; threads && i < sizeof names / sizeof *names; i++) setenv(names[i], count, 1);
    setenv("MKL_DYNAMIC", "FALSE", 1);
}

static assay_status open_library(blas_library *l, assay_error *e) {
    const char *forced = getenv("ASSAY_BLAS_LIBRARY"), *name = forced, *base;
    if (forced && *forced)
        l->handle = dlopen(forced, RTLD_NOW | RTLD_LOCAL);
    else
        for (size_t i = 0; !l->handle && i < sizeof candidates / sizeof *candidates; i++)
            l->handle = dlopen(name = candidates[i], RTLD_NOW | RTLD_LOCAL);
    if (!l->handle && forced && *forced)
        return fail(e, ASSAY_E_NOT_FOUND, "startup", "ASSAY_BLAS_LIBRARY cannot be loaded",
                    dlerror());
    if (!l->handle)
        return fail(e, ASSAY_E_NOT_FOUND, "startup",
                    "no BLAS library: install OpenBLAS, BLIS or MKL, or set ASSAY_BLAS_LIBRARY",
                    "");
    base = strrchr(name, '/');
    assay_simple_copy(l->file, sizeof l->file, base ? base + 1 : name);
    return ASSAY_OK;
}

assay_status blas_library_load(blas_library *library, int threads, assay_error *e) {
    assay_status status;
    memset(library, 0, sizeof *library);
    set_environment(threads);
    status = open_library(library, e);
    if (status != ASSAY_OK) return status;
    /* Threads of an OpenMP runtime sleep in its code: it must not be unmapped under them. */
    library->may_unload = !has_openmp() && !dlsym(library->handle, "MKL_Get_Version_String");
    if (!SYMBOL(library, "cblas_sgemm", library->sgemm) ||
        !SYMBOL(library, "cblas_dgemm", library->dgemm) ||
        !SYMBOL(library, "cblas_sgemv", library->sgemv) ||
        !SYMBOL(library, "cblas_dgemv", library->dgemv) ||
        !SYMBOL(library, "cblas_sdot", library->sdot) ||
        !SYMBOL(library, "cblas_ddot", library->ddot))
        status = fail(e, ASSAY_E_NOT_FOUND, "startup",
                      "cblas_sgemm, dgemm, sgemv, dgemv, sdot and ddot are not all in",
                      library->file);
    if (status == ASSAY_OK) status = identify(library, threads, e);
    if (status == ASSAY_OK) status = refuse_conflicts(e); /* some load more on first use */
    if (status != ASSAY_OK) blas_library_unload(library);
    return status;
}

void blas_library_unload(blas_library *library) {
    if (library->handle && library->may_unload) dlclose(library->handle);
    library->handle = NULL;
}
