/* Kernels that move, index and order elements, compared with plain loops, in memory that ends where
 * the data ends. Included by every_kernel.c behind tensor_kernels.h. */
#include "cpu_simd_moves.h"

static const int sized_types[] = {CPUSIMD_U8, CPUSIMD_U16, CPUSIMD_F32, CPUSIMD_F64};

static void same(const void *a, const void *b, size_t bytes, const char *what) {
    expect(memcmp(a, b, bytes) == 0, what);
}

static void transposes(cpusimd_pool *pool) {
    const uint64_t rows[] = {1, 3, 17, 64, 130}, columns[] = {2, 16, 65, 128};
    for (int t = 0; t < 4; t++) {
        size_t bytes = cpusimd_type_bytes(sized_types[t]);
        for (int r = 0; r < 5; r++) {
            for (int c = 0; c < 4; c++) {
                uint64_t m = rows[r], n = columns[c], count = 2 * m * n;
                char *in = random_tensor(count, sized_types[t]), *out = malloc(count * bytes);
                char *right = malloc(count * bytes);
                cpusimd_move shape = {3, bytes, {2, n, m}, {(int64_t)(m * n), 1, (int64_t)n},
                                      {(int64_t)(m * n), (int64_t)m, 1}};
                cpusimd_move_simplify(&shape);
                cpusimd_move_run(pool, &shape, in, out);
                for (uint64_t k = 0; k < 2; k++)
                    for (uint64_t i = 0; i < m; i++)
                        for (uint64_t j = 0; j < n; j++)
                            memcpy(right + (k * m * n + j * m + i) * bytes,
                                   in + (k * m * n + i * n + j) * bytes, bytes);
                same(out, right, count * bytes, "transpose");
                free(in), free(out), free(right);
            }
        }
    }
}

static void places(cpusimd_pool *pool) {
    for (int t = 0; t < 4; t++) {
        size_t bytes = cpusimd_type_bytes(sized_types[t]);
        uint64_t n = 67, dims[] = {3, n + 4};
        char *in = random_tensor(2 * n, sized_types[t]), *out = malloc(3 * (n + 4) * bytes);
        char *right = malloc(3 * (n + 4) * bytes), *fill = random_tensor(1, sized_types[t]);
        int64_t entries[3 + 71] = {(int64_t)n, -1, 0};
        for (int64_t i = 0; i < 71; i++) entries[3 + i] = i < 3 || i == 70 ? -1 : i - 3;
        cpusimd_tables *tables = cpusimd_tables_create(2, dims, entries, bytes, 1);
        cpusimd_tables_run(pool, tables, in, out, fill);
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 71; j++) {
                int64_t row = entries[i], column = entries[3 + j];
                int64_t place = row < 0 || column < 0 ? -1 : row + column;
                memcpy(right + (size_t)(i * 71 + j) * bytes,
                       place < 0 ? fill : in + (size_t)place * bytes, bytes);
            }
        same(out, right, 3 * 71 * bytes, "padding");
        cpusimd_tables_destroy(tables);
        cpusimd_trilu_run(pool, bytes, 1, 2, n, 3, 1, in, out);
        memcpy(right, in, 2 * n * bytes);
        memset(right, 0, 3 * bytes), memset(right + n * bytes, 0, 4 * bytes);
        same(out, right, 2 * n * bytes, "upper triangle");
        cpusimd_piece pieces[] = {{0, 0, n * bytes, bytes}, {1, 0, 0, n * bytes}};
        cpusimd_pieces_run(pool, pieces, 2, fill, in, out);
        same(out, in, n * bytes, "piece");
        same(out + n * bytes, fill, bytes, "piece of another");
        free(in), free(out), free(right), free(fill);
    }
}

