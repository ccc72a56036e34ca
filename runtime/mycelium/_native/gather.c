/* Many frames to columns or records, without a Python object a message and without the interpreter's
   lock: other threads run meanwhile. */
#include "heap.h"
#include "objects.h"

enum {
    FORESEEING = 4096, /* frames after which the rest is judged by them */
    CHANGED = -4,      /* beside what column_append gives: checked bytes are others now */
};

typedef struct {
    PyObject_HEAD
    PyObject *layouts; /* a dict from type id to layout; frames of other types are passed over */
    PyTypeObject *chunk;
    Heap *heaps;
    Py_ssize_t heap_count;
    uint16_t *pages[256]; /* by the high byte of a type id: 1 + the heap of each low byte, or 0 */
    size_t frames, bytes; /* gathered since the last `take` */
    int is_busy;
    int is_broken; /* something failed: of some message there may be a part */
} Gatherer;

static Heap *heap_of(Gatherer *self, uint16_t type_id)
{
    const uint16_t *page = self->pages[type_id >> 8];
    uint16_t number = page == NULL ? 0 : page[type_id & 0xFF];
    return number ? &self->heaps[number - 1] : NULL;
}

/* The TLV at a place, whose form is checked as decoding would, and its heap, or NULL where there is
   none: 0, or -1. */
static inline int check_tlv(Gatherer *self, const uint8_t *at, const uint8_t *end, const Head *head,
                            Tlv *tlv, Heap **heap)
{
    if (read_tlv(at, (size_t)(end - at), tlv) < 0) {
        return -1;
    }
    *heap = heap_of(self, tlv->type_id);
    return *heap != NULL &&
                   ((*heap)->layout->domain != head->domain ||
                    check_message((*heap)->layout, tlv->value, tlv->length, tlv->version) < 0)
               ? -1
               : 0;
}

/* Takes a message whose form was checked: 0, or why not. */
static inline int take_message(Heap *heap, const uint8_t *frame, const Head *head, const Tlv *tlv)
{
    int failed = heap == NULL ? 0 : heap_add(heap, frame, head, tlv);
    return failed == DECLINED ? CHANGED : failed;
}

/* Gathers one intact frame: 0, DECLINED, or why not. All of it is checked before any of it is taken. */
static int gather_frame(Gatherer *self, const uint8_t *frame, const Head *head)
{
    Tlv tlv;
    Heap *heap;
    const uint8_t *payload = frame + HEADER_SIZE, *end = payload + head->payload_size;
    if (check_tlv(self, payload, end, head, &tlv, &heap) < 0) {
        return DECLINED;
    }
    if (tlv.value + tlv.length == end) {
        return take_message(heap, frame, head, &tlv);
    }
    for (const uint8_t *at = tlv.value + tlv.length; at < end; at = tlv.value + tlv.length) {
        if (check_tlv(self, at, end, head, &tlv, &heap) < 0) {
            return DECLINED;
        }
    }
    for (const uint8_t *at = payload; at < end; at = tlv.value + tlv.length) {
        if (check_tlv(self, at, end, head, &tlv, &heap) < 0) { /* again: its size is relied on */
            return CHANGED;
        }
        int failed = take_message(heap, frame, head, &tlv);
        if (failed) {
            return failed;
        }
    }
    return 0;
}

/* Makes room for as many bytes of frames as are to come, if they are like those that came. */
static void foresee(Gatherer *self, size_t ahead)
{
    for (Py_ssize_t i = 0; i < self->heap_count; i++) {
        heap_reserve(&self->heaps[i], 1.02 * (double)ahead / (double)self->bytes);
    }
}

typedef struct {
    const uint8_t *start, *end, *at;
    size_t most, ahead, max_frame;
    Py_ssize_t count;
} Feeding;

/* Gathers sound frames until one is not: 0, or what has failed. */
static int feed(Gatherer *self, Feeding *f)
{
    Head head;
    int failed = 0;
    const uint8_t *last = (size_t)(f->end - f->at) < f->most ? f->end : f->at + f->most;
    while (f->at < last && f->end - f->at >= HEADER_SIZE && !failed) {
        if (read_head(f->at, f->max_frame, &head) < 0 ||
            (size_t)(f->end - f->at - HEADER_SIZE) < head.payload_size ||
            !is_intact(f->at, head.payload_size)) {
            break;
        }
        failed = gather_frame(self, f->at, &head);
        if (failed == DECLINED) {
            failed = 0;
            break;
        }
        f->at += HEADER_SIZE + head.payload_size;
        f->count++;
    }
    for (Py_ssize_t i = 0; i < self->heap_count; i++) {
        int short_of = heap_settle(&self->heaps[i]);
        failed = failed ? failed : short_of;
    }
    return failed;
}

static int take_over(Gatherer *self)
{
    int was_busy, is_broken;
    Py_BEGIN_CRITICAL_SECTION(self);
    was_busy = self->is_busy;
    is_broken = !was_busy && self->is_broken;
    self->is_busy = !is_broken;
    Py_END_CRITICAL_SECTION();
    if (was_busy) {
        PyErr_SetString(PyExc_RuntimeError, "expected one thread at a time");
    } else if (is_broken) {
        PyErr_SetString(PyExc_RuntimeError, "expected a gatherer that has not failed before");
    }
    return was_busy || is_broken ? -1 : 0;
}

static void give_back(Gatherer *self, int is_broken)
{
    Py_BEGIN_CRITICAL_SECTION(self);
    self->is_busy = 0;
    self->is_broken = is_broken;
    Py_END_CRITICAL_SECTION();
}

