/* `Message.to_frame` of one message class: a method that packs header, fields and checksum.

   Whatever is declined goes to the pure method that the class had, which packs it after all or says
   what does not fit. */
#include "ints.h"
#include "objects.h"
#include "values.h"

#include <stddef.h>

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    Lazy layout;
    PyObject *pure; /* the generated method */
    PyObject *names[3];
} Encoder;

/* Source, sequence and timestamp, which are given by name in this or another order: 0, or -1. */
static int read_arguments(Encoder *self, PyObject *const *args, PyObject *kwnames, Head *head)
{
    PyObject *given[3] = {NULL, NULL, NULL};
    uint64_t source;
    if (kwnames == NULL || PyTuple_GET_SIZE(kwnames) != 3) {
        return -1;
    }
    for (int i = 0; i < 3; i++) {
        PyObject *name = PyTuple_GET_ITEM(kwnames, i);
        int at = name == self->names[i] ? i : 0;
        while (at < 3 && name != self->names[at]) { /* names in calls are interned */
            at++;
        }
        if (at == 3) {
            return -1;
        }
        given[at] = args[i];
    }
    if (given[0] == NULL || given[1] == NULL || given[2] == NULL ||
        int_as_u64(given[0], &source) < 0 || source == 0 || source > UINT16_MAX ||
        int_as_u64(given[1], &head->sequence) < 0 || int_as_u64(given[2], &head->timestamp) < 0) {
        return -1;
    }
    head->source = (uint16_t)source;
    return 0;
}

static PyObject *pack_fixed(const Layout *layout, PyObject *message, Head *head)
{
    uint32_t size = layout->type->size;
    PyObject *frame = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size + OVERHEAD);
    if (frame == NULL) {
        return NULL;
    }
    uint8_t *to = (uint8_t *)PyBytes_AS_STRING(frame);
    if (write_fixed(layout->type, message, to + OVERHEAD) < 0) {
        Py_DECREF(frame);
        return NULL;
    }
    write_tlv_head(to + HEADER_SIZE, layout->type_id, layout->version, size);
    head->payload_size = size + TLV_HEADER_SIZE;
    write_head(to, head);
    return frame;
}

static PyObject *pack_variable(const Layout *layout, PyObject *message, Head *head)
{
    Output out;
    PyObject *frame = NULL;
    output_open(&out);
    output_room(&out, OVERHEAD); /* there is always room for so little */
    if (write_value(layout->type, message, &out) == 0) {
        size_t size = (size_t)(out.at - out.start);
        if (size - HEADER_SIZE <= UINT32_MAX) {
            write_tlv_head(out.start + HEADER_SIZE, layout->type_id, layout->version,
                           (uint32_t)(size - OVERHEAD));
            head->payload_size = (uint32_t)(size - HEADER_SIZE);
            write_head(out.start, head);
            frame = PyBytes_FromStringAndSize((const char *)out.start, (Py_ssize_t)size);
        }
    }
    output_close(&out);
    return frame;
}

static PyObject *encoder_call(Encoder *self, PyObject *const *args, size_t nargsf,
                              PyObject *kwnames)
{
    if (PyVectorcall_NARGS(nargsf) == 1) {
        Head head;
        PyObject *message = args[0];
        PyObject *known = resolved(&self->layout);
        if (known == NULL) {
            return NULL;
        }
        if (known != Py_None && Py_IS_TYPE(message, ((Layout *)known)->type->owner) &&
            read_arguments(self, args + 1, kwnames, &head) == 0) {
            const Layout *layout = (const Layout *)known;
            head.domain = layout->domain;
            PyObject *frame = layout->type->is_fixed ? pack_fixed(layout, message, &head)
                                                     : pack_variable(layout, message, &head);
            if (frame != NULL) {
                return frame;
            }
            if (PyErr_Occurred()) {
                if (PyErr_ExceptionMatches(PyExc_MemoryError)) {
                    return NULL;
                }
                PyErr_Clear();
            }
        }
    }
    return PyObject_Vectorcall(self->pure, args, nargsf, kwnames);
}

static PyObject *encoder_get(PyObject *self, PyObject *object, PyObject *owner)
{
    (void)owner;
    return object == NULL || object == Py_None ? Py_NewRef(self) : PyMethod_New(self, object);
}

static PyObject *encoder_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"resolve", "pure", NULL};
    static const char *const names[3] = {"source", "sequence", "timestamp"};
    PyObject *resolve, *pure;
    State *state = PyType_GetModuleState(cls);
    if (state == NULL ||
        !PyArg_ParseTupleAndKeywords(args, kwargs, "OO:Encoder", keywords, &resolve, &pure)) {
        return NULL;
    }
    Encoder *self = (Encoder *)cls->tp_alloc(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->vectorcall = (vectorcallfunc)encoder_call;
    self->layout = (Lazy){Py_NewRef(resolve), NULL, state->layout, 0};
    self->pure = Py_NewRef(pure);
    for (int i = 0; i < 3; i++) {
        self->names[i] = PyUnicode_InternFromString(names[i]);
        if (self->names[i] == NULL) {
            Py_DECREF(self);
            return NULL;
        }
    }
    return (PyObject *)self;
}

static int encoder_traverse(Encoder *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->layout.resolve);
    Py_VISIT(self->layout.found);
    Py_VISIT(self->pure);
    return 0;
}

/* Only what Python code can see is cleared: a call that comes late still finds `pure`. */
static void encoder_dealloc(Encoder *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->layout.resolve);
    Py_XDECREF(self->layout.found);
    Py_XDECREF(self->pure);
    for (int i = 0; i < 3; i++) {
        Py_XDECREF(self->names[i]);
    }
    cls->tp_free(self);
    Py_DECREF(cls);
}

static PyMemberDef encoder_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Encoder, vectorcall), Py_READONLY, NULL},
    {"__wrapped__", Py_T_OBJECT_EX, offsetof(Encoder, pure), Py_READONLY,
     "The generated method, which serves what this one declines."},
    {NULL, 0, 0, 0, NULL},
};

PyDoc_STRVAR(encoder_doc, "Encoder(resolve, pure)\n--\n\nThe method `to_frame` of one class.");

static PyType_Slot encoder_slots[] = {
    {Py_tp_doc, (void *)encoder_doc},
    {Py_tp_new, encoder_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_descr_get, encoder_get},
    {Py_tp_members, encoder_members},
    {Py_tp_traverse, encoder_traverse},
    {Py_tp_dealloc, encoder_dealloc},
    {0, NULL},
};

PyType_Spec encoder_spec = {
    .name = "mycelium._native._codec.Encoder",
    .basicsize = sizeof(Encoder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
             Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .slots = encoder_slots,
};