/* Indices inside and far outside. */
static void looked_up(cpusimd_pool *pool) {
    enum { ROWS = 7, COLUMNS = 5, COUNT = 11 };
    for (int t = 0; t < 4; t++) {
        size_t bytes = cpusimd_type_bytes(sized_types[t]);
        char *in = random_tensor(ROWS * COLUMNS, sized_types[t]);
        char *out = calloc(COUNT * COLUMNS, bytes);
        int64_t *wide = malloc(COUNT * sizeof *wide);
        int32_t *narrow = malloc(COUNT * sizeof *narrow);
        for (int i = 0; i < COUNT; i++)
            narrow[i] = i * 5 % ROWS - (i & 1) * ROWS, wide[i] = narrow[i];
        for (int w = 0; w < 2; w++) {
            cpusimd_indices indices = {w ? (void *)wide : narrow, w};
            expect(!cpusimd_gather_run(pool, indices, COUNT, 1, ROWS, COLUMNS * bytes, in, out),
                   "gather");
            for (int i = 0; i < COUNT; i++)
                same(out + (size_t)i * COLUMNS * bytes,
                     in + (size_t)(i * 5 % ROWS) * COLUMNS * bytes, COLUMNS * bytes, "row");
        }
        cpusimd_lookup lookup = {2, 0, {2, 5}, {COLUMNS, 1}, ROWS};
        cpusimd_tuples tuples = {1, COUNT, 1, COLUMNS, {ROWS}, {COLUMNS}, ROWS * COLUMNS};
        cpusimd_indices indices = {wide, 1};
        expect(!cpusimd_gather_elements_run(pool, indices, &lookup, bytes, in, out), "elements");
        expect(!cpusimd_gather_tuples_run(pool, wide, &tuples, bytes, in, out), "tuples");
        const int64_t wrong[] = {ROWS, -ROWS - 1, INT64_MAX, INT64_MIN};
        for (int k = 0; k < 4; k++) {
            wide[9] = wrong[k];
            expect(cpusimd_gather_run(pool, indices, COUNT, 1, ROWS, bytes, in, out) > 0, "far");
            expect(cpusimd_gather_elements_run(pool, indices, &lookup, bytes, in, out) > 0, "far");
            expect(cpusimd_gather_tuples_run(pool, wide, &tuples, bytes, in, out) > 0, "far");
            for (int reduction = 0; reduction < 5; reduction++) {
                char *target = random_tensor(ROWS * COLUMNS, sized_types[t]);
                char *updates = random_tensor(COUNT * COLUMNS, sized_types[t]);
                expect(cpusimd_scatter_elements_run(pool, sized_types[t], reduction, indices,
                                                    &lookup, updates, target) > 0, "far");
                expect(cpusimd_scatter_tuples_run(pool, sized_types[t], reduction, indices, &tuples,
                                                  updates, target) > 0, "far");
                free(target), free(updates);
            }
        }
        free(in), free(out), free(wide), free(narrow);
    }
}

/* Places in order: each key is at most the next, and all places are there. */
static void orders(cpusimd_pool *pool, int isa) {
    const int types[] = {CPUSIMD_F64, CPUSIMD_F32, CPUSIMD_F16, CPUSIMD_BF16, CPUSIMD_I64,
                         CPUSIMD_I32, CPUSIMD_I8, CPUSIMD_U8};
    const uint64_t counts[] = {1, 31, 33, 600, 1500};
    for (int t = 0; t < 8; t++) {
        size_t bytes = cpusimd_type_bytes(types[t]);
        for (int c = 0; c < 5; c++) {
            for (int inner = 1; inner < 4; inner += 2) {
                uint64_t n = counts[c], keep = c == 4 ? 20 : n, width = (uint64_t)inner;
                cpusimd_axis shape = {2, n, width};
                char *in = random_tensor(2 * n * width, types[t]);
                char *out = malloc(2 * keep * width * bytes);
                int64_t *indices = malloc(2 * keep * width * sizeof *indices);
                uint64_t room = cpusimd_sort_workspace(pool, types[t], shape, keep);
                void *workspace = aligned_alloc(64, (room + 63) & ~(uint64_t)63);
                cpusimd_sort_run(pool, isa, types[t], 0, shape, keep, in, out, indices, workspace);
                double before = -INFINITY;
                for (uint64_t i = 0; i < keep; i++) {
                    double value = value_at(out, i * width, types[t]);
                    expect(isnan(value) || value >= before, "order");
                    if (!isnan(value)) before = value;
                    same(out + i * width * bytes,
                         in + (uint64_t)indices[i * width] * width * bytes, bytes, "place");
                }
                free(in), free(out), free(indices), free(workspace);
            }
        }
    }
}

