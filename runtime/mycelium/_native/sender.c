/* `Outlet.send`, as long as nothing out of the ordinary is going on.

   What the method knows more about goes to it, before anything is done: a message of another class,
   a closed outlet, somebody who watches, the last message of a turn. Sequence, last timestamp and
   count stay in the slots of the Python objects, where both find them. */
#include "sender.h"

#include <stddef.h>

static const char *const attributes[CLASSES][7] = {
    [OUTLET] = {"sequence", "message"},
    [SOURCE] = {"last"},
    [TALLY] = {"published"},
    [ROUTE] = {"encoded"},
    [INLET] = {"mailbox", "items", "append"},
    [MAILBOX] = {"capacity", "sleeper"},
    [ENVELOPE] = {"message", "source", "sequence", "timestamp", "retained", "frame", "extra"},
};

static void set(PyObject **place, PyObject *value)
{
    PyObject *old = *place;
    *place = Py_NewRef(value);
    Py_XDECREF(old);
}

static PyObject *envelope_of(const Sender *self, PyObject *message, PyObject *sequence,
                             PyObject *timestamp)
{
    PyObject *frame = Py_NewRef(Py_None);
    if (*place(self, ROUTE, self->route, ROUTE_ENCODED) == Py_True) {
        PyObject *arguments[] = {message, self->number, sequence, timestamp};
        Py_SETREF(frame, PyObject_VectorcallMethod(self->to_frame, arguments, 1, self->header));
    }
    PyObject *envelope = frame == NULL ? NULL : new_object(self->access[ENVELOPE].type, 1);
    if (envelope == NULL) {
        Py_XDECREF(frame);
        return NULL;
    }
    PyObject *const parts[ENVELOPE_PARTS] = {
        message, self->number, sequence, timestamp, Py_False, frame, self->no_bytes,
    };
    for (int i = 0; i < ENVELOPE_PARTS; i++) {
        *place(self, ENVELOPE, envelope, i) = i == ENVELOPE_FRAME ? frame : Py_NewRef(parts[i]);
    }
    return envelope;
}

typedef struct {
    uint64_t sequence, published;
} Stamp;

/* What the next message gets, but for its time: 0, or -1 where the method has to look. */
static int stamp_of(const Sender *self, PyObject *message, Stamp *stamp)
{
    uint64_t last;
    if ((PyObject *)Py_TYPE(message) != *place(self, OUTLET, self->outlet, OUTLET_MESSAGE) ||
        PyList_GET_SIZE(self->watchers) != 0 ||
        number_at(place(self, OUTLET, self->outlet, OUTLET_SEQUENCE), &stamp->sequence) < 0 ||
        number_at(place(self, TALLY, self->tally, TALLY_PUBLISHED), &stamp->published) < 0 ||
        number_at(place(self, SOURCE, self->source, SOURCE_LAST), &last) < 0) {
        return -1;
    }
    stamp->sequence++;
    stamp->published++;
    return stamp->sequence % self->turn ? 0 : -1;
}

/* The same of any time: the clock was asked, and asking again might change what it says. */
static PyObject *odd_timestamp(PyObject *now, PyObject *last)
{
    PyObject *one = PyLong_FromLong(1), *found = NULL;
    int is_late = one == NULL ? -1 : PyObject_RichCompareBool(now, last, Py_LE);
    if (is_late >= 0) {
        found = is_late ? PyNumber_Add(last, one) : Py_NewRef(now);
    }
    Py_XDECREF(one);
    return found;
}

/* The time, or later if the source has that already; NULL with an exception, or without one where the
   source's has gone meanwhile. */
static PyObject *timestamp_of(const Sender *self)
{
    uint64_t before, time;
    PyObject *now = PyObject_CallNoArgs(self->now);
    PyObject *last = Py_XNewRef(*place(self, SOURCE, self->source, SOURCE_LAST));
    if (now == NULL || last == NULL) {
        Py_CLEAR(now);
    } else if (int_as_u64(now, &time) < 0 || int_as_u64(last, &before) < 0 ||
               before == UINT64_MAX) {
        Py_SETREF(now, odd_timestamp(now, last));
    } else if (time <= before) {
        Py_SETREF(now, int_from_u64(before + 1));
    }
    Py_XDECREF(last);
    return now;
}

