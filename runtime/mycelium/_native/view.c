/* Lazy views: an intact frame whose form is checked, and whose fields are made when they are read.

   A view's class is made for each message in Python; it derives from `View` and has one `ViewField`
   a field. */
#include "view.h"

#include "values.h"

typedef struct {
    PyObject_HEAD
    Layout *layout;
    PyTypeObject *base; /* View */
    Py_ssize_t index;
} ViewField;

PyObject *view_make(PyTypeObject *cls, PyObject *frame, const Layout *layout, const Tlv *tlv)
{
    View *view = (View *)cls->tp_alloc(cls, 0);
    if (view != NULL) {
        view->frame = Py_NewRef(frame);
        view->layout = (Layout *)Py_NewRef((PyObject *)layout);
        view->value = tlv->value;
        view->length = tlv->length;
        view->version = tlv->version;
    }
    return (PyObject *)view;
}

/* NULL without an exception where the form does not hold, which was checked before. */
static PyObject *read_field(const View *view, Py_ssize_t index)
{
    const Type *type = view->layout->type;
    const Field *field = &type->fields[index];
    if (field->since > view->version) {
        return Py_XNewRef(field->fallback);
    }
    Cursor cursor = {view->value, view->value + view->length};
    Py_ssize_t i = index;
    while (!type->fields[i].is_placed) { /* the first one is */
        i--;
    }
    if (left(&cursor) < type->fields[i].at) {
        return NULL;
    }
    for (cursor.at += type->fields[i].at; i < index; i++) {
        if (skip_value(type->fields[i].type, &cursor) < 0) {
            return NULL;
        }
    }
    return read_value(field->type, &cursor);
}

static PyObject *or_assertion(PyObject *value)
{
    if (value == NULL && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_AssertionError, "expected the form that was checked before");
    }
    return value;
}

static PyObject *field_get(ViewField *self, PyObject *object, PyObject *owner)
{
    (void)owner;
    if (object == NULL) {
        return Py_NewRef((PyObject *)self);
    }
    if (!PyObject_TypeCheck(object, self->base) || ((View *)object)->layout != self->layout) {
        PyErr_SetString(PyExc_TypeError, "expected a view of the field's own message");
        return NULL;
    }
    return or_assertion(read_field((View *)object, self->index));
}

static int field_set(PyObject *self, PyObject *object, PyObject *value)
{
    (void)self, (void)value;
    PyErr_Format(PyExc_AttributeError, "immutable type: '%s'", Py_TYPE(object)->tp_name);
    return -1;
}

static PyObject *field_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"layout", "index", NULL};
    State *state = PyType_GetModuleState(cls);
    PyObject *layout;
    Py_ssize_t index;
    if (state == NULL || !PyArg_ParseTupleAndKeywords(args, kwargs, "O!n:ViewField", keywords,
                                                      state->layout, &layout, &index)) {
        return NULL;
    }
    if (index < 0 || index >= ((Layout *)layout)->type->count) {
        PyErr_SetString(PyExc_IndexError, "the layout has no such field");
        return NULL;
    }
    ViewField *self = (ViewField *)cls->tp_alloc(cls, 0);
    if (self != NULL) {
        self->layout = (Layout *)Py_NewRef(layout);
        self->base = (PyTypeObject *)Py_NewRef((PyObject *)state->view);
        self->index = index;
    }
    return (PyObject *)self;
}

static int field_traverse(ViewField *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->layout);
    Py_VISIT(self->base);
    return 0;
}

static void field_dealloc(ViewField *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->layout);
    Py_XDECREF(self->base);
    cls->tp_free(self);
    Py_DECREF(cls);
}

PyDoc_STRVAR(field_doc, "ViewField(layout, index)\n--\n\nOne field of a view's class.");

static PyType_Slot field_slots[] = {
    {Py_tp_doc, (void *)field_doc},
    {Py_tp_new, field_new},
    {Py_tp_descr_get, field_get},
    {Py_tp_descr_set, field_set},
    {Py_tp_traverse, field_traverse},
    {Py_tp_dealloc, field_dealloc},
    {0, NULL},
};

PyType_Spec view_field_spec = {
    .name = "mycelium._native._codec.ViewField",
    .basicsize = sizeof(ViewField),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = field_slots,
};

static PyObject *view_to_message(View *self, PyObject *unused)
{
    (void)unused;
    if (self->layout == NULL) {
        PyErr_SetString(PyExc_TypeError, "expected a view that Message.view made");
        return NULL;
    }
    return or_assertion(read_message(self->layout, self->value, self->length, self->version));
}

static PyObject *view_to_bytes(View *self, PyObject *unused)
{
    (void)unused;
    return self->frame == NULL ? PyBytes_FromStringAndSize("", 0) : Py_NewRef(self->frame);
}

static void view_dealloc(View *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    Py_XDECREF(self->frame);
    Py_XDECREF((PyObject *)self->layout);
    cls->tp_free(self);
    Py_DECREF(cls);
}

static PyMethodDef view_methods[] = {
    {"to_message", (PyCFunction)(void (*)(void))view_to_message, METH_NOARGS,
     "The whole message, made anew."},
    {"__bytes__", (PyCFunction)(void (*)(void))view_to_bytes, METH_NOARGS,
     "The frame that is viewed."},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(view_doc, "The base of views, which `Message.view` makes.");

static PyType_Slot view_slots[] = {
    {Py_tp_doc, (void *)view_doc},
    {Py_tp_methods, view_methods},
    {Py_tp_dealloc, view_dealloc},
    {0, NULL},
};

PyType_Spec view_spec = {
    .name = "mycelium._native._codec.View",
    .basicsize = sizeof(View),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = view_slots,
};
