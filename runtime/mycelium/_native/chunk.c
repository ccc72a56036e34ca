/* Memory that was gathered, given away as a read-only buffer without being copied. */
#include "column.h"
#include "objects.h"

typedef struct {
    PyObject_HEAD
    uint8_t *start;
    Py_ssize_t size;
} Chunk;

PyObject *chunk_from(PyTypeObject *cls, Store *store)
{
    Chunk *self = (Chunk *)cls->tp_alloc(cls, 0);
    if (self != NULL) {
        self->start = store->start;
        self->size = (Py_ssize_t)store->size;
        *store = (Store){0};
    }
    return (PyObject *)self;
}

static int chunk_getbuffer(Chunk *self, Py_buffer *view, int flags)
{
    static uint8_t nothing;
    void *start = self->start == NULL ? &nothing : self->start;
    return PyBuffer_FillInfo(view, (PyObject *)self, start, self->size, 1, flags);
}

static Py_ssize_t chunk_length(Chunk *self)
{
    return self->size;
}

static void chunk_dealloc(Chunk *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyMem_RawFree(self->start);
    cls->tp_free(self);
    Py_DECREF(cls);
}

PyDoc_STRVAR(chunk_doc, "Gathered bytes: a read-only buffer.");

static PyType_Slot chunk_slots[] = {
    {Py_tp_doc, (void *)chunk_doc},
    {Py_bf_getbuffer, chunk_getbuffer},
    {Py_sq_length, chunk_length},
    {Py_tp_dealloc, chunk_dealloc},
    {0, NULL},
};

PyType_Spec chunk_spec = {
    .name = "mycelium._native._codec.Chunk",
    .basicsize = sizeof(Chunk),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = chunk_slots,
};
