/* Bytes to values. Every length is checked against the bytes that are left before it is used. */
#include "ints.h"
#include "values.h"

static PyObject *read_member(const Type *type, const uint8_t *from)
{
    PyObject *number = int_from_bytes(from, type->width, 0);
    if (number == NULL) {
        return NULL;
    }
    PyObject *member = PyDict_GetItemWithError(type->members, number);
    if (member == NULL && (type->is_closed || PyErr_Occurred())) {
        Py_DECREF(number);
        return NULL;
    }
    if (member == NULL) {
        return number;
    }
    Py_INCREF(member);
    Py_DECREF(number);
    return member;
}

static PyObject *read_enum(const Type *type, const uint8_t *from)
{
    if (type->width <= 2) {
        uint32_t number = type->width == 1 ? from[0] : load16(from);
        if (number < type->dense_size && type->dense[number] != NULL) {
            return Py_NewRef(type->dense[number]);
        }
    }
    return read_member(type, from);
}

/* What most fields are, without a call; the rest by read_fixed. */
static inline PyObject *read_field(const Type *type, const uint8_t *from)
{
    switch (type->kind) {
    case KIND_UINT:
        return int_from_bytes(from, type->width, 0);
    case KIND_INT:
        return int_from_bytes(from, type->width, 1);
    default:
        return read_fixed(type, from);
    }
}

/* Drops an object whose fields are set up to the one numbered `first`; NULL, to be returned. */
static PyObject *drop(PyObject *made, const Type *type, Py_ssize_t first)
{
    for (Py_ssize_t i = first; i < type->count; i++) {
        if (type->fields[i].slot >= 0) {
            *slot_at(made, type->fields[i].slot) = NULL;
        }
    }
    Py_DECREF(made);
    return NULL;
}

static PyObject *read_struct(const Type *type, const uint8_t *from)
{
    PyObject *made = new_object(type->owner, type->fills_all);
    if (made == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < type->count; i++) {
        const Field *field = &type->fields[i];
        if (field->slot < 0) { /* reserved */
            if (from[field->at]) {
                return drop(made, type, i);
            }
            continue;
        }
        PyObject *value = read_field(field->type, from + field->at);
        if (value == NULL) {
            return drop(made, type, i);
        }
        *slot_at(made, field->slot) = value;
    }
    return made;
}

static PyObject *read_array(const Type *type, const uint8_t *from, size_t count)
{
    const Type *item = type->item;
    PyObject *items = PyTuple_New((Py_ssize_t)count);
    if (items == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        PyObject *value = read_field(item, from + i * item->size);
        if (value == NULL) {
            Py_DECREF(items);
            return NULL;
        }
        PyTuple_SET_ITEM(items, (Py_ssize_t)i, value);
    }
    return items;
}

PyObject *read_fixed(const Type *type, const uint8_t *from)
{
    switch (type->kind) {
    case KIND_UINT:
        return int_from_bytes(from, type->width, 0);
    case KIND_INT:
        return int_from_bytes(from, type->width, 1);
    case KIND_BYTES:
        return PyBytes_FromStringAndSize((const char *)from, type->length);
    case KIND_BOOL:
        return from[0] > 1 ? NULL : Py_NewRef(from[0] ? Py_True : Py_False);
    case KIND_ENUM:
        return read_enum(type, from);
    case KIND_FLOAT: {
        double number = type->width == 4 ? PyFloat_Unpack4((const char *)from, 1)
                                         : PyFloat_Unpack8((const char *)from, 1);
        return number == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(number);
    }
    case KIND_STRUCT:
        return read_struct(type, from);
    case KIND_OPTIONAL:
        if (from[0] == 1) {
            return read_fixed(type->item, from + 1);
        }
        return from[0] || !all_zero(from + 1, type->item->size) ? NULL : Py_NewRef(Py_None);
    case KIND_ITEMS:
        return read_array(type, from, type->length);
    default:
        return NULL;
    }
}

static PyObject *read_bytes(const Type *type, Cursor *from)
{
    size_t size;
    if (take_count(from, 1, &size) < 0) {
        return NULL;
    }
    const char *start = (const char *)from->at;
    from->at += size;
    if (type->kind == KIND_BYTES) {
        return PyBytes_FromStringAndSize(start, (Py_ssize_t)size);
    }
    PyObject *text = PyUnicode_DecodeUTF8(start, (Py_ssize_t)size, NULL);
    if (text == NULL && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) {
        PyErr_Clear();
    }
    return text;
}

static PyObject *read_items(const Type *type, Cursor *from)
{
    const Type *item = type->item;
    size_t count = type->length;
    if (count == 0) {
        if (take_count(from, item->minimum, &count) < 0) {
            return NULL;
        }
    } else if (left(from) / item->minimum < count) {
        return NULL;
    }
    if (item->is_fixed) {
        const uint8_t *start = from->at;
        from->at += count * item->size;
        return read_array(type, start, count);
    }
    PyObject *items = PyTuple_New((Py_ssize_t)count);
    if (items == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        PyObject *value = read_value(item, from);
        if (value == NULL) {
            Py_DECREF(items);
            return NULL;
        }
        PyTuple_SET_ITEM(items, (Py_ssize_t)i, value);
    }
    return items;
}

/* Reads fields up to those that came after `version`, which get their defaults. */
static PyObject *read_fields(const Type *type, Cursor *from, uint8_t version)
{
    PyObject *made = new_object(type->owner, type->fills_all);
    if (made == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < type->count; i++) {
        const Field *field = &type->fields[i];
        PyObject *value;
        if (field->since > version) {
            value = left(from) ? NULL : Py_XNewRef(field->fallback);
        } else {
            value = read_value(field->type, from);
        }
        if (value == NULL) {
            return drop(made, type, i);
        }
        *slot_at(made, field->slot) = value;
    }
    return made;
}

PyObject *read_value(const Type *type, Cursor *from)
{
    if (type->is_fixed) {
        const uint8_t *start = from->at;
        if (left(from) < type->size) {
            return NULL;
        }
        from->at += type->size;
        return read_fixed(type, start);
    }
    switch (type->kind) {
    case KIND_TEXT:
    case KIND_BYTES:
        return read_bytes(type, from);
    case KIND_ITEMS:
        return read_items(type, from);
    case KIND_OPTIONAL:
        if (left(from) < 1 || from->at[0] > 1) {
            return NULL;
        }
        return *from->at++ ? read_value(type->item, from) : Py_NewRef(Py_None);
    case KIND_STRUCT:
        return read_fields(type, from, UINT8_MAX);
    default:
        return NULL;
    }
}

PyObject *read_message(const Layout *layout, const uint8_t *from, size_t size, uint8_t version)
{
    const Type *type = layout->type;
    if (type->is_fixed && version >= layout->version) {
        if (version == layout->version ? size != type->size : size < type->size) {
            return NULL;
        }
        return read_struct(type, from);
    }
    Cursor cursor = {from, from + size};
    PyObject *made = read_fields(type, &cursor, version);
    if (made != NULL && version <= layout->version && left(&cursor)) {
        Py_CLEAR(made);
    }
    return made;
}
