/* Ways to the same number: tables (16 bytes a step), carry-less multiplication (x86), and on ARM its CRC
   instructions, alone or with carry-less multiplication. Which one is taken is found when the module
   is loaded. */
#include "crc32.h"

#include "bytes.h"

#if defined(__x86_64__) || defined(_M_X64)
#define HAS_CLMUL 1
#include <immintrin.h>
#ifdef _MSC_VER
#include <intrin.h>
#define FOR_CLMUL
#else
#define FOR_CLMUL __attribute__((target("pclmul,sse4.1")))
#endif
#endif

#if defined(__AARCH64EL__) && (defined(__linux__) || defined(__APPLE__))
#define HAS_ARM_CRC 1
#include <arm_acle.h>
#include <arm_neon.h>
#ifdef __linux__
#include <sys/auxv.h>
#ifndef HWCAP_PMULL
#define HWCAP_PMULL (1 << 4)
#endif
#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1 << 7)
#endif
#endif
#ifdef __clang__ /* whose header shows these to programs alone that run nowhere else */
#define CRC_OF_8 __builtin_arm_crc32b
#define CRC_OF_32 __builtin_arm_crc32w
#define CRC_OF_64 __builtin_arm_crc32d
#define FOR_ARM_CRC __attribute__((target("crc")))
#define FOR_PMULL __attribute__((target("crc,aes")))
#else
#define CRC_OF_8 __crc32b
#define CRC_OF_32 __crc32w
#define CRC_OF_64 __crc32d
#define FOR_ARM_CRC __attribute__((target("+crc")))
#define FOR_PMULL __attribute__((target("+crc+crypto")))
#endif
#endif

enum { HEAD = 28, STEP = 16 };

static uint32_t tables[STEP][256];

CrcWay crc32_way;
static CrcWay ways[4];

static void fill_tables(void)
{
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t c = n;
        for (int bit = 0; bit < 8; bit++) {
            c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
        }
        tables[0][n] = c;
    }
    for (int k = 1; k < STEP; k++) {
        for (int n = 0; n < 256; n++) {
            tables[k][n] = (tables[k - 1][n] >> 8) ^ tables[0][tables[k - 1][n] & 0xFF];
        }
    }
}

/* Four bytes whose last one is followed by `after` more in this step. */
static inline uint32_t looked_up(uint32_t word, int after)
{
    return tables[after + 3][word & 0xFF] ^ tables[after + 2][word >> 8 & 0xFF] ^
           tables[after + 1][word >> 16 & 0xFF] ^ tables[after][word >> 24];
}

static uint32_t update_by_tables(uint32_t crc, const uint8_t *p, size_t n)
{
    for (; n >= 16; p += 16, n -= 16) {
        crc = looked_up(crc ^ load32(p), 12) ^ looked_up(load32(p + 4), 8) ^
              looked_up(load32(p + 8), 4) ^ looked_up(load32(p + 12), 0);
    }
    if (n >= 8) {
        crc = looked_up(crc ^ load32(p), 4) ^ looked_up(load32(p + 4), 0);
        p += 8, n -= 8;
    }
    if (n >= 4) {
        crc = looked_up(crc ^ load32(p), 0);
        p += 4, n -= 4;
    }
    for (; n; p++, n--) {
        crc = crc >> 8 ^ tables[0][(crc ^ *p) & 0xFF];
    }
    return crc;
}

static uint32_t crc_by_tables(const uint8_t *head, const uint8_t *payload, size_t size)
{
    return ~update_by_tables(update_by_tables(~0u, head, HEAD), payload, size);
}

#ifdef HAS_CLMUL

/* The constants are powers of x modulo the polynomial, in reflected order: Gopal et al., "Fast CRC
   Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009. */
