/* From a type id to its layout, and from a payload to its messages. */
#include "objects.h"
#include "values.h"

static int is_expected(const Lazy *from, PyObject *found)
{
    if (found == Py_None) {
        return 1;
    }
    return from->is_class ? PyType_Check(found) &&
                                PyType_IsSubtype((PyTypeObject *)found, from->expected)
                          : Py_IS_TYPE(found, from->expected);
}

PyObject *resolve(Lazy *from)
{
    PyObject *found = PyObject_CallNoArgs(from->resolve);
    if (found == NULL) {
        return NULL;
    }
    if (!is_expected(from, found)) {
        PyErr_Format(PyExc_TypeError, "expected %s, found %R", from->expected->tp_name, found);
        Py_DECREF(found);
        return NULL;
    }
    if (!publish_pointer(&from->found, found)) {
        Py_DECREF(found); /* another thread was faster; what it has is the same */
    }
    return load_pointer(&from->found);
}

Lazy *catalog_find(Catalog *catalog, uint16_t type_id)
{
    const uint16_t *page = catalog->pages[type_id >> 8];
    uint16_t number = page == NULL ? 0 : page[type_id & 0xFF];
    return number ? &catalog->entries[number - 1] : NULL;
}

/* The message of one TLV; Py_None when its type is unknown; NULL as in values.h. */
static PyObject *message_of(Catalog *catalog, const Tlv *tlv, uint8_t domain)
{
    Lazy *entry = catalog_find(catalog, tlv->type_id);
    if (entry == NULL) {
        return Py_NewRef(Py_None);
    }
    PyObject *known = resolved(entry);
    if (known == NULL || known == Py_None) {
        return NULL;
    }
    const Layout *layout = (const Layout *)known;
    if (layout->domain != domain) {
        return NULL;
    }
    return read_message(layout, tlv->value, tlv->length, tlv->version);
}

static int add_other(PyObject **list, PyObject *message)
{
    if (*list == NULL) {
        *list = PyList_New(0);
    }
    int failed = *list == NULL ? -1 : PyList_Append(*list, message);
    Py_DECREF(message);
    return failed;
}

int catalog_read(Catalog *catalog, const uint8_t *payload, Found *found)
{
    const uint8_t *at = payload, *end = payload + found->head.payload_size;
    PyObject *others = NULL;
    Tlv tlv;
    found->message = found->others = NULL;
    while (at < end) {
        if (read_tlv(at, (size_t)(end - at), &tlv) < 0) {
            goto declined;
        }
        PyObject *message = message_of(catalog, &tlv, found->head.domain);
        if (message == NULL) {
            goto declined;
        }
        if (message == Py_None) {
            Py_DECREF(message);
        } else if (found->message == NULL) {
            found->message = message;
        } else if (add_other(&others, message) < 0) {
            goto declined;
        }
        at = tlv.value + tlv.length;
    }
    if (found->message == NULL) {
        goto declined;
    }
    if (others != NULL) {
        found->others = PyList_AsTuple(others);
        if (found->others == NULL) {
            goto declined;
        }
        Py_DECREF(others);
    }
    return 0;
declined:
    Py_XDECREF(others);
    Py_CLEAR(found->message);
    return -1;
}

static void catalog_dealloc(Catalog *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    for (Py_ssize_t i = 0; i < self->count; i++) {
        Py_XDECREF(self->entries[i].resolve);
        Py_XDECREF(self->entries[i].found);
    }
    for (int i = 0; i < 256; i++) {
        PyMem_Free(self->pages[i]);
    }
    PyMem_Free(self->entries);
    cls->tp_free(self);
    Py_DECREF(cls);
}

static int catalog_traverse(Catalog *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    for (Py_ssize_t i = 0; i < self->count; i++) {
        Py_VISIT(self->entries[i].resolve);
        Py_VISIT(self->entries[i].found);
    }
    return 0;
}

static int catalog_add(Catalog *self, PyObject *key, PyObject *resolve, PyTypeObject *layout)
{
    long type_id = PyLong_AsLong(key);
    if (type_id < 1 || type_id >= NO_TYPE) {
        if (!PyErr_Occurred()) {
            PyErr_Format(PyExc_ValueError, "expected a type id from 1 to 65534, found %R", key);
        }
        return -1;
    }
    uint16_t **page = &self->pages[type_id >> 8];
    if (*page == NULL) {
        *page = PyMem_Calloc(256, sizeof(uint16_t));
        if (*page == NULL) {
            PyErr_NoMemory();
            return -1;
        }
    }
    self->entries[self->count++] = (Lazy){Py_NewRef(resolve), NULL, layout, 0};
    (*page)[type_id & 0xFF] = (uint16_t)self->count;
    return 0;
}

/* Takes over a dict that nobody changes meanwhile: 0, or -1 with an exception. */
static int catalog_fill(Catalog *self, PyObject *messages, PyTypeObject *layout)
{
    PyObject *key, *resolve;
    Py_ssize_t at = 0, size = PyDict_GET_SIZE(messages);
    self->entries = PyMem_Calloc((size_t)size + 1, sizeof(Lazy));
    if (self->entries == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    while (self->count < size && PyDict_Next(messages, &at, &key, &resolve)) {
        if (catalog_add(self, key, resolve, layout) < 0) {
            return -1;
        }
    }
    return 0;
}

static PyObject *catalog_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"messages", NULL};
    PyObject *messages;
    State *state = PyType_GetModuleState(cls);
    if (state == NULL ||
        !PyArg_ParseTupleAndKeywords(args, kwargs, "O!:Catalog", keywords, &PyDict_Type,
                                     &messages)) {
        return NULL;
    }
    Catalog *self = (Catalog *)cls->tp_alloc(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    int failed;
    Py_BEGIN_CRITICAL_SECTION(messages);
    failed = catalog_fill(self, messages, state->layout);
    Py_END_CRITICAL_SECTION();
    if (failed) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

PyDoc_STRVAR(catalog_doc, "Catalog(messages)\n--\n\n"
                          "Layouts by type id, each made by a function when it is first needed.");

static PyType_Slot catalog_slots[] = {
    {Py_tp_doc, (void *)catalog_doc},
    {Py_tp_new, catalog_new},
    {Py_tp_traverse, catalog_traverse},
    {Py_tp_dealloc, catalog_dealloc},
    {0, NULL},
};

PyType_Spec catalog_spec = {
    .name = "mycelium._native._codec.Catalog",
    .basicsize = sizeof(Catalog),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = catalog_slots,
};