static void explain(int failed)
{
    if (failed == NO_MEMORY) {
        PyErr_NoMemory();
    } else if (failed == CHANGED) {
        PyErr_SetString(PyExc_RuntimeError, "expected bytes that nobody writes to meanwhile");
    } else {
        PyErr_SetString(PyExc_OverflowError, "a column of more than 2 GiB");
    }
}

/* feed(data, at, max_frame, most, ahead): gathers the frames that start in the `most` bytes from a
   place on, as long as they are whole and sound. Where the last one ends, and how many there were.
   Room is made for `ahead` bytes of frames that are still to come. */
static PyObject *gatherer_feed(Gatherer *self, PyObject *args)
{
    Py_buffer data;
    Py_ssize_t at, max_frame, most, ahead;
    int failed;
    if (!PyArg_ParseTuple(args, "y*nnnn:feed", &data, &at, &max_frame, &most, &ahead)) {
        return NULL;
    }
    if (at < 0 || at > data.len || max_frame < 0 || most < 0 || ahead < 0) {
        PyErr_SetString(PyExc_ValueError, "expected a place in the data, and numbers from 0 on");
        PyBuffer_Release(&data);
        return NULL;
    }
    if (take_over(self) < 0) {
        PyBuffer_Release(&data);
        return NULL;
    }
    const uint8_t *start = data.buf;
    Feeding f = {start, start + data.len, start + at, (size_t)most, (size_t)ahead,
                 (size_t)max_frame, 0};
    Py_BEGIN_ALLOW_THREADS
    failed = feed(self, &f);
    size_t before = self->frames;
    self->frames += (size_t)f.count;
    self->bytes += (size_t)(f.at - start) - (size_t)at;
    if (ahead && before < FORESEEING && self->frames >= FORESEEING) {
        foresee(self, f.ahead);
    }
    Py_END_ALLOW_THREADS
    give_back(self, failed != 0);
    PyBuffer_Release(&data);
    if (failed) {
        explain(failed);
        return NULL;
    }
    return Py_BuildValue("(nn)", (Py_ssize_t)(f.at - start), f.count);
}

static PyObject *take(Gatherer *self)
{
    PyObject *all = PyDict_New();
    for (Py_ssize_t i = 0; all != NULL && i < self->heap_count; i++) {
        PyObject *key = PyLong_FromLong(self->heaps[i].layout->type_id);
        PyObject *found = heap_take(&self->heaps[i], self->chunk);
        if (key == NULL || found == NULL || PyDict_SetItem(all, key, found) < 0) {
            Py_CLEAR(all);
        }
        Py_XDECREF(key);
        Py_XDECREF(found);
    }
    self->frames = self->bytes = 0;
    return all;
}

/* take(): what was gathered since the last time, by type id. */
static PyObject *gatherer_take(Gatherer *self, PyObject *unused)
{
    (void)unused;
    if (take_over(self) < 0) {
        return NULL;
    }
    PyObject *all = take(self);
    give_back(self, all == NULL);
    return all;
}

static int add_heap(Gatherer *self, PyObject *value, PyTypeObject *expected, int as_records)
{
    if (!Py_IS_TYPE(value, expected)) {
        PyErr_Format(PyExc_TypeError, "expected a layout, found %R", value);
        return -1;
    }
    const Layout *layout = (const Layout *)value;
    uint16_t **page = &self->pages[layout->type_id >> 8];
    if (*page == NULL) {
        *page = PyMem_Calloc(256, sizeof **page);
        if (*page == NULL) {
            PyErr_NoMemory();
            return -1;
        }
    }
    Heap *heap = &self->heaps[self->heap_count++];
    (*page)[layout->type_id & 0xFF] = (uint16_t)self->heap_count;
    return heap_open(heap, layout, as_records);
}

static PyObject *gatherer_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"layouts", "as_records", NULL};
    State *state = PyType_GetModuleState(cls);
    PyObject *layouts, *value;
    Py_ssize_t at = 0;
    int as_records;
    if (state == NULL || !PyArg_ParseTupleAndKeywords(args, kwargs, "O!p:Gatherer", keywords,
                                                      &PyDict_Type, &layouts, &as_records)) {
        return NULL;
    }
    Gatherer *self = (Gatherer *)cls->tp_alloc(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->chunk = (PyTypeObject *)Py_NewRef((PyObject *)state->chunk);
    self->layouts = PyDict_Copy(layouts);
    self->heaps = self->layouts == NULL
                      ? NULL
                      : PyMem_Calloc((size_t)PyDict_GET_SIZE(self->layouts) + 1, sizeof(Heap));
    if (self->heaps == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    while (PyDict_Next(self->layouts, &at, NULL, &value)) {
        if (add_heap(self, value, state->layout, as_records) < 0) {
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
    Py_VISIT(self->chunk);
    return 0;
}

static void gatherer_dealloc(Gatherer *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    for (Py_ssize_t i = 0; i < self->heap_count; i++) {
        heap_close(&self->heaps[i]);
    }
    for (int i = 0; i < 256; i++) {
        PyMem_Free(self->pages[i]);
    }
    PyMem_Free(self->heaps);
    Py_XDECREF(self->layouts);
    Py_XDECREF((PyObject *)self->chunk);
    cls->tp_free(self);
    Py_DECREF(cls);
}

static PyMethodDef gatherer_methods[] = {
    {"feed", (PyCFunction)(void (*)(void))gatherer_feed, METH_VARARGS,
     "feed(data, at, max_frame, most, ahead): gathers sound frames; their end, their number."},
    {"take", (PyCFunction)(void (*)(void))gatherer_take, METH_NOARGS,
     "take(): what was gathered since the last time, by type id."},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(gatherer_doc, "Gatherer(layouts, as_records)\n--\n\n"
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
