/* Forgets what the templates of one type of matrix products defined. */
#undef P
#undef VP
#undef MULTIPLY_ADD
#undef GROUP
#include "storage_end.h"
#include "lanes_end.h"
