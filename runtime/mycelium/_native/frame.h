/* The frame's header and the TLV's. Offsets and meanings are those of docs/wire-format.md. */
#ifndef MYCELIUM_FRAME_H
#define MYCELIUM_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "crc32.h"

enum {
    HEADER_SIZE = 32,
    CHECKED_HEAD = 28,
    TLV_HEADER_SIZE = 8,
    OVERHEAD = HEADER_SIZE + TLV_HEADER_SIZE,
    DEFAULT_MAX_FRAME = 1 << 20,
    NO_TYPE = 0xFFFF,
};

#define FRAME_START 0x02DEADBEEFull /* magic, then the protocol's version: the first five bytes */
#define FRAME_START_MASK 0xFFFFFFFFFFull

typedef struct {
    uint64_t sequence;
    uint64_t timestamp;
    uint32_t payload_size;
    uint16_t source;
    uint8_t domain;
} Head;

/* Whether a header is sound, all but its checksum: 0, or -1. There have to be 32 bytes. */
static inline int read_head(const uint8_t *from, size_t max_frame, Head *head)
{
    uint64_t start = load64(from);
    head->domain = (uint8_t)(start >> 40);
    head->source = (uint16_t)(start >> 48);
    head->sequence = load64(from + 8);
    head->timestamp = load64(from + 16);
    head->payload_size = load32(from + 24);
    return (start & FRAME_START_MASK) == FRAME_START && head->source &&
                   max_frame >= HEADER_SIZE && head->payload_size <= max_frame - HEADER_SIZE
               ? 0
               : -1;
}

/* Whether the checksum of a frame that is all there holds. */
static inline int is_intact(const uint8_t *from, uint32_t payload_size)
{
    return crc32_way.run(from, from + HEADER_SIZE, payload_size) == load32(from + CHECKED_HEAD);
}

/* Writes the header around a payload that is there already. */
static inline void write_head(uint8_t *to, const Head *head)
{
    uint64_t domain = head->domain, source = head->source;
    store64(to, FRAME_START | domain << 40 | source << 48);
    store64(to + 8, head->sequence);
    store64(to + 16, head->timestamp);
    store32(to + 24, head->payload_size);
    store32(to + CHECKED_HEAD, crc32_way.run(to, to + HEADER_SIZE, head->payload_size));
}

typedef struct {
    const uint8_t *value;
    uint32_t length;
    uint16_t type_id;
    uint8_t version;
} Tlv;

/* The TLV at the start of `size` bytes: 0, or -1 when it is malformed or cut. */
static inline int read_tlv(const uint8_t *from, size_t size, Tlv *tlv)
{
    if (size < TLV_HEADER_SIZE) {
        return -1;
    }
    tlv->type_id = load16(from);
    tlv->version = from[2];
    tlv->length = load32(from + 4);
    tlv->value = from + TLV_HEADER_SIZE;
    return tlv->type_id == 0 || tlv->type_id == NO_TYPE || tlv->version == 0 ||
                   tlv->length > size - TLV_HEADER_SIZE
               ? -1
               : 0;
}

static inline void write_tlv_head(uint8_t *to, uint16_t type_id, uint8_t version, uint32_t length)
{
    store32(to, (uint32_t)type_id | (uint32_t)version << 16);
    store32(to + 4, length);
}

#endif
