/* Makes types of the trees that `mycelium.protocol.layout` says. */
#include "layout.h"

#include "ints.h"

enum {
    DEEPEST = 40,      /* levels of types within types */
    MOST_BYTES = 1 << 30,
    DENSE = 256,       /* numbers below it are looked up by index */
};

static Type *type_of(PyObject *tree, int depth);

void free_type(Type *type)
{
    if (type == NULL) {
        return;
    }
    for (Py_ssize_t i = 0; i < type->count; i++) {
        Py_XDECREF(type->fields[i].name);
        Py_XDECREF(type->fields[i].fallback);
        free_type((Type *)type->fields[i].type);
    }
    free_type((Type *)type->item);
    Py_XDECREF(type->owner);
    Py_XDECREF(type->members);
    PyMem_Free(type->dense); /* its members are held by the dict */
    PyMem_Free(type->numbers);
    PyMem_Free(type->fields);
    PyMem_Free(type);
}

int visit_type(const Type *type, visitproc visit, void *arg)
{
    if (type == NULL) {
        return 0;
    }
    for (Py_ssize_t i = 0; i < type->count; i++) {
        Py_VISIT(type->fields[i].fallback);
        int stop = visit_type(type->fields[i].type, visit, arg);
        if (stop) {
            return stop;
        }
    }
    Py_VISIT(type->owner);
    Py_VISIT(type->members);
    return visit_type(type->item, visit, arg);
}

/* One field of a struct's tree: (name, tree, since, fallback...); reserved bytes have no name. */
static int fill_field(Field *field, PyObject *part, PyTypeObject *owner, int depth)
{
    PyObject *name, *tree, *fallback = NULL;
    unsigned char since;
    if (!PyTuple_Check(part)) {
        PyErr_SetString(PyExc_TypeError, "a field's layout has to be a tuple");
        return -1;
    }
    if (!PyArg_ParseTuple(part, "OOb|O", &name, &tree, &since, &fallback)) {
        return -1;
    }
    field->since = since;
    field->slot = -1;
    if (name != Py_None) {
        if (!PyUnicode_Check(name)) {
            PyErr_SetString(PyExc_TypeError, "a field's name has to be a text");
            return -1;
        }
        field->name = Py_NewRef(name);
        field->slot = slot_of(owner, name);
        if (field->slot < 0) {
            return -1;
        }
    }
    field->fallback = Py_XNewRef(fallback);
    field->type = type_of(tree, depth + 1);
    if (field->type == NULL) {
        return -1;
    }
    if ((field->type->kind == KIND_RESERVED) != (name == Py_None)) {
        PyErr_SetString(PyExc_TypeError, "what is reserved has no name, and nothing else has none");
        return -1;
    }
    return 0;
}

/* Whether objects need not be emptied before they are filled: 0, or -1 with an exception. */
static int note_slots(Type *type)
{
    Py_ssize_t count = 0;
    Py_ssize_t *slots = PyMem_Calloc((size_t)type->count + 1, sizeof *slots);
    if (slots == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < type->count; i++) {
        if (type->fields[i].slot >= 0) {
            slots[count++] = type->fields[i].slot;
        }
    }
    type->fills_all = (uint8_t)fills_all(type->owner, slots, count);
    PyMem_Free(slots);
    return 0;
}

static int fill_struct(Type *type, PyObject *rest, int depth)
{
    PyObject *owner, *parts;
    uint64_t size = 0, minimum = 0;
    if (!PyArg_ParseTuple(rest, "O!O!", &PyType_Type, &owner, &PyTuple_Type, &parts)) {
        return -1;
    }
    type->owner = (PyTypeObject *)Py_NewRef(owner);
    if (check_plain(type->owner) < 0) {
        return -1;
    }
    type->fields = PyMem_Calloc((size_t)PyTuple_GET_SIZE(parts) + 1, sizeof(Field));
    if (type->fields == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    type->is_fixed = type->takes_any = 1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parts); i++) {
        Field *field = &type->fields[i];
        type->count = i + 1;
        field->at = (uint32_t)size;
        field->is_placed = type->is_fixed;
        if (fill_field(field, PyTuple_GET_ITEM(parts, i), type->owner, depth) < 0) {
            return -1;
        }
        type->is_fixed = type->is_fixed && field->type->is_fixed;
        type->takes_any = type->takes_any && field->type->takes_any;
        size += field->type->size;
        minimum += field->type->minimum;
        if (size > MOST_BYTES || minimum > MOST_BYTES) {
            PyErr_SetString(PyExc_OverflowError, "too many bytes");
            return -1;
        }
    }
    for (Py_ssize_t i = 0; i < type->count && !type->is_fixed; i++) {
        if (type->fields[i].slot < 0) {
            PyErr_SetString(PyExc_ValueError, "what varies cannot have reserved bytes");
            return -1;
        }
    }
    type->size = type->is_fixed ? (uint32_t)size : 0;
    type->minimum = (uint32_t)minimum;
    return note_slots(type);
}

