/* Products of short types, whose results small whole numbers make exact; see every_kernel.c. */

static uint16_t half_of(int value, int stored) {
    if (value == 0) return 0;
    uint16_t sign = value < 0 ? 0x8000 : 0;
    uint32_t magnitude = (uint32_t)abs(value);
    int exponent = 31 - __builtin_clz(magnitude), digits = stored == CPUSIMD_GEMM_F16 ? 10 : 7;
    int bias = stored == CPUSIMD_GEMM_F16 ? 15 : 127;
    uint32_t fraction = (magnitude << (digits + 1)) >> (exponent + 1) & ((1u << digits) - 1);
    return sign | (uint16_t)((uint32_t)(exponent + bias) << digits | fraction);
}

/* -1, 0 and 1. */
static int digit(uint64_t index) { return (int)(index * 2654435761u >> 7 & 0x7fff) % 3 - 1; }

static void *halves(uint64_t count, int stored) {
    uint16_t *memory = malloc(count * 2 + (count == 0));
    for (uint64_t i = 0; i < count; i++) memory[i] = half_of(digit(i), stored);
    return memory;
}

static void run_product(cpusimd_pool *pool, cpusimd_gemm *job, int packs, const void *a,
                        const void *b, void *y) {
    uint64_t packed = packs ? cpusimd_gemm_packed_bytes(job) : 0;
    void *room = packed ? aligned_alloc(64, (packed + 63) & ~(uint64_t)63) : NULL;
    if (packed) cpusimd_gemm_pack(pool, job, b, room);
    job->packed = room;
    uint64_t bytes = cpusimd_gemm_workspace(pool, job);
    void *workspace = aligned_alloc(64, (bytes + 127) & ~(uint64_t)63);
    cpusimd_gemm_run(pool, job, a, b, y, workspace);
    free(room), free(workspace);
}

/* Sums of digits stay below 257, which both types hold; longer ones are not stored. */
static void half_product(cpusimd_pool *pool, int isa, int stored, int mode, uint64_t m, uint64_t n,
                         uint64_t k) {
    const uint64_t start = 0;
    int left = mode & 1, right = mode >> 1 & 1, packs = mode >> 2 & 1;
    void *a = halves(m * k, stored), *b = halves(k * n, stored), *c = halves(n, stored);
    uint16_t *y = halves(m * n, stored);
    cpusimd_gemm job = {.type = {isa, 1}, .m = m, .n = n, .k = k, .batches = 1,
                        .a_starts = &start, .b_starts = &start, .a_row = left ? 1 : k,
                        .a_column = left ? m : 1, .b_row = right ? 1 : n,
                        .b_column = right ? k : 1, .alpha = 1, .beta = -1, .c = c, .c_column = 1,
                        .stored = stored, .basic = mode >> 3 & 1};
    run_product(pool, &job, packs, a, b, y);
    for (uint64_t i = 0; i < m; i++)
        for (uint64_t j = 0; j < n; j++) {
            int sum = -digit(j);
            for (uint64_t x = 0; x < k; x++)
                sum += digit(left ? x * m + i : i * k + x) * digit(right ? j * k + x : x * n + j);
            if (abs(sum) <= 256) expect(y[i * n + j] == half_of(sum, stored), "half product");
        }
    free(a), free(b), free(c), free(y);
}

