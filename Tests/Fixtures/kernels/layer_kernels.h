/* Convolution, pooling and attention on odd shapes, compared with loops over their definitions in
 * long double. Included by every_kernel.c. */
#include "cpu_simd_layers.h"

/* Numbers from -1 to 1 that end where the memory does. */
static void *small_numbers(uint64_t count, int single) {
    void *memory = malloc(count ? count * (single ? 4 : 8) : 1);
    for (uint64_t i = 0; i < count; i++) {
        double value = (double)(next_random() >> 40) * 0x1p-23 - 1;
        if (single) ((float *)memory)[i] = (float)value;
        else ((double *)memory)[i] = value;
    }
    return memory;
}

static void near_enough(const void *given, const long double *right, uint64_t count, int single,
                        double allowed, const char *what) {
    for (uint64_t i = 0; i < count; i++) {
        double error = fabs((double)((long double)at(given, i, single) - right[i]));
        int is_near = error <= allowed * (single ? 0x1p-24 : 0x1p-53);
        if (!is_near && at(given, i, single) != right[i]) {
            fprintf(stderr, "%s at %llu: %g, not %Lg\n", what, (unsigned long long)i,
                    at(given, i, single), right[i]);
            expect(0, what);
        }
    }
}

static void *room_for(uint64_t bytes) {
    return aligned_alloc(64, (bytes + 127) / 64 * 64);
}

/* Whether a tap of a window lies in the plane, and where. */
static int inside(const cpusimd_windows *w, uint64_t row, uint64_t column, uint64_t r, uint64_t c,
                  uint64_t *place) {
    int64_t y = (int64_t)(row * w->row_stride + r * w->row_dilation) - (int64_t)w->top;
    int64_t x = (int64_t)(column * w->column_stride + c * w->column_dilation) - (int64_t)w->left;
    *place = (uint64_t)(y * (int64_t)w->width + x);
    return y >= 0 && x >= 0 && y < (int64_t)w->height && x < (int64_t)w->width;
}

static cpusimd_windows sliding(uint64_t height, uint64_t width, uint64_t rows, uint64_t columns,
                               uint64_t stride, uint64_t dilation, uint64_t pad) {
    cpusimd_windows w = {height, width, 0, 0, rows, columns, stride, stride, dilation, dilation,
                         pad, pad, pad, pad};
    w.out_height = (height + 2 * pad - ((rows - 1) * dilation + 1)) / stride + 1;
    w.out_width = (width + 2 * pad - ((columns - 1) * dilation + 1)) / stride + 1;
    return w;
}

/* A signal has no rows to pad. */
static cpusimd_windows along(uint64_t width, uint64_t columns, uint64_t stride, uint64_t pad) {
    cpusimd_windows w = sliding(1, width, 1, columns, stride, 1, 0);
    w.left = w.right = pad;
    w.out_width = (width + 2 * pad - columns) / stride + 1;
    return w;
}

static long double one_convolution(const cpusimd_convolution *job, const void *x, const void *w,
                                   const void *bias, uint64_t index) {
    const cpusimd_windows *windows = &job->windows;
    int single = job->type.single;
    uint64_t column = index % windows->out_width, row = index / windows->out_width;
    uint64_t channel = row / windows->out_height, place;
    row %= windows->out_height;
    uint64_t group = channel / job->outputs % job->groups;
    uint64_t image = channel / job->outputs / job->groups;
    channel %= job->outputs * job->groups;
    long double sum = bias ? (long double)at(bias, channel, single) : 0;
    for (uint64_t i = 0; i < job->inputs; i++)
        for (uint64_t r = 0; r < windows->rows; r++)
            for (uint64_t c = 0; c < windows->columns; c++) {
                if (!inside(windows, row, column, r, c, &place)) continue;
                uint64_t plane = (image * job->groups + group) * job->inputs + i;
                uint64_t weight =
                    ((channel * job->inputs + i) * windows->rows + r) * windows->columns + c;
                place += plane * windows->height * windows->width;
                sum += (long double)at(x, place, single) * (long double)at(w, weight, single);
            }
    return sum;
}

