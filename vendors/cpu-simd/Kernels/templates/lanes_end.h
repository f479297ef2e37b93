/* Forgets what lanes.h and the definitions of one arithmetic type named. */
#undef N
#undef V_BYTES
#undef V
#undef VI
#undef VB
#undef W
#undef IS_NAN
#undef T
#undef I
#undef TYPE
#undef SINGLE
#undef FLOATING
#undef SIGNED
