/* `Registry.decode_frame`: one frame to an object of a form, Frame or Envelope say.

   Whatever is declined goes to the pure function, which reads it after all or says what is wrong
   with it. */
#include "ints.h"
#include "objects.h"

#include <stddef.h>

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    Catalog *catalog;
    Form *form;
    PyObject *pure;  /* (data, max_frame, validate) */
    PyObject *max_frame_name;
} Decoder;

/* The frame, or NULL as in values.h. */
static PyObject *decode(Decoder *self, PyObject *data, size_t max_frame)
{
    const uint8_t *from = (const uint8_t *)PyBytes_AS_STRING(data);
    size_t size = (size_t)PyBytes_GET_SIZE(data);
    Found found = {.data = data};
    if (size < HEADER_SIZE || read_head(from, max_frame, &found.head) < 0 ||
        size - HEADER_SIZE != found.head.payload_size ||
        !is_intact(from, found.head.payload_size) ||
        catalog_read(self->catalog, from + HEADER_SIZE, &found) < 0) {
        return NULL;
    }
    PyObject *made = form_make(self->form, &found);
    Py_DECREF(found.message);
    Py_XDECREF(found.others);
    return made;
}

/* The limit of the second argument, by place or by name; 0 where the pure function has to look. */
static size_t limit_of(Decoder *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    uint64_t limit;
    Py_ssize_t named = kwnames == NULL ? 0 : PyTuple_GET_SIZE(kwnames);
    if (nargs + named == 1) {
        return nargs == 1 ? DEFAULT_MAX_FRAME : 0;
    }
    if (nargs + named != 2 || nargs == 0 ||
        (named && PyTuple_GET_ITEM(kwnames, 0) != self->max_frame_name) ||
        int_as_u64(args[1], &limit) < 0) {
        return 0;
    }
    return limit > PY_SSIZE_T_MAX ? PY_SSIZE_T_MAX : (size_t)limit;
}

PyObject *copy_of(PyObject *data)
{
    if (!PyByteArray_CheckExact(data) && !PyMemoryView_Check(data)) {
        return NULL;
    }
    PyObject *copy = PyBytes_FromObject(data);
    if (copy == NULL && !PyErr_ExceptionMatches(PyExc_MemoryError)) {
        PyErr_Clear();
    }
    return copy;
}

static PyObject *decoder_call(Decoder *self, PyObject *const *args, size_t nargsf,
                              PyObject *kwnames)
{
    size_t limit = limit_of(self, args, PyVectorcall_NARGS(nargsf), kwnames);
    if (limit) {
        PyObject *data = bytes_of(args[0]);
        if (data != NULL) {
            PyObject *frame = decode(self, data, limit);
            Py_DECREF(data);
            if (frame != NULL) {
                return frame;
            }
        }
        if (PyErr_Occurred()) {
            return NULL;
        }
    }
    return PyObject_Vectorcall(self->pure, args, nargsf, kwnames);
}

static PyObject *decoder_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"catalog", "form", "pure", NULL};
    PyObject *catalog, *form, *pure;
    State *state = PyType_GetModuleState(cls);
    if (state == NULL ||
        !PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!O:Decoder", keywords, state->catalog,
                                     &catalog, state->form, &form, &pure)) {
        return NULL;
    }
    Decoder *self = (Decoder *)cls->tp_alloc(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->vectorcall = (vectorcallfunc)decoder_call;
    self->catalog = (Catalog *)Py_NewRef(catalog);
    self->form = (Form *)Py_NewRef(form);
    self->pure = Py_NewRef(pure);
    self->max_frame_name = PyUnicode_InternFromString("max_frame");
    if (self->max_frame_name == NULL) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static int decoder_traverse(Decoder *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->catalog);
    Py_VISIT(self->form);
    Py_VISIT(self->pure);
    return 0;
}

static void decoder_dealloc(Decoder *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->catalog);
    Py_XDECREF(self->form);
    Py_XDECREF(self->pure);
    Py_XDECREF(self->max_frame_name);
    cls->tp_free(self);
    Py_DECREF(cls);
}

static PyMemberDef decoder_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Decoder, vectorcall), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyDoc_STRVAR(decoder_doc, "Decoder(catalog, form, pure)\n--\n\n"
                          "A function of a frame and its limit that gives an object of the form.");

static PyType_Slot decoder_slots[] = {
    {Py_tp_doc, (void *)decoder_doc},
    {Py_tp_new, decoder_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, decoder_members},
    {Py_tp_traverse, decoder_traverse},
    {Py_tp_dealloc, decoder_dealloc},
    {0, NULL},
};

PyType_Spec decoder_spec = {
    .name = "mycelium._native._codec.Decoder",
    .basicsize = sizeof(Decoder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
             Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = decoder_slots,
};
