/* Values to bytes and back, as a layout says.

   Nothing here explains what is wrong. A function that is given what it does not take returns NULL
   or -1 without an exception: it has declined, and the pure codec, asked the same, says why. With an
   exception it has failed, for want of memory. */
#ifndef MYCELIUM_VALUES_H
#define MYCELIUM_VALUES_H

#include "layout.h"
#include "bytes.h"

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} Cursor;

static inline size_t left(const Cursor *from)
{
    return (size_t)(from->end - from->at);
}

/* A count, and whether so many items of at least `least` bytes can be there. 0, or -1. */
static inline int take_count(Cursor *from, uint32_t least, size_t *count)
{
    if (left(from) < 4) {
        return -1;
    }
    *count = load32(from->at);
    from->at += 4;
    return *count > left(from) / least ? -1 : 0;
}

/* The value of a fixed type, whose bytes are known to be there. */
PyObject *read_fixed(const Type *type, const uint8_t *from);

/* The value at the cursor, which moves on. */
PyObject *read_value(const Type *type, Cursor *from);

/* Moves over a value without looking at more of it than its lengths. 0, or -1 when it is cut. */
int skip_value(const Type *type, Cursor *from);

/* Whether the bytes are a value of the type, without making it: 0, or -1. The cursor moves on. */
int check_value(const Type *type, Cursor *from);

/* The message whose value, written by `version`, the bytes are, to the last one. */
PyObject *read_message(const Layout *layout, const uint8_t *from, size_t size, uint8_t version);

/* The same of a whole message, without making it: 0, or -1. */
int check_message(const Layout *layout, const uint8_t *from, size_t size, uint8_t version);

/* Bytes that are being written. `first` is where small messages fit without an allocation. */
typedef struct {
    uint8_t *start;
    uint8_t *at;
    uint8_t *end;
    uint8_t first[1024];
} Output;

void output_open(Output *to);
void output_close(Output *to);

/* Makes room for `size` more bytes: 0, or -1 with an exception. */
int output_grow(Output *to, size_t size);

/* Room for `size` more bytes, or NULL with an exception. What it gives moves `at` on. */
static inline uint8_t *output_room(Output *to, size_t size)
{
    if ((size_t)(to->end - to->at) < size && output_grow(to, size) < 0) {
        return NULL;
    }
    uint8_t *room = to->at;
    to->at += size;
    return room;
}

/* Writes exactly the type's size. 0, or -1. */
int write_fixed(const Type *type, PyObject *value, uint8_t *to);

/* 0, or -1. */
int write_value(const Type *type, PyObject *value, Output *to);

#endif
