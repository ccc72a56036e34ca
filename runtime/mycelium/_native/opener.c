/* `Message.from_frame` and `Message.view` of one class: a frame that has to carry its message.

   Whatever is declined goes to the pure function, which reads it after all or says what is wrong. */
#include "view.h"
#include "values.h"

#include <stddef.h>

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    Lazy layout;
    Lazy view; /* gives the class of views, or None where the message itself is wanted */
    PyObject *pure;
} Opener;

/* Finds the layout's first TLV: 0, or -1. */
static int find(const Layout *layout, const uint8_t *from, size_t size, Tlv *found)
{
    Head head;
    Tlv tlv;
    if (size < HEADER_SIZE || read_head(from, DEFAULT_MAX_FRAME, &head) < 0 ||
        size - HEADER_SIZE != head.payload_size || head.domain != layout->domain ||
        !is_intact(from, head.payload_size)) {
        return -1;
    }
    found->value = NULL;
    for (const uint8_t *at = from + HEADER_SIZE; at < from + size; at = tlv.value + tlv.length) {
        if (read_tlv(at, (size_t)(from + size - at), &tlv) < 0) {
            return -1;
        }
        if (tlv.type_id == layout->type_id && found->value == NULL) {
            *found = tlv;
        }
    }
    return found->value == NULL ? -1 : 0;
}

/* The message or a view of it, or NULL as in values.h. */
static PyObject *opened(Opener *self, PyObject *data)
{
    Tlv tlv;
    PyObject *known = resolved(&self->layout);
    if (known == NULL || known == Py_None) {
        return NULL;
    }
    const Layout *layout = (const Layout *)known;
    if (find(layout, (const uint8_t *)PyBytes_AS_STRING(data), (size_t)PyBytes_GET_SIZE(data),
             &tlv) < 0) {
        return NULL;
    }
    if (self->view.resolve == Py_None) {
        return read_message(layout, tlv.value, tlv.length, tlv.version);
    }
    PyObject *view = resolved(&self->view);
    if (view == NULL || view == Py_None ||
        check_message(layout, tlv.value, tlv.length, tlv.version) < 0) {
        return NULL;
    }
    return view_make((PyTypeObject *)view, data, layout, &tlv);
}

static PyObject *opener_call(Opener *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (PyVectorcall_NARGS(nargsf) == 1 && kwnames == NULL) {
        PyObject *data = bytes_of(args[0]);
        if (data != NULL) {
            PyObject *found = opened(self, data);
            Py_DECREF(data);
            if (found != NULL) {
                return found;
            }
        }
        if (PyErr_Occurred()) {
            return NULL;
        }
    }
    return PyObject_Vectorcall(self->pure, args, nargsf, kwnames);
}

static PyObject *opener_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"resolve", "view", "pure", NULL};
    PyObject *resolve, *view, *pure;
    State *state = PyType_GetModuleState(cls);
    if (state == NULL || !PyArg_ParseTupleAndKeywords(args, kwargs, "OOO:Opener", keywords,
                                                      &resolve, &view, &pure)) {
        return NULL;
    }
    Opener *self = (Opener *)cls->tp_alloc(cls, 0);
    if (self != NULL) {
        self->vectorcall = (vectorcallfunc)opener_call;
        self->layout = (Lazy){Py_NewRef(resolve), NULL, state->layout, 0};
        self->view = (Lazy){Py_NewRef(view), NULL, state->view, 1};
        self->pure = Py_NewRef(pure);
    }
    return (PyObject *)self;
}

static int opener_traverse(Opener *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->layout.resolve);
    Py_VISIT(self->layout.found);
    Py_VISIT(self->view.resolve);
    Py_VISIT(self->view.found);
    Py_VISIT(self->pure);
    return 0;
}

static void opener_dealloc(Opener *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->layout.resolve);
    Py_XDECREF(self->layout.found);
    Py_XDECREF(self->view.resolve);
    Py_XDECREF(self->view.found);
    Py_XDECREF(self->pure);
    cls->tp_free(self);
    Py_DECREF(cls);
}

static PyMemberDef opener_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Opener, vectorcall), Py_READONLY, NULL},
    {"__wrapped__", Py_T_OBJECT_EX, offsetof(Opener, pure), Py_READONLY,
     "The pure function, which serves what this one declines."},
    {NULL, 0, 0, 0, NULL},
};

PyDoc_STRVAR(opener_doc, "Opener(resolve, view, pure)\n--\n\n"
                         "A function of a frame that gives one class's message, or a view of it.");

static PyType_Slot opener_slots[] = {
    {Py_tp_doc, (void *)opener_doc},
    {Py_tp_new, opener_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, opener_members},
    {Py_tp_traverse, opener_traverse},
    {Py_tp_dealloc, opener_dealloc},
    {0, NULL},
};

PyType_Spec opener_spec = {
    .name = "mycelium._native._codec.Opener",
    .basicsize = sizeof(Opener),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
             Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = opener_slots,
};
