/* The messages of one class that were gathered: records, or columns. No Python is needed to add one. */
#ifndef MYCELIUM_HEAP_H
#define MYCELIUM_HEAP_H

#include "column.h"
#include "frame.h"

/* A record is source u16, sequence u64 and timestamp u64, then the value as it is on the wire: what a
   packed numpy structure holds. Only messages of fixed size have records. In a header the three stand
   in this order too, one behind the other. */
enum { RECORD_HEAD = 18, RECORD_FROM = 6 };

enum { HEADER_COLUMNS = 3, AT_ONCE = 64 };

typedef struct {
    const Layout *layout;
    int as_records;
    size_t count;
    Store records;
    Store header[HEADER_COLUMNS]; /* sources, sequences, timestamps */
    Column column;
    Store *defaults;             /* by version: the bytes of the fields that its values do not have */
    Step steps[HEADER_COLUMNS + MOST_STEPS];
    size_t step_count;           /* 0 where values are taken one by one */
    const uint8_t *waiting[AT_ONCE];
    size_t waiting_count;        /* frames that are taken together, column by column */
} Heap;

/* 0, or -1 with an exception. The layout has to outlive the heap. */
int heap_open(Heap *heap, const Layout *layout, int as_records);
void heap_close(Heap *heap);

/* Takes a message whose form was checked: 0, or what column_append gives. The frame has to stay where
   it is until the heap is settled. */
int heap_add(Heap *heap, const uint8_t *frame, const Head *head, const Tlv *tlv);

/* Takes what waits: 0, or NO_MEMORY. */
int heap_settle(Heap *heap);

/* Makes room for so many times what it holds, as far as there is memory. */
void heap_reserve(Heap *heap, double times);

/* (count, records), or (count, sources, sequences, timestamps, column). */
PyObject *heap_take(Heap *heap, PyTypeObject *chunk);

#endif
