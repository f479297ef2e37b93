/* Convolution of one channel by itself. */

WINDOWS(N(depthwise), T, job->bias ? N(all)(*(const T *)job->bias) : ZERO,
        sum += N(all)(((const T *)job->weights)[tap]) * value,
        N(save_part)(out + place, sum, n - place))