static void running_sums(cpusimd_pool *pool, int isa) {
    const int types[] = {CPUSIMD_F64, CPUSIMD_F32, CPUSIMD_F16, CPUSIMD_BF16, CPUSIMD_I64,
                         CPUSIMD_I32};
    const cpusimd_axis shapes[] = {{1, 1, 1}, {1, 300, 1}, {9, 33, 1}, {17, 600, 1}, {2, 9, 515}};
    for (int t = 0; t < 6; t++) {
        for (int s = 0; s < 5; s++) {
            for (int way = 0; way < 4; way++) {
                cpusimd_axis shape = shapes[s];
                uint64_t count = shape.outer * shape.n * shape.inner;
                void *ones = random_tensor(count, CPUSIMD_U8), *in = random_tensor(count, types[t]);
                for (uint64_t i = 0; i < count; i++) ((uint8_t *)ones)[i] &= 1;
                cpusimd_cast_run(pool, isa, CPUSIMD_U8, types[t], 1, ones, in, count);
                void *out = random_tensor(count, types[t]);
                cpusimd_cumulate_run(pool, isa, types[t], way & 1, way >> 1, shape, in, out);
                /* The last line: sums of ones and zeros, below 256 exact in any type. */
                double sum = 0;
                for (uint64_t k = 0; k < shape.n && sum < 250; k++) {
                    uint64_t place = way >> 1 ? shape.n - 1 - k : k;
                    uint64_t at = count - 1 - (shape.n - 1 - place) * shape.inner;
                    double own = value_at(in, at, types[t]), given = value_at(out, at, types[t]);
                    expect(given == (way & 1 ? sum : sum + own), "running sum");
                    sum += own;
                }
                free(ones), free(in), free(out);
            }
        }
    }
}

static void blends(cpusimd_pool *pool, int isa) {
    const int types[] = {CPUSIMD_F64, CPUSIMD_F32, CPUSIMD_F16, CPUSIMD_BF16};
    const int64_t low[] = {0, 0, 1, 1, -1}, high[] = {0, 1, 1, 2, 0};
    const double share[] = {0, 0.5, 0, 0.25, 0};
    for (int t = 0; t < 4; t++) {
        cpusimd_blend dims[] = {{low, high, share, 3, 5}, {low, high, share, 3, 5}};
        void *ones = malloc(9), *in = random_tensor(9, types[t]);
        void *out = random_tensor(25, types[t]);
        memcpy(ones, "\1\2\3\4\5\6\7\10\11", 9);
        cpusimd_cast_run(pool, isa, CPUSIMD_U8, types[t], 1, ones, in, 9);
        uint64_t room = cpusimd_blend_workspace(pool, 2, dims);
        void *workspace = aligned_alloc(64, (room + 63) & ~(uint64_t)63);
        cpusimd_blend_run(pool, isa, types[t], 2, dims, -8, in, out, workspace);
        expect(value_at(out, 0, types[t]) == 1 && value_at(out, 3, types[t]) == 2.25, "blend");
        expect(value_at(out, 6, types[t]) == 3 && value_at(out, 24, types[t]) == -8, "blend");
        free(ones), free(in), free(out), free(workspace);
    }
}

