/* CRC-32 (IEEE, as in zlib) of a frame: the first 28 bytes of its header, then the payload. */
#ifndef MYCELIUM_CRC32_H
#define MYCELIUM_CRC32_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t (*frame_crc_fn)(const uint8_t *head, const uint8_t *payload, size_t size);

typedef struct {
    const char *name;
    frame_crc_fn run;
} CrcWay;

/* The fastest way that this processor has. Set by crc32_choose, and not changed afterwards. */
extern CrcWay crc32_way;

/* Fills the tables and chooses. */
void crc32_choose(void);

/* Every way that this processor has, for tests; the last one has no name. */
const CrcWay *crc32_ways(void);

#endif