/* Zero points for each row and column; sums, or codes that all take part in rounding. */
static void byte_product(cpusimd_pool *pool, int isa, int mode, uint64_t m, uint64_t n,
                         uint64_t k) {
    const uint64_t start = 0;
    int a_signed = mode & 1, b_signed = mode >> 1 & 1, packs = mode >> 2 & 1;
    int zeros = mode >> 4 & 1, quantizes = mode >> 5 & 1;
    uint8_t *a = malloc(m * k), *b = malloc(k * n), *a_zeros = malloc(m), *b_zeros = malloc(n);
    for (uint64_t i = 0; i < m * k; i++) a[i] = (uint8_t)(i * 2654435761u >> 9);
    for (uint64_t i = 0; i < k * n; i++) b[i] = (uint8_t)(i * 2246822519u >> 11);
    for (uint64_t i = 0; i < m; i++) a_zeros[i] = (uint8_t)(117 + 7 * i);
    for (uint64_t i = 0; i < n; i++) b_zeros[i] = (uint8_t)(3 + 11 * i);
    float *scales = malloc(n * sizeof(float)), one = 1;
    for (uint64_t i = 0; i < n; i++) scales[i] = 0.5f + (float)(i % 4) * 0.25f;
    void *y = malloc(m * n * (quantizes ? 1 : 4));
    cpusimd_gemm job = {.type = {isa, 1}, .m = m, .n = n, .k = k, .batches = 1,
                        .a_starts = &start, .b_starts = &start, .a_row = k, .a_column = 1,
                        .b_row = n, .b_column = 1, .alpha = 1, .stored = CPUSIMD_GEMM_BYTES,
                        .basic = mode >> 3 & 1};
    job.codes = (cpusimd_gemm_codes){.a_signed = a_signed, .b_signed = b_signed, .y_signed = 1,
                                     .y_scale = 4096, .y_zero = 5, .a_zero_step = 1,
                                     .b_zero_step = 1, .b_scale_step = 1};
    if (zeros) job.codes.a_zeros = a_zeros, job.codes.b_zeros = b_zeros;
    if (quantizes) job.codes.a_scales = &one, job.codes.b_scales = scales;
    run_product(pool, &job, packs, a, b, y);
#define CODE(from, index, is_signed) (is_signed ? (int8_t)from[index] : (int)from[index])
    for (uint64_t i = 0; i < m; i++)
        for (uint64_t j = 0; j < n; j++) {
            int64_t sum = 0;
            int a_zero = zeros ? CODE(a_zeros, i, a_signed) : 0;
            int b_zero = zeros ? CODE(b_zeros, j, b_signed) : 0;
            for (uint64_t x = 0; x < k; x++)
                sum += (CODE(a, i * k + x, a_signed) - a_zero) *
                       (CODE(b, x * n + j, b_signed) - b_zero);
            /* Powers of two and three fourths: exact but for the conversion of the sum. */
            double code = nearbyint((double)(float)sum * scales[j] / 4096) + 5;
            code = code < -128 ? -128 : code > 127 ? 127 : code;
            if (quantizes) expect(((int8_t *)y)[i * n + j] == (int)code, "codes");
            else expect(((int32_t *)y)[i * n + j] == sum, "byte product");
        }
#undef CODE
    free(a), free(b), free(a_zeros), free(b_zeros), free(scales), free(y);
}

/* Weights of four bits with powers of two as scales. */
static void nibble_product(cpusimd_pool *pool, int isa, int stored, uint64_t m, uint64_t n,
                           uint64_t blocks, uint64_t block) {
    const uint64_t start = 0, k = blocks * block;
    uint8_t *b = malloc(n * k / 2);
    uint16_t *scales = malloc(n * blocks * 2), *y = halves(m * n, stored);
    uint16_t *a = halves(m * k, stored);
    for (uint64_t i = 0; i < n * k / 2; i++) b[i] = (uint8_t)((6 + i % 5) | (10 - i % 4) << 4);
    for (uint64_t i = 0; i < n * blocks; i++) scales[i] = half_of(1 + (int)(i % 2), stored);
    cpusimd_gemm job = {.type = {isa, 1}, .m = m, .n = n, .k = k, .batches = 1,
                        .a_starts = &start, .b_starts = &start, .a_row = k, .a_column = 1,
                        .b_row = 1, .b_column = k, .alpha = 1, .stored = stored, .block = block,
                        .b_scales = scales};
    run_product(pool, &job, 1, a, b, y);
    for (uint64_t i = 0; i < m; i++)
        for (uint64_t j = 0; j < n; j++) {
            int sum = 0;
            for (uint64_t x = 0; x < k; x++) {
                int code = (b[(j * k + x) / 2] >> (x & 1) * 4 & 15) - 8;
                sum += digit(i * k + x) * code * (1 + (int)((j * blocks + x / block) % 2));
            }
            if (abs(sum) <= 256) expect(y[i * n + j] == half_of(sum, stored), "nibbles");
        }
    free(a), free(b), free(scales), free(y);
}

static void short_products(cpusimd_pool *pool, int isa) {
    for (int stored = CPUSIMD_GEMM_F16; stored <= CPUSIMD_GEMM_BF16; stored++) {
        for (uint64_t m = 1; m < 30; m += 3) {
            nibble_product(pool, isa, stored, m, 37, 3, 32);
            nibble_product(pool, isa, stored, m, 5, 7, 2);
            nibble_product(pool, isa, stored, m, 64, 5, 12);
        }
        nibble_product(pool, isa, stored, 19, 33, 40, 32);
    }
    for (int mode = 0; mode < 64; mode++) {
        for (size_t i = 0; i < SIZE_COUNT; i++) {
            uint64_t m = sizes[i], n = sizes[(i * 3 + (size_t)mode) % SIZE_COUNT];
            uint64_t k = sizes[(i * 5 + (size_t)mode / 3) % SIZE_COUNT];
            byte_product(pool, isa, mode, m, n, k);
            if (mode >= 16) continue;
            half_product(pool, isa, CPUSIMD_GEMM_F16, mode, m, n, k);
            half_product(pool, isa, CPUSIMD_GEMM_BF16, mode, m, n, k);
        }
        /* Several blocks of k. */
        byte_product(pool, isa, mode, 19, 37, 2114);
        if (mode < 16) half_product(pool, isa, CPUSIMD_GEMM_BF16, mode, 19, 37, 1027);
    }
}
