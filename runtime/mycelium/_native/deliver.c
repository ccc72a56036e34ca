/* An envelope to the links of a route.

   Subscriptions of this process get it here while their mailbox has room; every other link is asked
   to put it. */
#include "sender.h"

/* Whether a mailbox took it: 1; 0 when the link has to be asked; -1 on failure. */
static int put_into(const Sender *self, PyObject *mailbox, PyObject *items, PyObject *append,
                    PyObject *envelope)
{
    uint64_t capacity;
    if (number_at(place(self, MAILBOX, mailbox, MAILBOX_CAPACITY), &capacity) < 0) {
        return 0;
    }
    Py_ssize_t waiting = PyObject_Size(items);
    if (waiting < 0) {
        return -1;
    }
    if ((uint64_t)waiting >= capacity) {
        return 0;
    }
    PyObject *done = PyObject_CallOneArg(append, envelope);
    Py_XDECREF(done);
    if (done != NULL && *place(self, MAILBOX, mailbox, MAILBOX_SLEEPER) != Py_None) {
        done = PyObject_CallMethodNoArgs(mailbox, self->wake);
        Py_XDECREF(done);
    }
    return done == NULL ? -1 : 1;
}

/* The same of a link, if it is a subscription of this process. */
static int put_here(const Sender *self, PyObject *link, PyObject *envelope)
{
    if (!Py_IS_TYPE(link, self->access[INLET].type)) {
        return 0;
    }
    PyObject *mailbox = *place(self, INLET, link, INLET_MAILBOX);
    PyObject *items = *place(self, INLET, link, INLET_ITEMS);
    PyObject *append = *place(self, INLET, link, INLET_APPEND);
    if (mailbox == NULL || items == NULL || append == NULL ||
        !Py_IS_TYPE(mailbox, self->access[MAILBOX].type)) {
        return 0;
    }
    Py_INCREF(mailbox); /* what is called may give the link others */
    Py_INCREF(items);
    Py_INCREF(append);
    int taken = put_into(self, mailbox, items, append, envelope);
    Py_DECREF(mailbox);
    Py_DECREF(items);
    Py_DECREF(append);
    return taken;
}

/* Adds a link and what it said to those in trouble, if it is. 0, or -1 with an exception. */
static int put(const Sender *self, PyObject *link, PyObject *envelope, PyObject **troubled)
{
    int taken = put_here(self, link, envelope);
    if (taken) {
        return taken < 0 ? -1 : 0;
    }
    PyObject *outcome = PyObject_CallMethodOneArg(link, self->put, envelope);
    if (outcome == NULL) {
        return -1;
    }
    int failed = 0;
    if (outcome != self->taken) {
        if (*troubled == NULL) {
            *troubled = PyList_New(0);
        }
        PyObject *pair = *troubled == NULL ? NULL : PyTuple_Pack(2, link, outcome);
        failed = pair == NULL || PyList_Append(*troubled, pair) < 0 ? -1 : 0;
        Py_XDECREF(pair);
    }
    Py_DECREF(outcome);
    return failed;
}

PyObject *deliver(const Sender *self, PyObject *message, PyObject *envelope)
{
    PyObject *troubled = NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(self->route); i++) {
        PyObject *link = Py_NewRef(PyList_GET_ITEM(self->route, i)); /* links come and go */
        int failed = put(self, link, envelope, &troubled);
        Py_DECREF(link);
        if (failed < 0) {
            Py_XDECREF(troubled);
            return NULL;
        }
    }
    if (troubled == NULL) {
        return Py_NewRef(self->done);
    }
    PyObject *settling = PyObject_CallFunctionObjArgs(self->settle, troubled, message, NULL);
    Py_DECREF(troubled);
    return settling;
}
