/* Values to bytes. Values of other classes than those that reading gives are declined, but for
   subclasses of int: what the pure codec makes of them holds. No Python code runs in here. */
#include "ints.h"
#include "values.h"

void output_open(Output *to)
{
    to->start = to->at = to->first;
    to->end = to->first + sizeof to->first;
}

void output_close(Output *to)
{
    if (to->start != to->first) {
        PyMem_Free(to->start);
    }
}

int output_grow(Output *to, size_t size)
{
    size_t used = (size_t)(to->at - to->start), had = (size_t)(to->end - to->start);
    if (size > UINT32_MAX - had) {
        PyErr_SetString(PyExc_OverflowError, "a value of more than 4 GiB");
        return -1;
    }
    size_t needed = had + (size > had ? size : had);
    uint8_t *grown;
    if (to->start == to->first) {
        grown = PyMem_Malloc(needed);
        if (grown != NULL) {
            memcpy(grown, to->first, used);
        }
    } else {
        grown = PyMem_Realloc(to->start, needed);
    }
    if (grown == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    to->start = grown;
    to->at = grown + used;
    to->end = grown + needed;
    return 0;
}

/* The value of a struct's field, or NULL when the slot is empty. */
static inline PyObject *held(PyObject *owner, const Field *field)
{
    return *slot_at(owner, field->slot);
}

/* What most fields are, without a call; the rest by write_fixed. */
static inline int write_field(const Type *type, PyObject *value, uint8_t *to)
{
    switch (type->kind) {
    case KIND_UINT:
        return int_to_bytes(value, to, type->width, 0);
    case KIND_INT:
        return int_to_bytes(value, to, type->width, 1);
    default:
        return write_fixed(type, value, to);
    }
}

static int write_struct(const Type *type, PyObject *value, uint8_t *to)
{
    if (!Py_IS_TYPE(value, type->owner)) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < type->count; i++) {
        const Field *field = &type->fields[i];
        if (field->slot < 0) {
            to[field->at] = 0;
            continue;
        }
        PyObject *part = held(value, field);
        if (part == NULL || write_field(field->type, part, to + field->at) < 0) {
            return -1;
        }
    }
    return 0;
}

static int write_float(const Type *type, PyObject *value, uint8_t *to)
{
    if (!PyFloat_CheckExact(value)) {
        return -1;
    }
    double number = PyFloat_AS_DOUBLE(value);
    int failed = type->width == 4 ? PyFloat_Pack4(number, (char *)to, 1)
                                  : PyFloat_Pack8(number, (char *)to, 1);
    if (failed) {
        PyErr_Clear();
        return -1;
    }
    return 0;
}

static int write_enum(const Type *type, PyObject *value, uint8_t *to)
{
    if (int_to_bytes(value, to, type->width, 0) < 0) {
        return -1;
    }
    if (!type->is_closed || (to[0] < type->dense_size && type->width == 1 && type->dense[to[0]])) {
        return 0;
    }
    PyObject *number = int_from_bytes(to, type->width, 0);
    if (number == NULL) {
        return -1;
    }
    int is_known = PyDict_Contains(type->members, number);
    Py_DECREF(number);
    return is_known == 1 ? 0 : -1;
}

int write_fixed(const Type *type, PyObject *value, uint8_t *to)
{
    switch (type->kind) {
    case KIND_UINT:
        return int_to_bytes(value, to, type->width, 0);
    case KIND_INT:
        return int_to_bytes(value, to, type->width, 1);
    case KIND_BYTES:
        if (!PyBytes_CheckExact(value) || PyBytes_GET_SIZE(value) != (Py_ssize_t)type->length) {
            return -1;
        }
        memcpy(to, PyBytes_AS_STRING(value), type->length);
        return 0;
    case KIND_BOOL:
        if (value != Py_True && value != Py_False) {
            return -1;
        }
        to[0] = value == Py_True;
        return 0;
    case KIND_FLOAT:
        return write_float(type, value, to);
    case KIND_ENUM:
        return write_enum(type, value, to);
    case KIND_STRUCT:
        return write_struct(type, value, to);
    case KIND_OPTIONAL:
        to[0] = value != Py_None;
        if (value == Py_None) {
            memset(to + 1, 0, type->item->size);
            return 0;
        }
        return write_fixed(type->item, value, to + 1);
    case KIND_ITEMS:
        if (!PyTuple_CheckExact(value) || PyTuple_GET_SIZE(value) != (Py_ssize_t)type->length) {
            return -1;
        }
        for (uint32_t i = 0; i < type->length; i++) {
            if (write_fixed(type->item, PyTuple_GET_ITEM(value, i), to + i * type->item->size)) {
                return -1;
            }
        }
        return 0;
    default:
        return -1;
    }
}