FOR_CLMUL static inline __m128i folded(__m128i x, __m128i next, __m128i by)
{
    __m128i low = _mm_clmulepi64_si128(x, by, 0x00);
    __m128i high = _mm_clmulepi64_si128(x, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

FOR_CLMUL static inline __m128i loaded(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

FOR_CLMUL static uint32_t reduced(__m128i x)
{
    const __m128i by_16 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    const __m128i by_4 = _mm_set_epi64x(0, 0x0163cd6124);
    const __m128i barrett = _mm_set_epi64x(0x01f7011641, 0x01db710641);
    const __m128i low_32 = _mm_setr_epi32(~0, 0, ~0, 0);
    __m128i t = _mm_clmulepi64_si128(x, by_16, 0x10);
    x = _mm_xor_si128(_mm_srli_si128(x, 8), t);
    t = _mm_srli_si128(x, 4);
    x = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(x, low_32), by_4, 0x00), t);
    t = _mm_clmulepi64_si128(_mm_and_si128(x, low_32), barrett, 0x10);
    t = _mm_clmulepi64_si128(_mm_and_si128(t, low_32), barrett, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(x, t), 1);
}

/* What x becomes when `n` more bytes follow, fewer than a step; `last` are the 16 up to the end. The
   first n bytes of x are folded onto its other bytes and those that follow. */
FOR_CLMUL static inline __m128i with_rest(__m128i x, const uint8_t *last, size_t n)
{
    static const uint8_t places[3 * STEP] = {
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,   14,   15,
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    };
    const __m128i by_16 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    __m128i up = loaded(places + n), down = loaded(places + STEP + n);
    __m128i next = _mm_blendv_epi8(_mm_shuffle_epi8(x, down), loaded(last), down);
    return folded(_mm_shuffle_epi8(x, up), next, by_16);
}

/* The head is not a whole number of steps: the first four bytes of the payload fill it up. */
FOR_CLMUL static uint32_t crc_by_clmul(const uint8_t *head, const uint8_t *payload, size_t size)
{
    const __m128i by_16 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    const __m128i by_32 = _mm_set_epi64x(0x015a546366, 0x00f1da05aa);
    const __m128i by_48 = _mm_set_epi64x(0x0174359406, 0x003db1ecdc);
    const __m128i by_64 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
    if (size < 4) {
        return crc_by_tables(head, payload, size);
    }
    __m128i x = _mm_xor_si128(loaded(head), _mm_cvtsi32_si128(-1));
    __m128i y = _mm_srli_si128(loaded(head + HEAD - STEP), 2 * STEP - HEAD);
    y = _mm_insert_epi32(y, (int)load32(payload), 3);
    const uint8_t *p = payload + 4;
    size_t n = size - 4;
    if (n >= 2 * STEP) {
        __m128i z = loaded(p), w = loaded(p + STEP);
        for (p += 2 * STEP, n -= 2 * STEP; n >= 4 * STEP; p += 4 * STEP, n -= 4 * STEP) {
            x = folded(x, loaded(p), by_64);
            y = folded(y, loaded(p + STEP), by_64);
            z = folded(z, loaded(p + 2 * STEP), by_64);
            w = folded(w, loaded(p + 3 * STEP), by_64);
        }
        /* side by side: one after the other would take three times as long */
        x = _mm_xor_si128(folded(x, w, by_48),
                          _mm_xor_si128(folded(y, _mm_setzero_si128(), by_32),
                                        folded(z, _mm_setzero_si128(), by_16)));
    } else {
        x = folded(x, y, by_16);
    }
    for (; n >= STEP; p += STEP, n -= STEP) {
        x = folded(x, loaded(p), by_16);
    }
    if (n && size >= STEP) {
        return ~reduced(with_rest(x, p + n - STEP, n));
    }
    return ~update_by_tables(reduced(x), p, n);
}

static int has_clmul(void)
{
#ifdef _MSC_VER
    int info[4];
    __cpuid(info, 1);
    return (info[2] >> 1 & 1) && (info[2] >> 19 & 1);
#else
    return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
#endif
}

#endif /* HAS_CLMUL */

#ifdef HAS_ARM_CRC

FOR_ARM_CRC static uint32_t update_by_arm(uint32_t crc, const uint8_t *p, size_t n)
{
    for (; n >= 8; p += 8, n -= 8) {
        crc = CRC_OF_64(crc, load64(p));
    }
    if (n >= 4) {
        crc = CRC_OF_32(crc, load32(p));
        p += 4, n -= 4;
    }
    for (; n; p++, n--) {
        crc = CRC_OF_8(crc, *p);
    }
    return crc;
}

FOR_ARM_CRC static uint32_t crc_by_arm(const uint8_t *head, const uint8_t *payload, size_t size)
{
    return ~update_by_arm(update_by_arm(~0u, head, HEAD), payload, size);
}

/* The constants are those of x86. */
FOR_PMULL static inline uint64x2_t pmull_folded(uint64x2_t x, uint64x2_t next, uint64_t low,
                                                uint64_t high)
{
    poly128_t a = vmull_p64((poly64_t)vgetq_lane_u64(x, 0), (poly64_t)low);
    poly128_t b = vmull_p64((poly64_t)vgetq_lane_u64(x, 1), (poly64_t)high);
    return veorq_u64(veorq_u64(vreinterpretq_u64_p128(a), vreinterpretq_u64_p128(b)), next);
}

FOR_PMULL static inline uint64x2_t pmull_loaded(const uint8_t *p)
{
    return vreinterpretq_u64_u8(vld1q_u8(p));
}

/* Four streams side by side, which the CRC instructions alone, each of which waits for the one before
   it, do not give. What they end in is 16 bytes with the same remainder: the instructions take it. */
FOR_PMULL static uint32_t crc_by_pmull(const uint8_t *head, const uint8_t *payload, size_t size)
{
    enum { WORTH_IT = 2 * STEP + 4 * STEP + 4 };
    if (size < WORTH_IT) {
        return crc_by_arm(head, payload, size);
    }
    uint64x2_t x = vsetq_lane_u64(load64(head) ^ 0xFFFFFFFF, pmull_loaded(head), 0);
    uint64_t last = load32(head + 24) | (uint64_t)load32(payload) << 32;
    uint64x2_t y = vsetq_lane_u64(last, vdupq_n_u64(load64(head + STEP)), 1);
    const uint8_t *p = payload + 4;
    size_t n = size - 4;
    uint64x2_t z = pmull_loaded(p), w = pmull_loaded(p + STEP), nothing = vdupq_n_u64(0);
    for (p += 2 * STEP, n -= 2 * STEP; n >= 4 * STEP; p += 4 * STEP, n -= 4 * STEP) {
        x = pmull_folded(x, pmull_loaded(p), 0x0154442bd4, 0x01c6e41596);
        y = pmull_folded(y, pmull_loaded(p + STEP), 0x0154442bd4, 0x01c6e41596);
        z = pmull_folded(z, pmull_loaded(p + 2 * STEP), 0x0154442bd4, 0x01c6e41596);
        w = pmull_folded(w, pmull_loaded(p + 3 * STEP), 0x0154442bd4, 0x01c6e41596);
    }
    x = veorq_u64(pmull_folded(x, w, 0x003db1ecdc, 0x0174359406),
                  veorq_u64(pmull_folded(y, nothing, 0x00f1da05aa, 0x015a546366),
                            pmull_folded(z, nothing, 0x01751997d0, 0x00ccaa009e)));
    uint32_t crc = CRC_OF_64(CRC_OF_64(0, vgetq_lane_u64(x, 0)), vgetq_lane_u64(x, 1));
    return ~update_by_arm(crc, p, n);
}

static int has_arm_crc(void)
{
#ifdef __linux__
    return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
#else
    return 1; /* every 64-bit Apple processor has it, and the other too */
#endif
}

static int has_pmull(void)
{
#ifdef __linux__
    return (getauxval(AT_HWCAP) & HWCAP_PMULL) != 0;
#else
    return 1;
#endif
}

#endif /* HAS_ARM_CRC */

void crc32_choose(void)
{
    int count = 0;
    if (crc32_way.run != NULL) {
        return; /* another interpreter of this process came first, and uses it */
    }
    fill_tables();
    ways[count++] = (CrcWay){"tables", crc_by_tables};
#ifdef HAS_CLMUL
    if (has_clmul()) {
        ways[count++] = (CrcWay){"pclmulqdq", crc_by_clmul};
    }
#endif
#ifdef HAS_ARM_CRC
    if (has_arm_crc()) {
        ways[count++] = (CrcWay){"arm crc32", crc_by_arm};
        if (has_pmull()) {
            ways[count++] = (CrcWay){"arm crc32 and pmull", crc_by_pmull};
        }
    }
#endif
    ways[count] = (CrcWay){NULL, NULL};
    crc32_way = ways[count - 1];
}

const CrcWay *crc32_ways(void)
{
    return ways;
}