static void convolutions(cpusimd_pool *pool, cpusimd_numeric type) {
    const struct {
        uint64_t images, groups, inputs, outputs;
        cpusimd_windows windows;
    } shapes[] = {
        {2, 1, 3, 8, sliding(9, 11, 3, 3, 1, 1, 1)},
        {1, 1, 70, 25, sliding(14, 14, 3, 3, 1, 1, 1)},
        {1, 1, 5, 13, sliding(23, 17, 7, 7, 2, 1, 3)},
        {2, 1, 37, 30, sliding(7, 7, 1, 1, 1, 1, 0)},
        {1, 1, 9, 14, sliding(15, 15, 1, 1, 2, 1, 0)},
        {1, 1, 4, 6, sliding(15, 40, 3, 2, 3, 2, 1)},
        {2, 3, 4, 5, sliding(6, 19, 3, 3, 2, 1, 1)},
        {1, 1, 40, 17, along(77, 3, 1, 1)},
        {1, 2, 2, 7, sliding(5, 5, 5, 5, 1, 1, 0)},
        {1, 1, 6, 3, sliding(3, 70, 3, 3, 1, 1, 2)},
        {2, 5, 1, 1, sliding(13, 45, 3, 3, 1, 1, 1)},
        {1, 3, 1, 2, sliding(20, 9, 5, 3, 2, 2, 4)},
        {1, 4, 1, 1, sliding(9, 100, 3, 3, 3, 1, 1)},
        {1, 1, 1, 12, sliding(10, 10, 3, 3, 1, 1, 1)},
    };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        cpusimd_convolution job = {.type = type, .windows = shapes[s].windows,
                                   .images = shapes[s].images, .groups = shapes[s].groups,
                                   .inputs = shapes[s].inputs, .outputs = shapes[s].outputs};
        const cpusimd_windows *w = &job.windows;
        uint64_t outputs = job.groups * job.outputs, taps = w->rows * w->columns;
        uint64_t count = job.images * outputs * w->out_height * w->out_width;
        void *x = small_numbers(job.images * job.groups * job.inputs * w->height * w->width,
                                type.single);
        void *weights = small_numbers(outputs * job.inputs * taps, type.single);
        void *bias = s % 2 ? NULL : small_numbers(outputs, type.single);
        void *y = filled(count, type.single), *packed = NULL;
        long double *right = malloc(count * sizeof *right);
        for (uint64_t i = 0; i < count; i++)
            right[i] = one_convolution(&job, x, weights, bias, i);
        job.bias = bias;
        for (int is_constant = 0; is_constant < 2; is_constant++) {
            uint64_t bytes = cpusimd_convolution_packed_bytes(&job);
            if (is_constant && bytes) {
                packed = room_for(bytes);
                cpusimd_convolution_pack(pool, &job, weights, packed);
                job.packed = packed;
            }
            void *workspace = room_for(cpusimd_convolution_workspace(pool, &job));
            cpusimd_convolution_run(pool, &job, x, weights, y, workspace);
            near_enough(y, right, count, type.single, 4 + 2 * (double)(job.inputs * taps),
                        "convolution");
            free(workspace);
        }
        free(x), free(weights), free(bias), free(y), free(packed), free(right);
    }
}

static void pools(cpusimd_pool *pool, cpusimd_numeric type) {
    const cpusimd_windows shapes[] = {
        sliding(9, 11, 3, 3, 1, 1, 1),  sliding(20, 50, 3, 3, 2, 1, 1),
        sliding(13, 13, 2, 5, 3, 2, 1), along(100, 4, 1, 2),
        sliding(90, 110, 2, 2, 1, 1, 0),
    };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int operation = 0; operation < 3; operation++) {
            const cpusimd_windows *w = &shapes[s];
            cpusimd_pooling job = {{type.isa, type.single ? CPUSIMD_F32 : CPUSIMD_F64}, *w, 3,
                                   operation};
            uint64_t plane = w->out_height * w->out_width, count = 3 * plane, place;
            void *x = small_numbers(3 * w->height * w->width, type.single);
            void *y = filled(count, type.single);
            long double *right = malloc(count * sizeof *right);
            for (uint64_t i = 0; i < count; i++) {
                uint64_t taps = 0, column = i % w->out_width, row = i % plane / w->out_width;
                long double most = -INFINITY, sum = 0;
                for (uint64_t r = 0; r < w->rows; r++)
                    for (uint64_t c = 0; c < w->columns; c++) {
                        if (!inside(w, row, column, r, c, &place)) continue;
                        long double value = (long double)at(
                            x, i / plane * w->height * w->width + place, type.single);
                        most = value > most ? value : most;
                        sum += value;
                        taps++;
                    }
                /* No window of these shapes reaches behind the pads. */
                if (operation == CPUSIMD_POOL_MEAN_WITH_PADS) taps = w->rows * w->columns;
                right[i] = operation == CPUSIMD_POOL_MAXIMUM ? most : sum / (long double)taps;
            }
            void *workspace = room_for(cpusimd_pooling_workspace(pool, &job));
            cpusimd_pooling_run(pool, &job, x, y, workspace);
            near_enough(y, right, count, type.single, operation ? 10 : 0, "pooling");
            free(x), free(y), free(right), free(workspace);
        }
    /* A NaN in a window makes it NaN, and no other. */
    uint16_t x[40], y[40];
    for (int i = 0; i < 40; i++) x[i] = (uint16_t)(0x3c00 + i);
    x[20] = 0x7e00;
    cpusimd_pooling job = {{type.isa, CPUSIMD_F16}, along(40, 3, 1, 1), 1, 0};
    void *workspace = room_for(cpusimd_pooling_workspace(pool, &job));
    cpusimd_pooling_run(pool, &job, x, y, workspace);
    for (int i = 0; i < 40; i++) {
        if (i >= 19 && i <= 21) expect((y[i] & 0x7fff) > 0x7c00, "largest beside a NaN");
        else expect(y[i] == 0x3c00 + (i == 39 ? 39 : i + 1), "largest of halves");
    }
    free(workspace);
}