static int write_counted(const char *bytes, Py_ssize_t size, Output *to)
{
    if ((size_t)size > UINT32_MAX - 4) {
        return -1;
    }
    uint8_t *room = output_room(to, (size_t)size + 4);
    if (room == NULL) {
        return -1;
    }
    store32(room, (uint32_t)size);
    memcpy(room + 4, bytes, (size_t)size);
    return 0;
}

static int write_text(PyObject *value, Output *to)
{
    if (!PyUnicode_CheckExact(value)) {
        return -1;
    }
    if (PyUnicode_IS_COMPACT_ASCII(value)) {
        return write_counted((const char *)PyUnicode_1BYTE_DATA(value),
                             PyUnicode_GET_LENGTH(value), to);
    }
    PyObject *utf8 = PyUnicode_AsUTF8String(value); /* which the text itself does not keep */
    if (utf8 == NULL) {
        if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
            PyErr_Clear();
        }
        return -1;
    }
    int failed = write_counted(PyBytes_AS_STRING(utf8), PyBytes_GET_SIZE(utf8), to);
    Py_DECREF(utf8);
    return failed;
}

static int write_items(const Type *type, PyObject *value, Output *to)
{
    const Type *item = type->item;
    if (!PyTuple_CheckExact(value)) {
        return -1;
    }
    size_t count = (size_t)PyTuple_GET_SIZE(value);
    if (type->length) {
        if (count != type->length) {
            return -1;
        }
    } else {
        uint8_t *room = count > UINT32_MAX / item->minimum ? NULL : output_room(to, 4);
        if (room == NULL) {
            return -1;
        }
        store32(room, (uint32_t)count);
    }
    if (item->is_fixed) {
        uint8_t *room = output_room(to, count * item->size);
        for (size_t i = 0; room != NULL && i < count; i++, room += item->size) {
            if (write_field(item, PyTuple_GET_ITEM(value, (Py_ssize_t)i), room) < 0) {
                return -1;
            }
        }
        return room == NULL ? -1 : 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (write_value(item, PyTuple_GET_ITEM(value, (Py_ssize_t)i), to) < 0) {
            return -1;
        }
    }
    return 0;
}

int write_value(const Type *type, PyObject *value, Output *to)
{
    uint8_t *room;
    if (type->is_fixed) {
        room = output_room(to, type->size);
        return room == NULL ? -1 : write_fixed(type, value, room);
    }
    switch (type->kind) {
    case KIND_TEXT:
        return write_text(value, to);
    case KIND_BYTES:
        return PyBytes_CheckExact(value)
                   ? write_counted(PyBytes_AS_STRING(value), PyBytes_GET_SIZE(value), to)
                   : -1;
    case KIND_ITEMS:
        return write_items(type, value, to);
    case KIND_OPTIONAL:
        room = output_room(to, 1);
        if (room == NULL) {
            return -1;
        }
        room[0] = value != Py_None;
        return value == Py_None ? 0 : write_value(type->item, value, to);
    case KIND_STRUCT:
        if (!Py_IS_TYPE(value, type->owner)) {
            return -1;
        }
        for (Py_ssize_t i = 0; i < type->count; i++) {
            PyObject *part = held(value, &type->fields[i]);
            if (part == NULL || write_value(type->fields[i].type, part, to) < 0) {
                return -1;
            }
        }
        return 0;
    default:
        return -1;
    }
}
