/* Forgets what patches.h defined for one type. */
#undef LANE_COUNT
#undef EVENS
#undef WINDOWS
#undef PASTE_NAME2
#undef PASTE_NAME