/* The element of query, key or value `position` of a head. */
static uint64_t element(const cpusimd_attention *job, uint64_t batch, uint64_t head,
                        uint64_t position, uint64_t heads, uint64_t positions, uint64_t size) {
    return job->flat ? ((batch * positions + position) * heads + head) * size
                     : ((batch * heads + head) * positions + position) * size;
}

static double key_or_value(const cpusimd_attention *job, const void *past, const void *new,
                           uint64_t batch, uint64_t head, uint64_t key, uint64_t size, uint64_t i) {
    int single = job->type.single;
    if (key < job->past_keys)
        return at(past, ((batch * job->shared_heads + head) * job->past_keys + key) * size + i,
                  single);
    return at(new, element(job, batch, head, key - job->past_keys, job->shared_heads,
                           job->new_keys, size) + i, single);
}

static void one_query(const cpusimd_attention *job, const cpusimd_attention_tensors *tensors,
                      uint64_t batch, uint64_t head, uint64_t query, long double *right) {
    int single = job->type.single;
    uint64_t shared = head / (job->heads / job->shared_heads);
    uint64_t keys = job->past_keys + job->new_keys;
    long double scores[2000], most = -INFINITY, total = 0;
    for (uint64_t key = 0; key < keys; key++) {
        uint64_t from = element(job, batch, head, query, job->heads, job->queries, job->size);
        long double sum = 0;
        for (uint64_t i = 0; i < job->size; i++)
            sum += (long double)at(tensors->q, from + i, single) *
                   (long double)key_or_value(job, tensors->past_key, tensors->k, batch, shared, key,
                                             job->size, i);
        sum *= (long double)job->scale;
        if (job->softcap > 0) sum = job->softcap * tanhl(sum / job->softcap);
        uint64_t place = batch * job->mask_steps[0] + head * job->mask_steps[1] +
                         query * job->mask_steps[2] + key * job->mask_steps[3];
        if (job->mask && key >= job->mask_keys) sum = -INFINITY;
        else if (job->mask == CPUSIMD_MASK_ADDED)
            sum += (long double)at(tensors->mask, place, single);
        else if (job->mask && !((const uint8_t *)tensors->mask)[place]) sum = -INFINITY;
        if (job->causal && key > job->past_keys + query) sum = -INFINITY;
        scores[key] = sum;
        most = sum > most ? sum : most;
    }
    for (uint64_t i = 0; i < job->value_size; i++) right[i] = 0;
    if (isinf(most)) return;
    for (uint64_t key = 0; key < keys; key++) total += scores[key] = expl(scores[key] - most);
    for (uint64_t key = 0; key < keys; key++)
        for (uint64_t i = 0; i < job->value_size; i++)
            right[i] += scores[key] / total *
                        (long double)key_or_value(job, tensors->past_value, tensors->v, batch,
                                                  shared, key, job->value_size, i);
}

