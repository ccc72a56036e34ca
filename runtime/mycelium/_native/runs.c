/* Envelopes that follow each other: they are judged and put into a mailbox together. */
#include "ints.h"
#include "objects.h"

#include <stddef.h>

enum { MESSAGE, SOURCE, SEQUENCE, TIMESTAMP, USED };

static const char *const names[USED] = {"message", "source", "sequence", "timestamp"};

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyTypeObject *envelope;
    Py_ssize_t slots[USED];
} Runs;

/* What an envelope is judged by; the objects are its own. */
typedef struct {
    PyObject *message, *source;
    uint64_t sequence, timestamp;
} Seen;

static PyObject *value(const Runs *self, PyObject *envelope, int which)
{
    return *slot_at(envelope, self->slots[which]);
}

/* 0, or -1 when it is no envelope, or an odd one. */
static int look(const Runs *self, PyObject *object, Seen *seen)
{
    if (!Py_IS_TYPE(object, self->envelope)) {
        return -1;
    }
    PyObject *sequence = value(self, object, SEQUENCE);
    PyObject *timestamp = value(self, object, TIMESTAMP);
    seen->message = value(self, object, MESSAGE);
    seen->source = value(self, object, SOURCE);
    return seen->message == NULL || seen->source == NULL || sequence == NULL ||
                   timestamp == NULL || int_as_u64(sequence, &seen->sequence) < 0 ||
                   int_as_u64(timestamp, &seen->timestamp) < 0
               ? -1
               : 0;
}

static int are_equal(PyObject *one, PyObject *other)
{
    uint64_t first, second;
    return one == other || (int_as_u64(one, &first) == 0 && int_as_u64(other, &second) == 0 &&
                            first == second);
}

static int follows(const Seen *last, const Seen *next)
{
    return next->sequence > last->sequence && next->sequence - last->sequence == 1 &&
           next->timestamp > last->timestamp &&
           Py_IS_TYPE(next->message, Py_TYPE(last->message)) &&
           are_equal(next->source, last->source);
}

/* (list, at, most): behind the last of the envelopes that follow each other from there on. */
static PyObject *runs_call(Runs *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Seen last, next;
    if (PyVectorcall_NARGS(nargsf) != 3 || kwnames != NULL || !PyList_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError, "expected a list, a place in it and a number");
        return NULL;
    }
    Py_ssize_t at = PyLong_AsSsize_t(args[1]);
    Py_ssize_t most = PyLong_AsSsize_t(args[2]);
    if (at < 0 || most < 0) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "expected numbers from 0 on");
        }
        return NULL;
    }
    Py_ssize_t end = PyList_GET_SIZE(args[0]);
    if (at < end && most < end - at) {
        end = at + most;
    }
    if (at < end && PyObject_TypeCheck(PyList_GET_ITEM(args[0], at), self->envelope)) {
        int is_usual = look(self, PyList_GET_ITEM(args[0], at), &last) == 0;
        at++; /* an odd one is alone */
        while (is_usual && at < end && look(self, PyList_GET_ITEM(args[0], at), &next) == 0 &&
               follows(&last, &next)) {
            last = next;
            at++;
        }
    }
    return PyLong_FromSsize_t(at);
}

static PyObject *runs_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"envelope", NULL};
    PyTypeObject *envelope;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!:Runs", keywords, &PyType_Type, &envelope)) {
        return NULL;
    }
    Runs *self = (Runs *)cls->tp_alloc(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    self->vectorcall = (vectorcallfunc)runs_call;
    self->envelope = (PyTypeObject *)Py_NewRef(envelope);
    for (int i = 0; i < USED; i++) {
        PyObject *name = PyUnicode_FromString(names[i]);
        self->slots[i] = name == NULL ? -1 : slot_of(envelope, name);
        Py_XDECREF(name);
        if (self->slots[i] < 0) {
            Py_DECREF(self);
            return NULL;
        }
    }
    return (PyObject *)self;
}

static int runs_traverse(Runs *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->envelope);
    return 0;
}

static void runs_dealloc(Runs *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->envelope);
    cls->tp_free(self);
    Py_DECREF(cls);
}

static PyMemberDef runs_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Runs, vectorcall), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyDoc_STRVAR(runs_doc, "Runs(envelope)\n--\n\n"
                       "A function of a list, a place in it and a number: where so many envelopes "
                       "from there on cease to follow each other.");

static PyType_Slot runs_slots[] = {
    {Py_tp_doc, (void *)runs_doc},
    {Py_tp_new, runs_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, runs_members},
    {Py_tp_traverse, runs_traverse},
    {Py_tp_dealloc, runs_dealloc},
    {0, NULL},
};

PyType_Spec runs_spec = {
    .name = "mycelium._native._codec.Runs",
    .basicsize = sizeof(Runs),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
             Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = runs_slots,
};
