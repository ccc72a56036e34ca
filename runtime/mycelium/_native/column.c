/* Columns that grow by one value at a time, or by steps. */
#include "column.h"

/* How many columns a type's parts need. */
static Py_ssize_t parts_of(const Type *type)
{
    switch (type->kind) {
    case KIND_STRUCT:
        return type->count;
    case KIND_ITEMS:
    case KIND_OPTIONAL:
        return 1;
    default:
        return 0;
    }
}

static const Type *part_of(const Type *type, Py_ssize_t index)
{
    return type->kind == KIND_STRUCT ? type->fields[index].type : type->item;
}

int column_open(Column *column, const Type *type)
{
    *column = (Column){0};
    column->children = PyMem_RawCalloc((size_t)parts_of(type) + 1, sizeof(Column));
    if (column->children == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < parts_of(type); i++) {
        column->child_count = i + 1;
        if (column_open(&column->children[i], part_of(type, i)) < 0) {
            return -1;
        }
    }
    return 0;
}

void column_close(Column *column)
{
    for (Py_ssize_t i = 0; i < column->child_count; i++) {
        column_close(&column->children[i]);
    }
    PyMem_RawFree(column->children);
    store_free(&column->data);
    store_free(&column->offsets);
    store_free(&column->validity);
    *column = (Column){0};
}

/* Adds so many to the column's total, and says that a value ends there. */
static inline int end_value(Column *column, size_t count)
{
    int is_first = column->offsets.size == 0;
    uint8_t *end = store_extend(&column->offsets, is_first ? 8 : 4);
    if (end == NULL) {
        return NO_MEMORY;
    }
    if (count > INT32_MAX - column->total) {
        return TOO_MANY;
    }
    if (is_first) {
        store32(end, 0);
        end += 4;
    }
    column->total += (uint32_t)count;
    store32(end, column->total);
    return 0;
}

static inline int append_bytes(Store *store, const uint8_t *from, size_t size)
{
    return store_append(store, from, size) < 0 ? NO_MEMORY : 0;
}

/* What stands for an absent value in the columns of its parts. */
static int append_nothing(Column *column, const Type *type)
{
    int failed = 0;
    column->count++;
    switch (type->kind) {
    case KIND_STRUCT:
        for (Py_ssize_t i = 0; i < type->count && !failed; i++) {
            failed = append_nothing(&column->children[i], type->fields[i].type);
        }
        return failed;
    case KIND_ITEMS:
        for (uint32_t i = 0; i < type->length && !failed; i++) {
            failed = append_nothing(column->children, type->item);
        }
        return failed || type->length ? failed : end_value(column, 0);
    case KIND_OPTIONAL:
        failed = append_bytes(&column->validity, NULL, 1);
        return failed ? failed : append_nothing(column->children, type->item);
    default:
        return type->is_fixed ? append_bytes(&column->data, NULL, type->size)
                              : end_value(column, 0);
    }
}

/* Items whose bytes stay together go in one piece. */
static int append_together(Column *column, const Type *item, Cursor *from, size_t count)
{
    if (left(from) / item->size < count) {
        return DECLINED;
    }
    const uint8_t *start = from->at;
    column->count += count;
    from->at += count * item->size;
    return append_bytes(&column->data, start, count * item->size);
}

static int append_items(Column *column, const Type *type, Cursor *from)
{
    const Type *item = type->item;
    size_t count = type->length;
    if (count == 0) {
        int failed = take_count(from, item->minimum, &count);
        failed = failed ? failed : end_value(column, count);
        if (failed) {
            return failed;
        }
    }
    if (item->is_fixed && parts_of(item) == 0) {
        return append_together(column->children, item, from, count);
    }
    for (size_t i = 0; i < count; i++) {
        int failed = column_append(column->children, item, from);
        if (failed) {
            return failed;
        }
    }
    return 0;
}

static int append_optional(Column *column, const Type *type, Cursor *from)
{
    if (left(from) < 1) {
        return DECLINED;
    }
    int is_there = *from->at == 1;
    if (append_bytes(&column->validity, from->at++, 1) < 0) {
        return NO_MEMORY;
    }
    return is_there || type->is_fixed ? column_append(column->children, type->item, from)
                                      : append_nothing(column->children, type->item);
}

int column_append(Column *column, const Type *type, Cursor *from)
{
    size_t size = type->size;
    int failed = 0;
    column->count++;
    switch (type->kind) {
    case KIND_STRUCT:
        for (Py_ssize_t i = 0; i < type->count && !failed; i++) {
            failed = column_append(&column->children[i], type->fields[i].type, from);
        }
        return failed;
    case KIND_ITEMS:
        return append_items(column, type, from);
    case KIND_OPTIONAL:
        return append_optional(column, type, from);
    default:
        break;
    }
    if (!type->is_fixed) {
        failed = take_count(from, 1, &size);
        failed = failed ? failed : end_value(column, size);
    }
    if (failed || left(from) < size) {
        return failed ? failed : DECLINED;
    }
    from->at += size;
    return append_bytes(&column->data, from->at - size, size);
}

void column_reserve(Column *column, double times)
{
    store_foresee(&column->data, times);
    store_foresee(&column->offsets, times);
    store_foresee(&column->validity, times);
    for (Py_ssize_t i = 0; i < column->child_count; i++) {
        column_reserve(&column->children[i], times);
    }
}

static int add_step(Store *to, uint32_t at, uint32_t size, Step *steps, size_t *count)
{
    if (*count == MOST_STEPS) {
        return -1;
    }
    steps[(*count)++] = (Step){to, at, size};
    return 0;
}

int column_steps(Column *column, const Type *type, uint32_t at, Step *steps, size_t *count)
{
    if (!type->is_fixed) {
        return -1;
    }
    switch (type->kind) {
    case KIND_STRUCT:
        for (Py_ssize_t i = 0; i < type->count; i++) {
            const Field *field = &type->fields[i];
            if (column_steps(&column->children[i], field->type, at + field->at, steps, count) < 0) {
                return -1;
            }
        }
        return 0;
    case KIND_OPTIONAL:
        return add_step(&column->validity, at, 1, steps, count) < 0
                   ? -1
                   : column_steps(column->children, type->item, at + 1, steps, count);
    case KIND_ITEMS:
        return parts_of(type->item)
                   ? -1
                   : add_step(&column->children->data, at, type->size, steps, count);
    default:
        return add_step(&column->data, at, type->size, steps, count);
    }
}

void column_count(Column *column, const Type *type, size_t count)
{
    column->count += count;
    if (type->kind == KIND_ITEMS) {
        count *= type->length;
    }
    for (Py_ssize_t i = 0; i < column->child_count; i++) {
        column_count(&column->children[i], part_of(type, i), count);
    }
}

PyObject *column_take(Column *column, PyTypeObject *chunk)
{
    PyObject *children = PyTuple_New(column->child_count);
    for (Py_ssize_t i = 0; children != NULL && i < column->child_count; i++) {
        PyObject *child = column_take(&column->children[i], chunk);
        if (child == NULL) {
            Py_CLEAR(children);
        } else {
            PyTuple_SET_ITEM(children, i, child);
        }
    }
    if (children == NULL) {
        return NULL;
    }
    PyObject *taken = Py_BuildValue("(nNNNN)", (Py_ssize_t)column->count,
                                    chunk_from(chunk, &column->validity),
                                    chunk_from(chunk, &column->offsets),
                                    chunk_from(chunk, &column->data), children);
    column->count = 0;
    column->total = 0;
    return taken;
}
