/* The arithmetic types and the storage types of each. */

#define TYPE f64
#define T double
#define I int64_t
#define SINGLE 0
#define FLOATING 1
#define SIGNED 1
#include "lanes.h"
#include "functions.h"
#include "trigonometry.h"
#include "power.h"
#include "derived.h"
#include "reductions.h"
#define STORAGE f64
#define U double
#define HALF 0
#include "kernels.h"
#include "functions_end.h"
#include "lanes_end.h"

#define TYPE f32
#define T float
#define I int32_t
#define SINGLE 1
#define FLOATING 1
#define SIGNED 1
#include "lanes.h"
#include "functions.h"
#include "trigonometry.h"
#include "power.h"
#include "derived.h"
#include "reductions.h"
#define STORAGE f32
#define U float
#define HALF 0
#include "kernels.h"
#define STORAGE f16
#define U uint16_t
#define HALF 1
#include "kernels.h"
#define STORAGE bf16
#define U uint16_t
#define HALF 2
#include "kernels.h"
#include "functions_end.h"
#include "lanes_end.h"

#define TYPE i64
#define STORAGE i64
#define T int64_t
#define I int64_t
#define SIGNED 1
#include "whole.h"

#define TYPE i32
#define STORAGE i32
#define T int32_t
#define I int32_t
#define SIGNED 1
#include "whole.h"

#define TYPE i8
#define STORAGE i8
#define T int8_t
#define I int8_t
#define SIGNED 1
#include "whole.h"

#define TYPE u8
#define STORAGE u8
#define T uint8_t
#define I int8_t
#define SIGNED 0
#include "whole.h"
