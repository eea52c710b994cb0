#include <xxhash.h>

#if defined(__linux__) && defined(__x86_64__)
// Chooses among SSE2, AVX2 and AVX-512 by the machine; libraries that were built without it lack it.
extern __attribute__((weak)) XXH_errorcode XXH3_128bits_update_dispatch(
    XXH3_state_t *state, const void *bytes, size_t count);
#endif

// Adds bytes to a hash of 128 bits, with the widest registers that machine and library have.
static inline void culprit_hash_update(XXH3_state_t *state, const void *bytes, size_t count) {
#if defined(__linux__) && defined(__x86_64__)
  if (XXH3_128bits_update_dispatch) {
    XXH3_128bits_update_dispatch(state, bytes, count);
    return;
  }
#endif
  XXH3_128bits_update(state, bytes, count);
}
