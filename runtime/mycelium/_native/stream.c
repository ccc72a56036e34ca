/* Many frames out of one buffer: cut into checked frames, or decoded at once.

   Both stop at the first frame that is not whole, or not sound, or that the catalog does not know;
   whoever called looks at that one with the pure codec and goes on behind it. */
#include "objects.h"

/* The size of the sound frame that starts here, or 0. */
static size_t frame_at(const uint8_t *from, size_t size, size_t max_frame, Head *head)
{
    if (size < HEADER_SIZE || read_head(from, max_frame, head) < 0 ||
        size - HEADER_SIZE < head->payload_size || !is_intact(from, head->payload_size)) {
        return 0;
    }
    return HEADER_SIZE + (size_t)head->payload_size;
}

typedef struct {
    Py_buffer buffer;
    Py_ssize_t at, base, max_frame, most;
} Span;

/* The third argument and those behind it: 0, or -1 with an exception. */
static int open_span(Span *span, PyObject *const *args)
{
    Py_ssize_t *const numbers[] = {&span->at, &span->base, &span->max_frame, &span->most};
    for (int i = 0; i < 4; i++) {
        *numbers[i] = PyLong_AsSsize_t(args[i + 3]);
        if (*numbers[i] < 0) {
            if (!PyErr_Occurred()) {
                PyErr_SetString(PyExc_ValueError, "expected a number from 0 on");
            }
            return -1;
        }
    }
    if (PyObject_GetBuffer(args[2], &span->buffer, PyBUF_SIMPLE) < 0) {
        return -1;
    }
    if (span->at > span->buffer.len) {
        span->at = span->buffer.len;
    }
    return 0;
}

static int is_instance(PyObject *object, PyTypeObject *cls)
{
    if (Py_IS_TYPE(object, cls)) {
        return 1;
    }
    PyErr_Format(PyExc_TypeError, "expected a %s, found %R", cls->tp_name, object);
    return 0;
}

static int append(PyObject *list, PyObject *made)
{
    int failed = made == NULL ? -1 : PyList_Append(list, made);
    Py_XDECREF(made);
    return failed;
}

static PyObject *raw_frame(const Form *header, const Form *raw, const uint8_t *from, size_t size,
                           Found *found)
{
    PyObject *made = NULL;
    found->header = form_make(header, found);
    found->data = PyBytes_FromStringAndSize((const char *)from, (Py_ssize_t)size);
    if (found->header != NULL && found->data != NULL) {
        made = form_make(raw, found);
    }
    Py_XDECREF(found->header);
    Py_XDECREF(found->data);
    return made;
}

/* cut(header, raw, buffer, at, base, max_frame, most): the raw frames, where the last one ends, and
   how many there are. */
PyObject *stream_cut(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    State *state = PyModule_GetState(module);
    Span span;
    Found found = {0};
    if (nargs != 7) {
        return PyErr_Format(PyExc_TypeError, "expected 7 arguments, found %zd", nargs);
    }
    if (!is_instance(args[0], state->form) || !is_instance(args[1], state->form) ||
        open_span(&span, args) < 0) {
        return NULL;
    }
    PyObject *frames = PyList_New(0);
    while (frames != NULL && PyList_GET_SIZE(frames) < span.most) {
        const uint8_t *from = (const uint8_t *)span.buffer.buf + span.at;
        size_t size = frame_at(from, (size_t)(span.buffer.len - span.at), (size_t)span.max_frame,
                               &found.head);
        if (size == 0) {
            break;
        }
        found.offset = span.base + span.at;
        PyObject *raw = raw_frame((Form *)args[0], (Form *)args[1], from, size, &found);
        if (append(frames, raw) < 0) {
            Py_CLEAR(frames);
        }
        span.at += (Py_ssize_t)size;
    }
    PyBuffer_Release(&span.buffer);
    return frames == NULL ? NULL
                          : Py_BuildValue("(Nnn)", frames, span.at, PyList_GET_SIZE(frames));
}

/* Appends one object for each message of a frame: 0, or -1 with an exception. */
static int append_messages(PyObject *list, const Form *form, Found *found)
{
    PyObject *others = found->others;
    int failed = append(list, form_make(form, found));
    for (Py_ssize_t i = 0; !failed && others != NULL && i < PyTuple_GET_SIZE(others); i++) {
        Found other = *found;
        other.message = PyTuple_GET_ITEM(others, i);
        failed = append(list, form_make(form, &other));
    }
    return failed;
}

/* decode(catalog, form, buffer, at, base, max_frame, most): one object for each message, where the
   last frame ends, and how many frames there were. */
PyObject *stream_decode(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    State *state = PyModule_GetState(module);
    Span span;
    Found found = {0};
    Py_ssize_t count = 0;
    if (nargs != 7) {
        return PyErr_Format(PyExc_TypeError, "expected 7 arguments, found %zd", nargs);
    }
    if (!is_instance(args[0], state->catalog) || !is_instance(args[1], state->form) ||
        open_span(&span, args) < 0) {
        return NULL;
    }
    PyObject *list = PyList_New(0);
    while (list != NULL && count < span.most) {
        const uint8_t *from = (const uint8_t *)span.buffer.buf + span.at;
        size_t size = frame_at(from, (size_t)(span.buffer.len - span.at), (size_t)span.max_frame,
                               &found.head);
        if (size == 0) {
            break;
        }
        /* read from the copy, which nobody else can write to */
        found.data = PyBytes_FromStringAndSize((const char *)from, (Py_ssize_t)size);
        if (found.data == NULL ||
            catalog_read((Catalog *)args[0],
                         (const uint8_t *)PyBytes_AS_STRING(found.data) + HEADER_SIZE, &found) < 0) {
            Py_XDECREF(found.data);
            if (PyErr_Occurred()) {
                Py_CLEAR(list);
            }
            break;
        }
        found.offset = span.base + span.at;
        if (append_messages(list, (Form *)args[1], &found) < 0) {
            Py_CLEAR(list);
        }
        Py_DECREF(found.data);
        Py_DECREF(found.message);
        Py_XDECREF(found.others);
        span.at += (Py_ssize_t)size;
        count++;
    }
    PyBuffer_Release(&span.buffer);
    return list == NULL ? NULL : Py_BuildValue("(Nnn)", list, span.at, count);
}
