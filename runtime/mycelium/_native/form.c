/* Classes such as Frame and Envelope: a few numbers of the header, the message, constants. */
#include "ints.h"
#include "objects.h"

enum {
    ROLE_MESSAGE,
    ROLE_SOURCE,
    ROLE_SEQUENCE,
    ROLE_TIMESTAMP,
    ROLE_PAYLOAD_SIZE,
    ROLE_OTHERS,
    ROLE_DATA,
    ROLE_HEADER,
    ROLE_OFFSET,
    ROLE_DOMAIN,
    ROLE_CONSTANT,
};

static const char *const roles[] = {
    "message", "source", "sequence", "timestamp", "payload_size", "others",
    "data",    "header", "offset",   "domain",    "constant",
};

static PyObject *value_of(const Form *form, const Part *part, const Found *found)
{
    switch (part->role) {
    case ROLE_MESSAGE:
        return Py_XNewRef(found->message);
    case ROLE_SOURCE:
        return PyLong_FromLong(found->head.source);
    case ROLE_SEQUENCE:
        return int_from_u64(found->head.sequence);
    case ROLE_TIMESTAMP:
        return int_from_u64(found->head.timestamp);
    case ROLE_PAYLOAD_SIZE:
        return PyLong_FromUnsignedLong(found->head.payload_size);
    case ROLE_OTHERS:
        return Py_NewRef(found->others == NULL ? form->empty : found->others);
    case ROLE_DATA:
        return Py_XNewRef(found->data);
    case ROLE_HEADER:
        return Py_XNewRef(found->header);
    case ROLE_OFFSET:
        return PyLong_FromSsize_t(found->offset);
    case ROLE_DOMAIN:
        return PyLong_FromLong(found->head.domain);
    default:
        return Py_NewRef(part->constant);
    }
}

PyObject *form_make(const Form *form, const Found *found)
{
    PyObject *made = new_object(form->owner, form->fills_all);
    if (made == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < form->count; i++) {
        PyObject *value = value_of(form, &form->parts[i], found);
        if (value == NULL) {
            if (!PyErr_Occurred()) {
                PyErr_Format(PyExc_TypeError, "%s: expected a form that needs less",
                             form->owner->tp_name);
            }
            while (i < form->count) {
                *slot_at(made, form->parts[i++].slot) = NULL;
            }
            Py_DECREF(made);
            return NULL;
        }
        *slot_at(made, form->parts[i].slot) = value;
    }
    return made;
}

static int fill_part(Part *part, PyObject *tuple, PyTypeObject *owner)
{
    PyObject *name, *constant = NULL;
    const char *role;
    if (!PyTuple_Check(tuple)) {
        PyErr_SetString(PyExc_TypeError, "a part of a form has to be a tuple");
        return -1;
    }
    if (!PyArg_ParseTuple(tuple, "Us|O", &name, &role, &constant)) {
        return -1;
    }
    part->constant = Py_XNewRef(constant);
    part->slot = slot_of(owner, name);
    if (part->slot < 0) {
        return -1;
    }
    for (part->role = 0; part->role <= ROLE_CONSTANT; part->role++) {
        if (!strcmp(role, roles[part->role])) {
            break;
        }
    }
    if (part->role > ROLE_CONSTANT || (part->role == ROLE_CONSTANT) != (constant != NULL)) {
        PyErr_Format(PyExc_ValueError, "%s: not a role, or not one with this constant", role);
        return -1;
    }
    return 0;
}

static int note_slots(Form *self)
{
    Py_ssize_t *slots = PyMem_Calloc((size_t)self->count + 1, sizeof *slots);
    if (slots == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < self->count; i++) {
        slots[i] = self->parts[i].slot;
    }
    self->fills_all = fills_all(self->owner, slots, self->count);
    PyMem_Free(slots);
    return 0;
}

static PyObject *form_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"owner", "parts", NULL};
    PyTypeObject *owner;
    PyObject *parts;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!:Form", keywords, &PyType_Type, &owner,
                                     &PyTuple_Type, &parts) ||
        check_plain(owner) < 0) {
        return NULL;
    }
    Form *self = (Form *)cls->tp_alloc(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->owner = (PyTypeObject *)Py_NewRef(owner);
    self->empty = PyTuple_New(0);
    self->parts = PyMem_Calloc((size_t)PyTuple_GET_SIZE(parts) + 1, sizeof(Part));
    if (self->parts == NULL || self->empty == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    while (self->count < PyTuple_GET_SIZE(parts)) {
        Part *part = &self->parts[self->count];
        if (fill_part(part, PyTuple_GET_ITEM(parts, self->count++), owner) < 0) {
            Py_DECREF(self);
            return NULL;
        }
    }
    if (note_slots(self) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static int form_traverse(Form *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->owner);
    for (Py_ssize_t i = 0; i < self->count; i++) {
        Py_VISIT(self->parts[i].constant);
    }
    return 0;
}

static void form_dealloc(Form *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    for (Py_ssize_t i = 0; i < self->count; i++) {
        Py_XDECREF(self->parts[i].constant);
    }
    PyMem_Free(self->parts);
    Py_XDECREF(self->empty);
    Py_XDECREF(self->owner);
    cls->tp_free(self);
    Py_DECREF(cls);
}

PyDoc_STRVAR(form_doc, "Form(owner, parts)\n--\n\n"
                       "A class that holds what was read: (attribute, role[, constant]) a part.");

static PyType_Slot form_slots[] = {
    {Py_tp_doc, (void *)form_doc},
    {Py_tp_new, form_new},
    {Py_tp_traverse, form_traverse},
    {Py_tp_dealloc, form_dealloc},
    {0, NULL},
};

PyType_Spec form_spec = {
    .name = "mycelium._native._codec.Form",
    .basicsize = sizeof(Form),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = form_slots,
};