/* NULL with an exception, or without one where the method has to look. */
static PyObject *send(const Sender *self, PyObject *message)
{
    Stamp stamp;
    PyObject *timestamp, *awaitable = NULL;
    if (stamp_of(self, message, &stamp) < 0 || (timestamp = timestamp_of(self)) == NULL) {
        return NULL;
    }
    PyObject *sequence = int_from_u64(stamp.sequence);
    PyObject *published = stamp.published == stamp.sequence ? Py_XNewRef(sequence)
                                                            : int_from_u64(stamp.published);
    if (sequence != NULL && published != NULL) {
        PyObject *envelope = envelope_of(self, message, sequence, timestamp);
        if (envelope != NULL) {
            set(place(self, OUTLET, self->outlet, OUTLET_SEQUENCE), sequence);
            set(place(self, SOURCE, self->source, SOURCE_LAST), timestamp);
            set(place(self, TALLY, self->tally, TALLY_PUBLISHED), published);
            awaitable = deliver(self, message, envelope);
            Py_DECREF(envelope);
        }
    }
    Py_XDECREF(sequence);
    Py_XDECREF(published);
    Py_DECREF(timestamp);
    return awaitable;
}

static PyObject *sender_call(Sender *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (PyVectorcall_NARGS(nargsf) == 1 && kwnames == NULL) {
        PyObject *awaitable = send(self, args[0]);
        if (awaitable != NULL || PyErr_Occurred()) {
            return awaitable;
        }
    }
    return PyObject_Vectorcall(self->pure, args, nargsf, kwnames);
}

/* Notes where objects of the class keep their attributes. 0, or -1 with an exception. */
static int learn(Access *access, const char *const *names, PyTypeObject *type)
{
    access->type = (PyTypeObject *)Py_NewRef(type);
    for (int i = 0; i < 7 && names[i] != NULL; i++) {
        PyObject *name = PyUnicode_FromString(names[i]);
        access->slots[i] = name == NULL ? -1 : slot_of(type, name);
        Py_XDECREF(name);
        if (access->slots[i] < 0) {
            return -1;
        }
    }
    return 0;
}

static int learn_classes(Sender *self, PyTypeObject *inlet, PyTypeObject *mailbox,
                         PyTypeObject *envelope)
{
    PyTypeObject *const types[CLASSES] = {
        Py_TYPE(self->outlet), Py_TYPE(self->source), Py_TYPE(self->tally), Py_TYPE(self->route),
        inlet,                 mailbox,               envelope,
    };
    for (int i = 0; i < CLASSES; i++) {
        if (learn(&self->access[i], attributes[i], types[i]) < 0) {
            return -1;
        }
    }
    if (check_plain(envelope) < 0) {
        return -1;
    }
    if (!fills_all(envelope, self->access[ENVELOPE].slots, ENVELOPE_PARTS)) {
        PyErr_Format(PyExc_TypeError, "%s: expected %d slots", envelope->tp_name, ENVELOPE_PARTS);
        return -1;
    }
    return 0;
}

/* The names of the header's arguments, as `Encoder` knows them: the one object of each. */
static PyObject *header_names(void)
{
    PyObject *names = PyTuple_New(3);
    for (int i = 0; names != NULL && i < 3; i++) {
        PyObject *name = PyUnicode_InternFromString(attributes[ENVELOPE][i + 1]);
        if (name == NULL) {
            Py_CLEAR(names);
        } else {
            PyTuple_SET_ITEM(names, i, name);
        }
    }
    return names;
}

static int make_names(Sender *self)
{
    self->no_bytes = PyBytes_FromStringAndSize(NULL, 0);
    self->to_frame = PyUnicode_InternFromString("to_frame");
    self->header = header_names();
    self->put = PyUnicode_InternFromString("put");
    self->wake = PyUnicode_InternFromString("wake");
    return self->no_bytes == NULL || self->to_frame == NULL || self->header == NULL ||
                   self->put == NULL || self->wake == NULL
               ? -1
               : 0;
}