static int fill_items(Type *type, PyObject *rest, int depth)
{
    PyObject *item;
    if (!PyArg_ParseTuple(rest, "OI", &item, &type->length)) {
        return -1;
    }
    type->item = type_of(item, depth + 1);
    if (type->item == NULL) {
        return -1;
    }
    if (type->item->minimum == 0 ||
        (uint64_t)type->length * (type->item->size + type->item->minimum) > MOST_BYTES) {
        PyErr_SetString(PyExc_OverflowError, "too many bytes, or none");
        return -1;
    }
    type->is_fixed = type->length && type->item->is_fixed;
    type->takes_any = type->item->takes_any; /* the count is looked at anyway */
    type->size = type->is_fixed ? type->length * type->item->size : 0;
    type->minimum = type->length ? type->length * type->item->minimum : 4;
    return 0;
}

static int fill_optional(Type *type, PyObject *rest, int depth)
{
    PyObject *item;
    if (!PyArg_ParseTuple(rest, "O", &item)) {
        return -1;
    }
    type->item = type_of(item, depth + 1);
    if (type->item == NULL) {
        return -1;
    }
    type->is_fixed = type->item->is_fixed;
    type->size = type->is_fixed ? type->item->size + 1 : 0;
    type->minimum = type->is_fixed ? type->size : 1;
    return 0;
}

/* Puts a number of the type's width among the others, in order. */
static void insert_number(Type *type, const uint8_t *number)
{
    size_t at = type->number_count, width = type->width;
    while (at && memcmp(type->numbers + (at - 1) * width, number, width) > 0) {
        at--;
    }
    memmove(type->numbers + (at + 1) * width, type->numbers + at * width,
            (type->number_count - at) * width);
    memcpy(type->numbers + at * width, number, width);
    type->number_count++;
}

