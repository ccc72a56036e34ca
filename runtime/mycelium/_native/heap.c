/* Messages to records or columns. */
#include "heap.h"

/* The bytes of the fields that came after a version: 0, or -1 with an exception. */
static int write_defaults(const Layout *layout, uint8_t version, Store *defaults)
{
    const Type *type = layout->type;
    Output to;
    int failed = 0;
    output_open(&to);
    for (Py_ssize_t i = 0; i < type->count && !failed; i++) {
        const Field *field = &type->fields[i];
        failed = field->since > version &&
                 (field->fallback == NULL || write_value(field->type, field->fallback, &to) < 0);
    }
    if (!failed && store_append(defaults, to.start, (size_t)(to.at - to.start)) < 0) {
        PyErr_NoMemory();
        failed = 1;
    }
    output_close(&to);
    if (failed && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_ValueError, "expected a default that fits its field");
    }
    return failed ? -1 : 0;
}

static void note_steps(Heap *heap)
{
    static const uint32_t at[HEADER_COLUMNS] = {6, 8, 16}, size[HEADER_COLUMNS] = {2, 8, 8};
    size_t found = 0;
    for (int i = 0; i < HEADER_COLUMNS; i++) {
        heap->steps[i] = (Step){&heap->header[i], at[i], size[i]};
    }
    if (column_steps(&heap->column, heap->layout->type, OVERHEAD, heap->steps + HEADER_COLUMNS,
                     &found) == 0) {
        heap->step_count = HEADER_COLUMNS + found;
    }
}