static void one_attention(cpusimd_pool *pool, cpusimd_attention job) {
    int single = job.type.single;
    uint64_t keys = job.past_keys + job.new_keys, shared = job.batch * job.shared_heads;
    uint64_t rows = job.batch * job.heads * job.queries, width = job.value_size;
    uint64_t mask_count = job.batch * job.heads * job.queries * keys;
    void *tensors[6] = {small_numbers(rows * job.size, single),
                        small_numbers(shared * job.new_keys * job.size, single),
                        small_numbers(shared * job.new_keys * width, single),
                        small_numbers(mask_count, single),
                        small_numbers(shared * job.past_keys * job.size, single),
                        small_numbers(shared * job.past_keys * width, single)};
    if (job.mask == CPUSIMD_MASK_BOOL)
        for (uint64_t i = 0; i < mask_count; i++)
            ((uint8_t *)tensors[3])[i] = i / keys % 5 && next_random() % 3;
    void *y = filled(rows * width, single);
    void *present[2] = {filled(shared * keys * job.size, single),
                        filled(shared * keys * width, single)};
    cpusimd_attention_tensors given = {tensors[0], tensors[1], tensors[2],
                                       job.mask ? tensors[3] : NULL, tensors[4], tensors[5], y,
                                       present[0], present[1]};
    long double *right = malloc(rows * width * sizeof *right);
    for (uint64_t row = 0; row < rows; row++) {
        uint64_t batch = row / (job.heads * job.queries), query = row % job.queries;
        uint64_t head = row / job.queries % job.heads;
        one_query(&job, &given, batch, head, query,
                  right + element(&job, batch, head, query, job.heads, job.queries, width));
    }
    void *workspace = room_for(cpusimd_attention_workspace(pool, &job));
    cpusimd_attention_run(pool, &job, &given, workspace);
    near_enough(y, right, rows * width, single, 60, "attention");
    for (int which = 0; which < 2; which++) {
        uint64_t size = which ? width : job.size;
        for (uint64_t i = 0; i < shared * keys * size; i++) {
            uint64_t head = i / size / keys;
            double value = key_or_value(&job, tensors[4 + which], tensors[1 + which],
                                        head / job.shared_heads, head % job.shared_heads,
                                        i / size % keys, size, i % size);
            expect(at(present[which], i, single) == value, "the cache");
        }
    }
    for (int i = 0; i < 6; i++) free(tensors[i]);
    free(y), free(present[0]), free(present[1]), free(right), free(workspace);
}

static void attentions(cpusimd_pool *pool, cpusimd_numeric type) {
    cpusimd_attention plain = {.type = type, .batch = 1, .heads = 2, .shared_heads = 2,
                               .queries = 13, .new_keys = 17, .size = 24, .value_size = 24,
                               .scale = 0.5};
    one_attention(pool, plain);
    cpusimd_attention causal = plain;
    causal.causal = 1, causal.heads = 6, causal.queries = causal.new_keys = 131, causal.size = 7;
    one_attention(pool, causal);
    causal.flat = 1, causal.past_keys = 10, causal.value_size = 50, causal.softcap = 2;
    one_attention(pool, causal);
    causal.queries = 5, causal.new_keys = 3, causal.past_keys = 0;
    one_attention(pool, causal);
    cpusimd_attention decode = {.type = type, .batch = 2, .heads = 8, .shared_heads = 2,
                                .queries = 1, .new_keys = 1, .past_keys = 530, .size = 33,
                                .value_size = 20, .scale = 1, .causal = 1};
    one_attention(pool, decode);
    decode.batch = decode.shared_heads = 1, decode.heads = 3;
    one_attention(pool, decode);
    cpusimd_attention masked = plain;
    masked.mask = CPUSIMD_MASK_ADDED, masked.queries = 61, masked.new_keys = 300;
    masked.mask_keys = 290;
    memcpy(masked.mask_steps, (uint64_t[4]){0, 61 * 290, 290, 1}, sizeof masked.mask_steps);
    one_attention(pool, masked);
    masked.mask = CPUSIMD_MASK_BOOL, masked.mask_keys = 300, masked.causal = 1;
    memcpy(masked.mask_steps, (uint64_t[4]){0, 0, 300, 1}, sizeof masked.mask_steps);
    one_attention(pool, masked);
    masked.queries = 3, masked.mask_steps[3] = 0;
    one_attention(pool, masked);
    /* Fewer tiles than threads: the keys are shared out. */
    masked.heads = masked.shared_heads = 1, masked.queries = 20, masked.mask_steps[3] = 1;
    masked.past_keys = 265, masked.new_keys = 35;
    one_attention(pool, masked);
}