/* Notes which numbers a closed enum has, so that bytes are checked without Python: 0, or -1. */
static int note_numbers(Type *type)
{
    PyObject *number;
    Py_ssize_t at = 0;
    uint8_t bytes[32];
    type->numbers = PyMem_Calloc((size_t)PyDict_GET_SIZE(type->members) + 1, type->width);
    if (type->numbers == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    while (PyDict_Next(type->members, &at, &number, NULL)) {
        if (int_to_bytes(number, bytes, type->width, 0) == 0) {
            insert_number(type, bytes);
        }
    }
    return 0;
}

static int fill_enum(Type *type, PyObject *rest)
{
    PyObject *members;
    int is_closed;
    PyObject *number, *member;
    Py_ssize_t at = 0;
    if (!PyArg_ParseTuple(rest, "bO!p", &type->width, &PyDict_Type, &members, &is_closed)) {
        return -1;
    }
    type->is_closed = (uint8_t)is_closed;
    type->members = PyDict_Copy(members); /* ours alone: nobody changes it */
    type->dense = PyMem_Calloc(DENSE, sizeof(PyObject *));
    if (type->members == NULL || type->dense == NULL) {
        if (!PyErr_Occurred()) {
            PyErr_NoMemory();
        }
        return -1;
    }
    while (PyDict_Next(type->members, &at, &number, &member)) {
        long small = PyLong_Check(number) ? PyLong_AsLong(number) : DENSE;
        if (small == -1 && PyErr_Occurred()) {
            PyErr_Clear();
        } else if (small >= 0 && small < DENSE) {
            type->dense[small] = member;
            type->dense_size = small >= (long)type->dense_size ? (uint32_t)small + 1
                                                               : type->dense_size;
        }
    }
    type->is_fixed = 1;
    return 0;
}

static int is_width(uint8_t width, uint8_t largest)
{
    return width && width <= largest && !(width & (width - 1));
}

static int fill(Type *type, const char *kind, PyObject *rest, int depth)
{
    uint8_t largest = 32;
    type->is_fixed = 1;
    if (!strcmp(kind, "struct")) {
        type->kind = KIND_STRUCT;
        return fill_struct(type, rest, depth);
    }
    if (!strcmp(kind, "items")) {
        type->kind = KIND_ITEMS;
        return fill_items(type, rest, depth);
    }
    if (!strcmp(kind, "optional")) {
        type->kind = KIND_OPTIONAL;
        return fill_optional(type, rest, depth);
    }
    if (!strcmp(kind, "text")) {
        type->kind = KIND_TEXT;
        type->is_fixed = 0;
        type->minimum = 4;
        return 0;
    }
    if (!strcmp(kind, "bytes")) {
        type->kind = KIND_BYTES;
        if (!PyArg_ParseTuple(rest, "I", &type->length)) {
            return -1;
        }
        if (type->length > MOST_BYTES) {
            PyErr_SetString(PyExc_OverflowError, "too many bytes");
            return -1;
        }
        type->is_fixed = type->takes_any = type->length != 0;
        type->size = type->length;
        type->minimum = type->length ? type->length : 4;
        return 0;
    }
    if (!strcmp(kind, "bool") || !strcmp(kind, "reserved")) {
        type->kind = kind[0] == 'b' ? KIND_BOOL : KIND_RESERVED;
        type->width = 1;
    } else if (!strcmp(kind, "enum")) {
        type->kind = KIND_ENUM;
        if (fill_enum(type, rest) < 0) {
            return -1;
        }
    } else if (!strcmp(kind, "uint") || !strcmp(kind, "int") || !strcmp(kind, "float")) {
        type->kind = kind[0] == 'u' ? KIND_UINT : kind[0] == 'i' ? KIND_INT : KIND_FLOAT;
        largest = kind[0] == 'f' ? 8 : 32;
        if (!PyArg_ParseTuple(rest, "b", &type->width)) {
            return -1;
        }
    } else {
        PyErr_Format(PyExc_ValueError, "expected a kind of type, found %s", kind);
        return -1;
    }
    type->takes_any = type->kind == KIND_UINT || type->kind == KIND_INT ||
                      type->kind == KIND_FLOAT || (type->kind == KIND_ENUM && !type->is_closed);
    if (!is_width(type->width, largest) || (type->kind == KIND_FLOAT && type->width < 4)) {
        PyErr_Format(PyExc_ValueError, "%s: expected a width, found %d", kind, type->width);
        return -1;
    }
    type->size = type->minimum = type->width;
    return type->kind == KIND_ENUM && type->is_closed ? note_numbers(type) : 0;
}

static Type *type_of(PyObject *tree, int depth)
{
    if (depth > DEEPEST) {
        PyErr_SetString(PyExc_RecursionError, "types are nested too deeply");
        return NULL;
    }
    if (!PyTuple_Check(tree) || PyTuple_GET_SIZE(tree) == 0) {
        PyErr_SetString(PyExc_TypeError, "a type's layout has to be a tuple");
        return NULL;
    }
    const char *kind = PyUnicode_Check(PyTuple_GET_ITEM(tree, 0))
                           ? PyUnicode_AsUTF8(PyTuple_GET_ITEM(tree, 0))
                           : "";
    PyObject *rest = PyTuple_GetSlice(tree, 1, PyTuple_GET_SIZE(tree));
    Type *type = PyMem_Calloc(1, sizeof(Type));
    if (kind == NULL || rest == NULL || type == NULL) {
        if (!PyErr_Occurred()) {
            PyErr_NoMemory();
        }
        Py_XDECREF(rest);
        PyMem_Free(type);
        return NULL;
    }
    int failed = fill(type, kind, rest, depth);
    Py_DECREF(rest);
    if (failed) {
        free_type(type);
        return NULL;
    }
    return type;
}

Type *type_new(PyObject *tree)
{
    return type_of(tree, 0);
}
