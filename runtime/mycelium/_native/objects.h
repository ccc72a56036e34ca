/* The types that the module offers, and what they share. */
#ifndef MYCELIUM_OBJECTS_H
#define MYCELIUM_OBJECTS_H

#include "layout.h"
#include "frame.h"

#if PY_VERSION_HEX < 0x030D0000 /* there the one lock of the interpreter is enough */
#define Py_BEGIN_CRITICAL_SECTION(object) {
#define Py_END_CRITICAL_SECTION() }
#endif

/* A reference that is set once, by whichever thread comes first. */
static inline PyObject *load_pointer(PyObject **place)
{
#if defined(Py_GIL_DISABLED) && !defined(_MSC_VER)
    return __atomic_load_n(place, __ATOMIC_ACQUIRE);
#elif defined(Py_GIL_DISABLED)
    return (PyObject *)_InterlockedCompareExchangePointer((void *volatile *)place, NULL, NULL);
#else
    return *place;
#endif
}

/* Whether it was empty, and now holds the reference. */
static inline int publish_pointer(PyObject **place, PyObject *value)
{
#if defined(Py_GIL_DISABLED) && !defined(_MSC_VER)
    PyObject *expected = NULL;
    return __atomic_compare_exchange_n(place, &expected, value, 0, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
#elif defined(Py_GIL_DISABLED)
    return _InterlockedCompareExchangePointer((void *volatile *)place, value, NULL) == NULL;
#else
    if (*place != NULL) {
        return 0;
    }
    *place = value;
    return 1;
#endif
}

/* What a function gives when it is first needed: an object of the class `expected`, or None. */
typedef struct {
    PyObject *resolve;
    PyObject *found;
    PyTypeObject *expected; /* held by the module */
    int is_class;           /* whether a class derived from `expected` is wanted instead */
} Lazy;

/* Calls the function; see `resolved`. */
PyObject *resolve(Lazy *from);

/* It, borrowed for as long as `from` holds it; NULL with an exception. */
static inline PyObject *resolved(Lazy *from)
{
    PyObject *found = load_pointer(&from->found);
    return found != NULL ? found : resolve(from);
}

/* A copy of a buffer that others may write to; NULL as in values.h. */
PyObject *copy_of(PyObject *data);

/* The bytes of a buffer, copied unless nobody can write to them; NULL as in values.h. */
static inline PyObject *bytes_of(PyObject *data)
{
    return PyBytes_CheckExact(data) ? Py_NewRef(data) : copy_of(data);
}

/* The layouts of a system's messages by their type ids. */
typedef struct {
    PyObject_HEAD
    Py_ssize_t count;
    Lazy *entries;
    uint16_t *pages[256]; /* by the high byte: 1 + the entry of each low byte, or 0 */
} Catalog;

/* What is known of a frame that was read; what a form does not ask for may be NULL. */
typedef struct {
    Head head;
    PyObject *message;
    PyObject *others; /* a tuple, or NULL for none */
    PyObject *data;
    PyObject *header;
    Py_ssize_t offset;
} Found;

/* A class whose objects hold some of that. */
typedef struct {
    int role;
    Py_ssize_t slot;
    PyObject *constant;
} Part;

typedef struct {
    PyObject_HEAD
    PyTypeObject *owner;
    Py_ssize_t count;
    Part *parts;
    PyObject *empty; /* () */
    int fills_all;   /* whether the parts are all that its objects hold */
} Form;

/* A new object of the form's class, or NULL with an exception. */
PyObject *form_make(const Form *form, const Found *found);

/* Reads the messages of an intact frame's payload into `found`: 0, or -1 (see values.h). */
int catalog_read(Catalog *catalog, const uint8_t *payload, Found *found);

/* The entry of a type id, or NULL. */
Lazy *catalog_find(Catalog *catalog, uint16_t type_id);

extern PyType_Spec catalog_spec, chunk_spec, decoder_spec, done_spec, encoder_spec, form_spec,
    gatherer_spec, opener_spec, runs_spec, sender_spec, view_spec, view_field_spec;

typedef struct {
    PyTypeObject *catalog, *chunk, *decoder, *done, *encoder, *form, *gatherer, *layout, *opener,
        *runs, *sender, *view, *view_field;
} State;

extern struct PyModuleDef module_def;

/* Functions of the module. */
PyObject *stream_cut(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *frames_of_records(PyObject *module, PyObject *args);
PyObject *stream_decode(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

#endif
