/* Little-endian numbers at any address: one instruction each, also where a compiler does not see that
   four bytes with shifts between them are that (GCC 12 stores them one by one). */
#ifndef MYCELIUM_BYTES_H
#define MYCELIUM_BYTES_H

#include <stdint.h>
#include <string.h>

#if defined(_MSC_VER) || \
    (defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
#define IS_LITTLE_ENDIAN 1
#else
#define IS_LITTLE_ENDIAN 0
#endif

static inline uint64_t load_bytes(const uint8_t *p, int size)
{
    uint64_t v = 0;
    for (int i = size; i-- > 0;) {
        v = v << 8 | p[i];
    }
    return v;
}

static inline void store_bytes(uint8_t *p, uint64_t v, int size)
{
    for (int i = 0; i < size; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

#define LOAD_AND_STORE(bits)                                                                       \
    static inline uint##bits##_t load##bits(const uint8_t *p)                                      \
    {                                                                                              \
        uint##bits##_t v;                                                                          \
        if (!IS_LITTLE_ENDIAN) {                                                                   \
            return (uint##bits##_t)load_bytes(p, bits / 8);                                        \
        }                                                                                          \
        memcpy(&v, p, sizeof v);                                                                   \
        return v;                                                                                  \
    }                                                                                              \
    static inline void store##bits(uint8_t *p, uint##bits##_t v)                                   \
    {                                                                                              \
        if (IS_LITTLE_ENDIAN) {                                                                    \
            memcpy(p, &v, sizeof v);                                                               \
        } else {                                                                                   \
            store_bytes(p, v, bits / 8);                                                           \
        }                                                                                          \
    }

LOAD_AND_STORE(16)
LOAD_AND_STORE(32)
LOAD_AND_STORE(64)

#undef LOAD_AND_STORE

static inline int all_zero(const uint8_t *p, size_t n)
{
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++) {
        any |= p[i];
    }
    return any == 0;
}

#endif