static void tokens(cpusimd_pool *pool, int isa) {
    const int types[] = {CPUSIMD_F64, CPUSIMD_F32, CPUSIMD_F16, CPUSIMD_BF16};
    enum { TOKENS = 9, COLUMNS = 300, EXPERTS = 5, K = 2 };
    for (int t = 0; t < 4; t++) {
        int type = types[t];
        size_t row = COLUMNS * cpusimd_type_bytes(type);
        cpusimd_dispatch shape = {TOKENS, COLUMNS, EXPERTS, K};
        char *in = random_tensor(TOKENS * COLUMNS, type), *out = malloc(TOKENS * K * row);
        void *logits = random_tensor(TOKENS * EXPERTS, type);
        void *weights = random_tensor(TOKENS * K, type);
        int64_t *positions = malloc(TOKENS * K * sizeof *positions), offsets[EXPERTS];
        uint32_t *chosen = malloc(TOKENS * K * sizeof *chosen);
        cpusimd_dispatch_run(pool, isa, type, &shape, in, logits, out, weights, positions, offsets,
                             chosen);
        expect(offsets[EXPERTS - 1] == TOKENS * K, "offsets");
        for (size_t i = 0; i < TOKENS * K; i++)
            same(out + (size_t)positions[i] * row, in + i / K * row, row, "dispatched row");
        char *together = random_tensor(TOKENS * COLUMNS, type);
        expect(!cpusimd_combine_run(pool, isa, type, TOKENS, K, TOKENS * K, COLUMNS, out, positions,
                                    weights, together), "combine");
        positions[3] = TOKENS * K;
        expect(cpusimd_combine_run(pool, isa, type, TOKENS, K, TOKENS * K, COLUMNS, out, positions,
                                   weights, together) == 1, "a position outside");
        /* 2 heads of 3 positions: 50 of 50 numbers turned, or the first 18. */
        cpusimd_rotary rotary = {TOKENS, 2, 3, 50, 50, TOKENS * 3, 0, 0};
        void *angles = random_tensor(TOKENS * 3 * 25, type), *turned = malloc(TOKENS * row);
        for (int way = 0; way < 8; way++) {
            rotary.rotated = way & 4 ? 18 : 50;
            rotary.interleaved = way & 1;
            rotary.heads_first = way >> 1 & 1;
            expect(!cpusimd_rotary_run(pool, isa, type, &rotary, in, angles, angles, NULL, turned),
                   "rotation");
        }
        uint8_t *mask = malloc(TOKENS * COLUMNS);
        cpusimd_dropout_run(pool, isa, type, 0.5, 1, in, together, mask, TOKENS * COLUMNS);
        size_t kept = 0;
        for (size_t i = 0; i < TOKENS * COLUMNS; i++) kept += mask[i];
        expect(kept > 1200 && kept < 1500, "dropout");
        free(in), free(out), free(logits), free(weights), free(positions), free(chosen);
        free(together), free(angles), free(turned), free(mask);
    }
}

/* Numbers that every type holds keep their value on every way. */
static void all_casts(cpusimd_pool *pool, int isa) {
    for (int from = 0; from < CPUSIMD_STORED_COUNT; from++) {
        for (int to = 0; to < CPUSIMD_STORED_COUNT; to++) {
            enum { COUNT = 1031 };
            uint8_t *bits = random_tensor(COUNT, CPUSIMD_BOOL), *back = malloc(COUNT);
            void *in = malloc(COUNT * cpusimd_type_bytes(from));
            void *out = malloc(COUNT * cpusimd_type_bytes(to));
            cpusimd_cast_run(pool, isa, CPUSIMD_BOOL, from, 1, bits, in, COUNT);
            cpusimd_cast_run(pool, isa, from, to, from & 1, in, out, COUNT);
            cpusimd_cast_run(pool, isa, to, CPUSIMD_BOOL, 1, out, back, COUNT);
            same(bits, back, COUNT, "cast");
            free(in), in = random_tensor(COUNT, from);
            cpusimd_cast_run(pool, isa, from, to, from & 1, in, out, COUNT);
            free(bits), free(back), free(in), free(out);
        }
    }
}

static void move_kernels(cpusimd_pool *pool, int isa) {
    transposes(pool);
    places(pool);
    looked_up(pool);
    orders(pool, isa);
    running_sums(pool, isa);
    blends(pool, isa);
    tokens(pool, isa);
    all_casts(pool, isa);
}
