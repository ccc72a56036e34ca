/* The values of one field of many messages, laid out as Apache Arrow lays out its arrays, but for
   booleans and presence, which take a byte each here. */
#ifndef MYCELIUM_COLUMN_H
#define MYCELIUM_COLUMN_H

#include "values.h"

/* A record is source u16, sequence u64 and timestamp u64, then the value as it is on the wire: what a
   packed numpy structure holds. Only messages of fixed size have records. */
enum { RECORD_HEAD = 18 };

typedef struct {
    uint8_t *start;
    size_t size;
    size_t room;
} Store;

/* 0, or -1 with an exception. `from` may be NULL for zeros. */
int store_append(Store *store, const uint8_t *from, size_t size);
void store_free(Store *store);

/* What the store holds as a buffer that owns it; the store is empty then. */
PyObject *chunk_from(PyTypeObject *cls, Store *store);

typedef struct Column Column;

struct Column {
    Store data;     /* values of fixed size one after the other, or all bytes of texts */
    Store offsets;  /* of what varies: 0, then where each value ends, u32s */
    Store validity; /* of what is optional: 1 for each value that is there, else 0 */
    uint32_t total; /* the last of the offsets */
    size_t count;
    Column *children;
    Py_ssize_t child_count;
};

/* Makes an empty column for values of the type: 0, or -1 with an exception. */
int column_open(Column *column, const Type *type);
void column_close(Column *column);

/* Takes the value at the cursor, which moves on: 0, or -1 (see values.h). */
int column_append(Column *column, const Type *type, Cursor *from);

/* (count, validity, offsets, data, children); what a column does not have is empty. */
PyObject *column_take(Column *column, PyTypeObject *chunk);

#endif