int heap_open(Heap *heap, const Layout *layout, int as_records)
{
    heap->layout = layout;
    heap->as_records = as_records;
    if (as_records && !layout->type->is_fixed) {
        PyErr_SetString(PyExc_ValueError, "expected messages of fixed size");
        return -1;
    }
    heap->defaults = PyMem_RawCalloc((size_t)layout->version + 1, sizeof(Store));
    if (heap->defaults == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (uint8_t version = 1; version < layout->version; version++) {
        if (write_defaults(layout, version, &heap->defaults[version]) < 0) {
            return -1;
        }
    }
    if (column_open(&heap->column, layout->type) < 0) {
        return -1;
    }
    note_steps(heap);
    return 0;
}

void heap_close(Heap *heap)
{
    column_close(&heap->column);
    store_free(&heap->records);
    for (int i = 0; i < HEADER_COLUMNS; i++) {
        store_free(&heap->header[i]);
    }
    for (int version = 0; heap->defaults != NULL && version <= heap->layout->version; version++) {
        store_free(&heap->defaults[version]);
    }
    PyMem_RawFree(heap->defaults);
    *heap = (Heap){0};
}

/* Copies with the sizes that most fields have known to the compiler. */
static void take_step(const Step *step, const uint8_t *const *frames, size_t count, uint8_t *to)
{
#define EACH(bytes)                                                                                \
    case bytes:                                                                                    \
        for (size_t i = 0; i < count; i++) {                                                       \
            memcpy(to + i * bytes, frames[i] + step->at, bytes);                                   \
        }                                                                                          \
        return;
    switch (step->size) {
        EACH(1)
        EACH(2)
        EACH(4)
        EACH(8)
        EACH(16)
        EACH(20)
        EACH(32)
    default:
        for (size_t i = 0; i < count; i++) {
            memcpy(to + i * step->size, frames[i] + step->at, step->size);
        }
    }
#undef EACH
}

/* Copies 16 bytes at a time where there are as many: a call of memcpy costs more than such a copy. */
static inline void copy(uint8_t *to, const uint8_t *from, size_t size)
{
    if (size < 16 || size > 256) {
        memcpy(to, from, size);
        return;
    }
    for (size_t at = 0; at + 16 < size; at += 16) {
        memcpy(to + at, from + at, 16);
    }
    memcpy(to + size - 16, from + size - 16, 16);
}

static int settle_records(Heap *heap)
{
    size_t size = heap->layout->type->size;
    uint8_t *to = store_extend(&heap->records, heap->waiting_count * (RECORD_HEAD + size));
    if (to == NULL) {
        return NO_MEMORY;
    }
    for (size_t i = 0; i < heap->waiting_count; i++, to += RECORD_HEAD + size) {
        memcpy(to, heap->waiting[i] + RECORD_FROM, RECORD_HEAD);
        copy(to + RECORD_HEAD, heap->waiting[i] + OVERHEAD, size);
    }
    return 0;
}

static int settle_columns(Heap *heap)
{
    for (size_t i = 0; i < heap->step_count; i++) {
        const Step *step = &heap->steps[i];
        uint8_t *to = store_extend(step->to, heap->waiting_count * step->size);
        if (to == NULL) {
            return NO_MEMORY;
        }
        take_step(step, heap->waiting, heap->waiting_count, to);
    }
    column_count(&heap->column, heap->layout->type, heap->waiting_count);
    return 0;
}

int heap_settle(Heap *heap)
{
    if (heap->waiting_count == 0) {
        return 0;
    }
    int failed = heap->as_records ? settle_records(heap) : settle_columns(heap);
    heap->count += heap->waiting_count;
    heap->waiting_count = 0;
    return failed;
}

static int add_record(Heap *heap, const uint8_t *frame, const Tlv *tlv, const Store *missing)
{
    size_t size = heap->layout->type->size;
    uint8_t *to = store_extend(&heap->records, RECORD_HEAD + size);
    if (to == NULL) {
        return NO_MEMORY;
    }
    memcpy(to, frame + RECORD_FROM, RECORD_HEAD);
    memcpy(to + RECORD_HEAD, tlv->value, size - missing->size);
    if (missing->size) {
        memcpy(to + RECORD_HEAD + size - missing->size, missing->start, missing->size);
    }
    return 0;
}

static int add_columns(Heap *heap, const uint8_t *frame, const Tlv *tlv, const Store *missing)
{
    const Type *type = heap->layout->type;
    Cursor from = {tlv->value, tlv->value + tlv->length};
    const uint8_t *start = missing->size ? missing->start : frame; /* no sum with a null pointer */
    Cursor defaults = {start, start + missing->size};
    for (int i = 0; i < HEADER_COLUMNS; i++) {
        const Step *step = &heap->steps[i];
        if (store_append(step->to, frame + step->at, step->size) < 0) {
            return NO_MEMORY;
        }
    }
    for (Py_ssize_t i = 0; i < type->count; i++) {
        const Field *field = &type->fields[i];
        int failed = column_append(&heap->column.children[i], field->type,
                                   field->since > tlv->version ? &defaults : &from);
        if (failed) {
            return failed;
        }
    }
    return 0;
}

int heap_add(Heap *heap, const uint8_t *frame, const Head *head, const Tlv *tlv)
{
    const Layout *layout = heap->layout;
    if (head->payload_size == TLV_HEADER_SIZE + tlv->length && tlv->version == layout->version &&
        layout->type->is_fixed && (heap->as_records || heap->step_count)) {
        heap->waiting[heap->waiting_count++] = frame;
        return heap->waiting_count < AT_ONCE ? 0 : heap_settle(heap);
    }
    static const Store nothing = {0};
    const Store *missing =
        tlv->version < layout->version ? &heap->defaults[tlv->version] : &nothing;
    int failed = heap_settle(heap);
    if (!failed) {
        failed = heap->as_records ? add_record(heap, frame, tlv, missing)
                                  : add_columns(heap, frame, tlv, missing);
    }
    heap->count += !failed;
    return failed;
}

void heap_reserve(Heap *heap, double times)
{
    store_foresee(&heap->records, times);
    for (int i = 0; i < HEADER_COLUMNS; i++) {
        store_foresee(&heap->header[i], times);
    }
    column_reserve(&heap->column, times);
}

PyObject *heap_take(Heap *heap, PyTypeObject *chunk)
{
    Py_ssize_t count = (Py_ssize_t)heap->count;
    heap->count = 0;
    if (heap->as_records) {
        return Py_BuildValue("(nN)", count, chunk_from(chunk, &heap->records));
    }
    return Py_BuildValue("(nNNNN)", count, chunk_from(chunk, &heap->header[0]),
                         chunk_from(chunk, &heap->header[1]), chunk_from(chunk, &heap->header[2]),
                         column_take(&heap->column, chunk));
}
