/* A coroutine that has ended: awaiting it takes no turn of the loop and makes no object.

   As often as one likes, unlike one of Python's: `mycelium.outlet.Done` is the same, written there. */
#include "objects.h"

static PyObject *done_await(PyObject *self)
{
    return Py_NewRef(self);
}

static PySendResult done_send(PyObject *self, PyObject *value, PyObject **result)
{
    (void)self;
    (void)value;
    *result = Py_NewRef(Py_None);
    return PYGEN_RETURN;
}

static PyObject *done_next(PyObject *self)
{
    (void)self;
    return NULL;
}

/* For tasks that are made of it. */
static PyObject *done_send_method(PyObject *self, PyObject *value)
{
    (void)self;
    (void)value;
    PyErr_SetNone(PyExc_StopIteration);
    return NULL;
}

/* For tasks that are cancelled before they begin: (error), or (class[, error[, traceback]]). */
static PyObject *done_throw(PyObject *self, PyObject *args)
{
    PyObject *type, *error = NULL, *traceback = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "O|OO:throw", &type, &error, &traceback)) {
        return NULL;
    }
    if (error != NULL && error != Py_None) {
        type = error;
    }
    if (PyExceptionInstance_Check(type)) {
        PyErr_SetObject((PyObject *)Py_TYPE(type), type);
    } else if (PyExceptionClass_Check(type)) {
        PyErr_SetNone(type);
    } else {
        PyErr_SetString(PyExc_TypeError, "expected an exception");
    }
    return NULL;
}

static PyObject *done_close(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_RETURN_NONE;
}

static PyMethodDef done_methods[] = {
    {"send", done_send_method, METH_O, "Ends at once."},
    {"throw", done_throw, METH_VARARGS, "Raises the error."},
    {"close", done_close, METH_NOARGS, "Does nothing."},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(done_doc, "Done()\n--\n\nWhat has happened already; to be awaited.");

static PyType_Slot done_slots[] = {
    {Py_tp_doc, (void *)done_doc},
    {Py_am_await, done_await},
    {Py_am_send, done_send},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, done_next},
    {Py_tp_methods, done_methods},
    {0, NULL},
};

PyType_Spec done_spec = {
    .name = "mycelium._native._codec.Done",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = done_slots,
};
