/* A product of row-major matrices by oneDNN; see gemm_onednn.c. */
/* 0 where it cannot be done. `packs`: B is laid out once, as oneDNN likes it best. */
int onednn_prepare(int bytes, int packs, int m, int n, int k, void *a, void *b, void *y);
void onednn_run(void);
void onednn_forget(void);
