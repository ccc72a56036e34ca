/* Many frames to columns or records, without a Python object a message. */
#include "column.h"
#include "objects.h"

enum { HEADER_COLUMNS = 3 };

typedef struct {
    const Layout *layout;
    size_t count;
    Store records;
    Store header[HEADER_COLUMNS]; /* sources, sequences, timestamps */
    Column column;
} Heap;

typedef struct {
    PyObject_HEAD
    PyObject *layouts; /* a dict from type id to layout */
    Catalog *catalog;  /* every type of the system: what is not gathered is passed over */
    Heap *heaps;
    Py_ssize_t heap_count;
    int as_records;
    PyTypeObject *chunk;
} Gatherer;

static Heap *heap_of(Gatherer *self, uint16_t type_id)
{
    for (Py_ssize_t i = 0; i < self->heap_count; i++) {
        if (self->heaps[i].layout->type_id == type_id) {
            return &self->heaps[i];
        }
    }
    return NULL;
}

/* The bytes of the fields that an older writer's value does not have: 0, or -1. */
static int write_defaults(const Layout *layout, uint8_t version, Output *to)
{
    const Type *type = layout->type;
    for (Py_ssize_t i = 0; i < type->count; i++) {
        const Field *field = &type->fields[i];
        if (field->since > version && write_value(field->type, field->fallback, to) < 0) {
            if (!PyErr_Occurred()) {
                PyErr_SetString(PyExc_ValueError, "expected a default that fits its field");
            }
            return -1;
        }
    }
    return 0;
}

static int add_record(Heap *heap, const Head *head, const Tlv *tlv, const Output *defaults)
{
    uint8_t start[RECORD_HEAD];
    size_t size = heap->layout->type->size;
    size_t missing = (size_t)(defaults->at - defaults->start);
    store16(start, head->source);
    store64(start + 2, head->sequence);
    store64(start + 10, head->timestamp);
    return store_append(&heap->records, start, RECORD_HEAD) < 0 ||
                   store_append(&heap->records, tlv->value, size - missing) < 0 ||
                   store_append(&heap->records, defaults->start, missing) < 0
               ? -1
               : 0;
}

