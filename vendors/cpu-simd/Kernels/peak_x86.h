/* One peak kernel: 12 independent accumulators in registers, two rounds a loop, no memory.
 *
 * Include with: NAME (function), VECTOR (C type of an accumulator), LANE (float or double), STEP(r)
 * (assembly text that advances accumulator r, with the one in %[one]), TARGET (attribute).
 *
 * Assembly, because a compiler that sees through the seeds deletes chains, and because the order
 * of the instructions matters: two dependent ones back to back cost a tenth. 12 accumulators are
 * enough for two pipes of latency 6. */
#if !defined(NAME) || !defined(VECTOR) || !defined(LANE) || !defined(STEP)
#error "define NAME, VECTOR, LANE, STEP and TARGET first"
#endif

#define ROUND                                                                                      \
    STEP("0") STEP("1") STEP("2") STEP("3") STEP("4") STEP("5")                                    \
    STEP("6") STEP("7") STEP("8") STEP("9") STEP("10") STEP("11")

TARGET static double NAME(uint64_t rounds) {
    enum { LANES = sizeof(VECTOR) / sizeof(LANE) };
    double total = 0;
    VECTOR one;
    for (int i = 0; i < (int)LANES; i++) ((LANE *)&one)[i] = 1;
    __asm__ volatile("" : "+m"(one));
    while (rounds > 0) {
        /* Restarted from 0 well before a float can no longer count by ones. */
        uint64_t loops = (rounds < PEAK_RESTART ? rounds : PEAK_RESTART) / 2;
        rounds -= 2 * loops;
        VECTOR a[12];
        __builtin_memset(a, 0, sizeof a);
        __asm__ volatile(
            ".p2align 5\n"
            "1:\n\t" ROUND ROUND "dec %[n]\n\t"
            "jnz 1b"
            : "+x"(a[0]), "+x"(a[1]), "+x"(a[2]), "+x"(a[3]), "+x"(a[4]), "+x"(a[5]), "+x"(a[6]),
              "+x"(a[7]), "+x"(a[8]), "+x"(a[9]), "+x"(a[10]), "+x"(a[11]), [n] "+r"(loops)
            : [one] "x"(one)
            : "cc");
        for (int i = 0; i < 12; i++)
            for (int j = 0; j < (int)LANES; j++) total += ((const LANE *)&a[i])[j];
    }
    return total;
}

#undef ROUND
#undef NAME
#undef VECTOR
#undef LANE
#undef STEP
#undef TARGET
