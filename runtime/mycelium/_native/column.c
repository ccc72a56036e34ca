/* Columns that grow by one value at a time. */
#include "column.h"

enum { FIRST_ROOM = 1024 };

int store_append(Store *store, const uint8_t *from, size_t size)
{
    if (store->room - store->size < size) {
        size_t room = store->room ? store->room : FIRST_ROOM;
        while (room - store->size < size) {
            if (room > SIZE_MAX / 2) {
                PyErr_NoMemory();
                return -1;
            }
            room *= 2;
        }
        uint8_t *grown = PyMem_RawRealloc(store->start, room);
        if (grown == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        store->start = grown;
        store->room = room;
    }
    if (size == 0) {
        return 0;
    }
    if (from == NULL) {
        memset(store->start + store->size, 0, size);
    } else {
        memcpy(store->start + store->size, from, size);
    }
    store->size += size;
    return 0;
}

void store_free(Store *store)
{
    PyMem_RawFree(store->start);
    *store = (Store){0};
}

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
static int end_value(Column *column, size_t count)
{
    uint8_t end[4];
    if (column->offsets.size == 0 && store_append(&column->offsets, NULL, sizeof end) < 0) {
        return -1;
    }
    if (count > INT32_MAX - column->total) {
        PyErr_SetString(PyExc_OverflowError, "a column of more than 2 GiB");
        return -1;
    }
    column->total += (uint32_t)count;
    store32(end, column->total);
    return store_append(&column->offsets, end, sizeof end);
}

/* What stands for an absent value in the columns of its parts. */
static int append_nothing(Column *column, const Type *type)
{
    column->count++;
    switch (type->kind) {
    case KIND_STRUCT:
        for (Py_ssize_t i = 0; i < type->count; i++) {
            if (append_nothing(&column->children[i], type->fields[i].type) < 0) {
                return -1;
            }
        }
        return 0;
    case KIND_ITEMS:
        for (uint32_t i = 0; i < type->length; i++) {
            if (append_nothing(column->children, type->item) < 0) {
                return -1;
            }
        }
        return type->length ? 0 : end_value(column, 0);
    case KIND_OPTIONAL:
        return store_append(&column->validity, NULL, 1) < 0
                   ? -1
                   : append_nothing(column->children, type->item);
    default:
        return type->is_fixed ? store_append(&column->data, NULL, type->size)
                              : end_value(column, 0);
    }
}

static int append_items(Column *column, const Type *type, Cursor *from)
{
    size_t count = type->length;
    if (count == 0 && (take_count(from, type->item->minimum, &count) < 0 ||
                       end_value(column, count) < 0)) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (column_append(column->children, type->item, from) < 0) {
            return -1;
        }
    }
    return 0;
}

static int append_optional(Column *column, const Type *type, Cursor *from)
{
    if (left(from) < 1 || store_append(&column->validity, from->at, 1) < 0) {
        return -1;
    }
    int is_there = *from->at++ == 1;
    return is_there || type->is_fixed ? column_append(column->children, type->item, from)
                                      : append_nothing(column->children, type->item);
}

int column_append(Column *column, const Type *type, Cursor *from)
{
    size_t size = type->size;
    column->count++;
    switch (type->kind) {
    case KIND_STRUCT:
        for (Py_ssize_t i = 0; i < type->count; i++) {
            if (column_append(&column->children[i], type->fields[i].type, from) < 0) {
                return -1;
            }
        }
        return 0;
    case KIND_ITEMS:
        return append_items(column, type, from);
    case KIND_OPTIONAL:
        return append_optional(column, type, from);
    default:
        break;
    }
    if (!type->is_fixed && (take_count(from, 1, &size) < 0 || end_value(column, size) < 0)) {
        return -1;
    }
    if (left(from) < size || store_append(&column->data, from->at, size) < 0) {
        return -1;
    }
    from->at += size;
    return 0;
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
