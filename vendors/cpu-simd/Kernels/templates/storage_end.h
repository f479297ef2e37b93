/* Forgets what storage.h and the definitions of one storage type named. */
#undef S
#undef U_BYTES
#undef VU
#undef STORAGE
#undef U
#undef HALF
