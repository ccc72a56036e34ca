/* The values of one field of many messages, laid out as Apache Arrow lays out its arrays, but for
   booleans and presence, which take a byte each here. */
#ifndef MYCELIUM_COLUMN_H
#define MYCELIUM_COLUMN_H

#include "values.h" /* first, as it has Python.h, which wants to be */
#include "store.h"

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

/* What can keep values from being taken, besides bytes that are none (see values.h). */
enum { DECLINED = -1, NO_MEMORY = -2, TOO_MANY = -3 };

/* Takes the value at the cursor, which moves on: 0, or one of these. No Python is needed. */
int column_append(Column *column, const Type *type, Cursor *from);

/* Makes room for so many times what the column holds, as far as there is memory. */
void column_reserve(Column *column, double times);

/* Where the bytes of a value of fixed size go. Only one of columns that take the same bytes of every
   value has steps: not those of arrays of structures. */
typedef struct {
    Store *to;
    uint32_t at; /* from the value's start */
    uint32_t size;
} Step;

enum { MOST_STEPS = 128 };

/* Appends the steps of a value that starts at `at`: 0, or -1 when there are none, or too many. */
int column_steps(Column *column, const Type *type, uint32_t at, Step *steps, size_t *count);

/* Says that so many values came by steps. */
void column_count(Column *column, const Type *type, size_t count);

/* (count, validity, offsets, data, children); what a column does not have is empty. */
PyObject *column_take(Column *column, PyTypeObject *chunk);

#endif
