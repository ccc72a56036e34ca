/* Every way to the checksum that this processor has, over frames of every size up to 700 bytes and some
   large ones, each in memory of exactly its size and at every alignment, beside the definition. Says
   which ways there are; ends with 1 where one is wrong. See test_checksums.py. */
#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"
#include "crc32.h"

enum { HEADER = 32, CHECKED = 28, EVERY = 700, LARGEST = 1 << 20 };

static uint32_t with_byte(uint32_t crc, uint8_t byte)
{
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) {
        crc = crc & 1 ? 0xEDB88320u ^ crc >> 1 : crc >> 1;
    }
    return crc;
}

static uint32_t by_definition(const uint8_t *frame, size_t payload)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < HEADER + payload; i++) {
        crc = i >= CHECKED && i < HEADER ? crc : with_byte(crc, frame[i]);
    }
    return ~crc;
}

static uint32_t random_word(void)
{
    static uint64_t state = 0x9E3779B97F4A7C15ull;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)(state >> 32);
}

static int check(size_t payload, size_t shift)
{
    int failed = 0;
    uint8_t *memory = malloc(shift + HEADER + payload), *frame = memory + shift;
    if (memory == NULL) {
        return 1;
    }
    for (size_t i = 0; i < HEADER + payload; i++) {
        frame[i] = (uint8_t)random_word();
    }
    uint32_t expected = by_definition(frame, payload);
    for (const CrcWay *way = crc32_ways(); way->name != NULL; way++) {
        uint32_t found = way->run(frame, frame + HEADER, payload);
        if (found != expected) {
            printf("%s, %zu bytes, shifted by %zu: expected %08x, found %08x\n", way->name, payload,
                   shift, (unsigned)expected, (unsigned)found);
            failed = 1;
        }
    }
    free(memory);
    return failed;
}

int main(void)
{
    int failed = 0;
    crc32_choose();
    for (const CrcWay *way = crc32_ways(); way->name != NULL; way++) {
        printf("%s%s\n", way->name, way->run == crc32_way.run ? " (chosen)" : "");
    }
    for (size_t payload = 0; payload <= EVERY; payload++) {
        failed |= check(payload, payload % 16);
        failed |= check(payload, random_word() % 16);
    }
    for (size_t payload = EVERY; payload <= LARGEST; payload = payload * 3 + random_word() % 64) {
        failed |= check(payload, random_word() % 16);
    }
    return failed;
}
