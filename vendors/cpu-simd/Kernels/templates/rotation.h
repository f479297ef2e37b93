/* Rotary embedding: numbers i and half + i turned by the angle i. */
TARGET static void S(turn_halves)(const void *in, const void *cosines, const void *sines, void *out,
                                  size_t half) {
    const U *x = in, *cosine = cosines, *sine = sines;
    U *y = out;
    for (size_t i = 0; i < half; i += W) {
        size_t n = half - i;
        V a = S(get_part)(x + i, n, 0), b = S(get_part)(x + half + i, n, 0);
        V c = S(get_part)(cosine + i, n, 0), s = S(get_part)(sine + i, n, 0);
        S(set_part)(y + i, a * c - b * s, n);
        S(set_part)(y + half + i, a * s + b * c, n);
    }
}