static int add_columns(Heap *heap, const Head *head, const Tlv *tlv, const Output *defaults)
{
    const Type *type = heap->layout->type;
    Cursor from = {tlv->value, tlv->value + tlv->length};
    Cursor missing = {defaults->start, defaults->at};
    uint8_t source[2], sequence[8], timestamp[8];
    store16(source, head->source);
    store64(sequence, head->sequence);
    store64(timestamp, head->timestamp);
    if (store_append(&heap->header[0], source, sizeof source) < 0 ||
        store_append(&heap->header[1], sequence, sizeof sequence) < 0 ||
        store_append(&heap->header[2], timestamp, sizeof timestamp) < 0) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < type->count; i++) {
        const Field *field = &type->fields[i];
        if (column_append(&heap->column.children[i], field->type,
                          field->since > tlv->version ? &missing : &from) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Takes a message whose form was checked: 0, or -1 with an exception. */
static int add(Gatherer *self, Heap *heap, const Head *head, const Tlv *tlv)
{
    Output defaults;
    output_open(&defaults);
    int failed = tlv->version < heap->layout->version
                     ? write_defaults(heap->layout, tlv->version, &defaults)
                     : 0;
    if (!failed) {
        failed = self->as_records ? add_record(heap, head, tlv, &defaults)
                                  : add_columns(heap, head, tlv, &defaults);
    }
    output_close(&defaults);
    heap->count += !failed;
    if (failed && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_RuntimeError, "expected bytes that nobody writes to");
    }
    return failed;
}

/* Whether the payload's TLVs are sound as decoding would see it, but that none has to be known:
   0, or -1. */
static int check_payload(Gatherer *self, const uint8_t *payload, const Head *head)
{
    Tlv tlv;
    const uint8_t *end = payload + head->payload_size;
    for (const uint8_t *at = payload; at < end; at = tlv.value + tlv.length) {
        if (read_tlv(at, (size_t)(end - at), &tlv) < 0) {
            return -1;
        }
        Lazy *entry = catalog_find(self->catalog, tlv.type_id);
        if (entry == NULL) {
            continue;
        }
        PyObject *known = resolved(entry);
        if (known == NULL || known == Py_None || ((Layout *)known)->domain != head->domain ||
            check_message((Layout *)known, tlv.value, tlv.length, tlv.version) < 0) {
            return -1;
        }
    }
    return payload < end ? 0 : -1;
}

/* Gathers one intact frame: 0, or -1 (see values.h). */
static int gather_frame(Gatherer *self, const uint8_t *frame, const Head *head)
{
    Tlv tlv;
    const uint8_t *payload = frame + HEADER_SIZE, *end = payload + head->payload_size;
    if (check_payload(self, payload, head) < 0) {
        return -1;
    }
    for (const uint8_t *at = payload; at < end; at = tlv.value + tlv.length) {
        if (read_tlv(at, (size_t)(end - at), &tlv) < 0) {
            return -1;
        }
        Heap *heap = heap_of(self, tlv.type_id);
        if (heap != NULL && add(self, heap, head, &tlv) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Gathers frames from `at` on, which moves to where the last one ends; how many there were, or -1
   with an exception. */
static Py_ssize_t feed(Gatherer *self, const Py_buffer *data, Py_ssize_t *at, size_t max_frame,
                       Py_ssize_t most)
{
    Py_ssize_t count = 0;
    Head head;
    while (count < most && data->len - *at >= HEADER_SIZE) {
        const uint8_t *frame = (const uint8_t *)data->buf + *at;
        if (read_head(frame, max_frame, &head) < 0 ||
            (size_t)(data->len - *at - HEADER_SIZE) < head.payload_size ||
            !is_intact(frame, head.payload_size) || gather_frame(self, frame, &head) < 0) {
            return PyErr_Occurred() ? -1 : count;
        }
        *at += HEADER_SIZE + (Py_ssize_t)head.payload_size;
        count++;
    }
    return count;
}

/* feed(data, at, max_frame, most): gathers up to `most` frames from a place on, as long as they are
   whole and sound. Where the last one ends, and how many there were. */
static PyObject *gatherer_feed(Gatherer *self, PyObject *args)
{
    Py_buffer data;
    Py_ssize_t at, max_frame, most, count = -1;
    if (!PyArg_ParseTuple(args, "y*nnn:feed", &data, &at, &max_frame, &most)) {
        return NULL;
    }
    if (at < 0 || at > data.len || max_frame < 0) {
        PyErr_SetString(PyExc_ValueError, "expected a place in the data, and a limit from 0 on");
    } else {
        Py_BEGIN_CRITICAL_SECTION(self);
        count = feed(self, &data, &at, (size_t)max_frame, most);
        Py_END_CRITICAL_SECTION();
    }
    PyBuffer_Release(&data);
    return count < 0 ? NULL : Py_BuildValue("(nn)", at, count);
}

static PyObject *take_heap(Gatherer *self, Heap *heap)
{
    Py_ssize_t count = (Py_ssize_t)heap->count;
    heap->count = 0;
    if (self->as_records) {
        return Py_BuildValue("(nN)", count, chunk_from(self->chunk, &heap->records));
    }
    return Py_BuildValue("(nNNNN)", count, chunk_from(self->chunk, &heap->header[0]),
                         chunk_from(self->chunk, &heap->header[1]),
                         chunk_from(self->chunk, &heap->header[2]),
                         column_take(&heap->column, self->chunk));
}

static PyObject *take(Gatherer *self)
{
    PyObject *all = PyDict_New();
    for (Py_ssize_t i = 0; all != NULL && i < self->heap_count; i++) {
        PyObject *key = PyLong_FromLong(self->heaps[i].layout->type_id);
        PyObject *found = take_heap(self, &self->heaps[i]);
        if (key == NULL || found == NULL || PyDict_SetItem(all, key, found) < 0) {
            Py_CLEAR(all);
        }
        Py_XDECREF(key);
        Py_XDECREF(found);
    }
    return all;
}

/* take(): what was gathered since the last time, by type id. */
static PyObject *gatherer_take(Gatherer *self, PyObject *unused)
{
    PyObject *all;
    (void)unused;
    Py_BEGIN_CRITICAL_SECTION(self);
    all = take(self);
    Py_END_CRITICAL_SECTION();
    return all;
}

static int add_heap(Gatherer *self, PyObject *value, PyTypeObject *expected)
{
    if (!Py_IS_TYPE(value, expected)) {
        PyErr_Format(PyExc_TypeError, "expected a layout, found %R", value);
        return -1;
    }
    const Layout *layout = (const Layout *)value;
    if (self->as_records && !layout->type->is_fixed) {
        PyErr_SetString(PyExc_ValueError, "expected messages of fixed size");
        return -1;
    }
    Heap *heap = &self->heaps[self->heap_count++];
    heap->layout = layout;
    return column_open(&heap->column, layout->type);
}

static PyObject *gatherer_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"catalog", "layouts", "as_records", NULL};
    State *state = PyType_GetModuleState(cls);
    PyObject *catalog, *layouts, *value;
    Py_ssize_t at = 0;
    int as_records;
    if (state == NULL || !PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!p:Gatherer", keywords,
                                                      state->catalog, &catalog, &PyDict_Type,
                                                      &layouts, &as_records)) {
        return NULL;
    }
    Gatherer *self = (Gatherer *)cls->tp_alloc(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->as_records = as_records;
    self->chunk = (PyTypeObject *)Py_NewRef((PyObject *)state->chunk);
    self->catalog = (Catalog *)Py_NewRef(catalog);
    self->layouts = PyDict_Copy(layouts);
    self->heaps = PyMem_Calloc((size_t)PyDict_GET_SIZE(layouts) + 1, sizeof(Heap));
    if (self->layouts == NULL || self->heaps == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    while (PyDict_Next(self->layouts, &at, NULL, &value)) {
        if (add_heap(self, value, state->layout) < 0) {
            Py_DECREF(self);
            return NULL;
        }
    }
    return (PyObject *)self;
}

static int gatherer_traverse(Gatherer *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->layouts);
    Py_VISIT(self->catalog);
    Py_VISIT(self->chunk);
    return 0;
}

static void gatherer_dealloc(Gatherer *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    for (Py_ssize_t i = 0; i < self->heap_count; i++) {
        Heap *heap = &self->heaps[i];
        column_close(&heap->column);
        store_free(&heap->records);
        for (int k = 0; k < HEADER_COLUMNS; k++) {
            store_free(&heap->header[k]);
        }
    }
    PyMem_Free(self->heaps);
    Py_XDECREF(self->layouts);
    Py_XDECREF(self->catalog);
    Py_XDECREF((PyObject *)self->chunk);
    cls->tp_free(self);
    Py_DECREF(cls);
}

static PyMethodDef gatherer_methods[] = {
    {"feed", (PyCFunction)(void (*)(void))gatherer_feed, METH_VARARGS,
     "feed(data, at, max_frame, most): gathers sound frames; where they end, and how many."},
    {"take", (PyCFunction)(void (*)(void))gatherer_take, METH_NOARGS,
     "take(): what was gathered since the last time, by type id."},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(gatherer_doc, "Gatherer(catalog, layouts, as_records)\n--\n\n"
                           "Gathers the messages of some layouts; one thread at a time uses it.");

static PyType_Slot gatherer_slots[] = {
    {Py_tp_doc, (void *)gatherer_doc},
    {Py_tp_new, gatherer_new},
    {Py_tp_methods, gatherer_methods},
    {Py_tp_traverse, gatherer_traverse},
    {Py_tp_dealloc, gatherer_dealloc},
    {0, NULL},
};

PyType_Spec gatherer_spec = {
    .name = "mycelium._native._codec.Gatherer",
    .basicsize = sizeof(Gatherer),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = gatherer_slots,
};
