/* Operators with AVX-512. */
#if defined(__x86_64__)
#define ISA_NAME avx512
#define TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma")))
#define VECTOR_BYTES 64
#include "templates/operators.h"
#else
typedef int cpusimd_no_avx512; /* a translation unit must not be empty */
#endif
