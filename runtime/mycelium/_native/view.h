/* Views, as their own types and what opens frames see them. */
#ifndef MYCELIUM_VIEW_H
#define MYCELIUM_VIEW_H

#include "objects.h"

typedef struct {
    PyObject_HEAD
    PyObject *frame;
    Layout *layout;
    const uint8_t *value; /* in the frame */
    uint32_t length;
    uint8_t version;
} View;

/* A view of the class, or NULL with an exception. Its form has to be checked. */
PyObject *view_make(PyTypeObject *cls, PyObject *frame, const Layout *layout, const Tlv *tlv);

#endif