static PyObject *sender_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"outlet", "source", "tally",   "route",    "watchers", "pure",
                               "settle", "now",    "number",  "turn",     "taken",    "done",
                               "inlet",  "mailbox", "envelope", NULL};
    unsigned long long turn;
    PyTypeObject *inlet, *mailbox, *envelope;
    Sender *self = (Sender *)cls->tp_alloc(cls, 0);
    if (self == NULL) {
        return NULL;
    }
    PyObject *outlet, *source, *tally, *route, *watchers, *pure, *settle, *now, *number, *taken,
        *done;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOOO!OOOO!KOOO!O!O!:Sender", keywords, &outlet,
                                     &source, &tally, &route, &PyList_Type, &watchers, &pure,
                                     &settle, &now, &PyLong_Type, &number, &turn, &taken, &done,
                                     &PyType_Type, &inlet, &PyType_Type, &mailbox, &PyType_Type,
                                     &envelope)) {
        Py_DECREF(self);
        return NULL;
    }
    self->vectorcall = (vectorcallfunc)sender_call;
    self->outlet = Py_NewRef(outlet);
    self->source = Py_NewRef(source);
    self->tally = Py_NewRef(tally);
    self->route = Py_NewRef(route);
    self->watchers = Py_NewRef(watchers);
    self->pure = Py_NewRef(pure);
    self->settle = Py_NewRef(settle);
    self->now = Py_NewRef(now);
    self->number = Py_NewRef(number);
    self->taken = Py_NewRef(taken);
    self->done = Py_NewRef(done);
    self->turn = turn ? turn : 1;
    if (!PyList_Check(route)) {
        PyErr_SetString(PyExc_TypeError, "a route has to be a list");
    } else if (learn_classes(self, inlet, mailbox, envelope) == 0 && make_names(self) == 0) {
        return (PyObject *)self;
    }
    Py_DECREF(self);
    return NULL;
}

static int sender_traverse(Sender *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->outlet);
    Py_VISIT(self->source);
    Py_VISIT(self->tally);
    Py_VISIT(self->route);
    Py_VISIT(self->watchers);
    Py_VISIT(self->pure);
    Py_VISIT(self->settle);
    Py_VISIT(self->now);
    Py_VISIT(self->taken);
    Py_VISIT(self->done);
    for (int i = 0; i < CLASSES; i++) {
        Py_VISIT(self->access[i].type);
    }
    return 0;
}

/* Nothing is cleared before: the outlet's own slots break the cycle, and a call that comes late still
   finds everything. */
static void sender_dealloc(Sender *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    PyObject *const kept[] = {
        self->outlet, self->source,   self->tally,    self->route,  self->watchers, self->pure,
        self->settle, self->now,      self->number,   self->taken,  self->done,     self->no_bytes,
        self->put,    self->to_frame, self->header,   self->wake,
    };
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        Py_XDECREF(kept[i]);
    }
    for (int i = 0; i < CLASSES; i++) {
        Py_XDECREF(self->access[i].type);
    }
    cls->tp_free(self);
    Py_DECREF(cls);
}

static PyMemberDef sender_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Sender, vectorcall), Py_READONLY, NULL},
    {"__wrapped__", Py_T_OBJECT_EX, offsetof(Sender, pure), Py_READONLY,
     "The method, which serves what this one declines."},
    {NULL, 0, 0, 0, NULL},
};

PyDoc_STRVAR(sender_doc, "Sender(outlet, ...)\n--\n\n"
                         "What publishes a message; see mycelium.outlet.");

static PyType_Slot sender_slots[] = {
    {Py_tp_doc, (void *)sender_doc},
    {Py_tp_new, sender_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, sender_members},
    {Py_tp_traverse, sender_traverse},
    {Py_tp_dealloc, sender_dealloc},
    {0, NULL},
};

PyType_Spec sender_spec = {
    .name = "mycelium._native._codec.Sender",
    .basicsize = sizeof(Sender),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
             Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = sender_slots,
};
