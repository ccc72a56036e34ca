/* What publishes: see sender.c; deliver.c has the links' side of it. */
#ifndef MYCELIUM_SENDER_H
#define MYCELIUM_SENDER_H

#include "ints.h"
#include "objects.h"

/* A class, and where its objects keep the attributes that are used here. */
typedef struct {
    PyTypeObject *type;
    Py_ssize_t slots[7];
} Access;

enum { OUTLET, SOURCE, TALLY, ROUTE, INLET, MAILBOX, ENVELOPE, CLASSES };
enum { OUTLET_SEQUENCE, OUTLET_MESSAGE };
enum { SOURCE_LAST };
enum { TALLY_PUBLISHED };
enum { ROUTE_ENCODED };
enum { INLET_MAILBOX, INLET_ITEMS, INLET_APPEND };
enum { MAILBOX_CAPACITY, MAILBOX_SLEEPER };
enum { ENVELOPE_FRAME = 5, ENVELOPE_PARTS = 7 };

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *outlet, *source, *tally, *route, *watchers; /* one of each for its life */
    PyObject *pure, *settle, *now, *number, *taken, *done;
    Access access[CLASSES];
    PyObject *no_bytes, *to_frame, *header, *put, *wake;
    uint64_t turn;
} Sender;

static inline PyObject **place(const Sender *self, int kind, PyObject *object, int attribute)
{
    return slot_at(object, self->access[kind].slots[attribute]);
}

static inline int number_at(PyObject *const *place, uint64_t *number)
{
    return *place == NULL ? -1 : int_as_u64(*place, number);
}

/* Gives the envelope to every link; what is to be awaited then, or NULL with an exception. */
PyObject *deliver(const Sender *self, PyObject *message, PyObject *envelope);

#endif
