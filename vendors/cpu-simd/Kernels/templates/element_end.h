/* Forgets what element.h and the templates after it defined. */
#undef N
#undef T
#undef I
#undef MANTISSA_BITS
#undef EXPONENT_BIAS
#undef ROUNDING_MAGIC
#undef LN2_HIGH
#undef LN2_LOW
#undef EXP_LOW
#undef EXP_HIGH
#undef EXP_TERMS
#undef V
#undef VI
#undef W
#undef SINGLE
