/* Layouts, and where the objects of a class keep their values. */
#include "layout.h"

int check_plain(PyTypeObject *owner)
{
    unsigned long flags = PyType_GetFlags(owner);
    if (!(flags & Py_TPFLAGS_HEAPTYPE) || flags & Py_TPFLAGS_HAVE_GC || owner->tp_itemsize != 0 ||
        owner->tp_dictoffset != 0 || owner->tp_weaklistoffset != 0) {
        PyErr_Format(PyExc_TypeError, "%s: expected a class with slots and nothing else",
                     owner->tp_name);
        return -1;
    }
    return 0;
}

Py_ssize_t slot_of(PyTypeObject *owner, PyObject *name)
{
    Py_ssize_t slot = -1;
    PyObject *found = PyObject_GetAttr((PyObject *)owner, name);
    if (found == NULL) {
        return -1;
    }
    if (Py_IS_TYPE(found, &PyMemberDescr_Type)) {
        const PyMemberDescrObject *member = (const PyMemberDescrObject *)found;
        Py_ssize_t offset = member->d_member->offset;
        if (PyType_IsSubtype(owner, member->d_common.d_type) &&
            member->d_member->type == Py_T_OBJECT_EX && /* a reference, or NULL for none */
            offset >= (Py_ssize_t)sizeof(PyObject) && offset % (Py_ssize_t)sizeof(void *) == 0 &&
            offset <= owner->tp_basicsize - (Py_ssize_t)sizeof(void *)) {
            slot = offset;
        }
    }
    Py_DECREF(found);
    if (slot < 0) {
        PyErr_Format(PyExc_TypeError, "%s.%U: expected a slot", owner->tp_name, name);
    }
    return slot;
}

int fills_all(PyTypeObject *owner, const Py_ssize_t *slots, Py_ssize_t count)
{
    if (owner->tp_basicsize != (Py_ssize_t)sizeof(PyObject) + count * (Py_ssize_t)sizeof(void *)) {
        return 0;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        for (Py_ssize_t k = 0; k < i; k++) {
            if (slots[k] == slots[i]) {
                return 0;
            }
        }
    }
    return 1;
}

PyDoc_STRVAR(layout_doc, "Layout(type_id, version, domain, tree)\n--\n\n"
                         "What one message looks like; see mycelium.protocol.layout.");

static PyObject *layout_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"type_id", "version", "domain", "tree", NULL};
    PyObject *tree;
    unsigned short type_id;
    unsigned char version, domain;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "HbbO!:Layout", names, &type_id, &version,
                                     &domain, &PyTuple_Type, &tree)) {
        return NULL;
    }
    Type *type = type_new(tree);
    if (type == NULL) {
        return NULL;
    }
    if (type->kind != KIND_STRUCT) {
        PyErr_SetString(PyExc_ValueError, "a message's layout has to be a struct");
        free_type(type);
        return NULL;
    }
    Layout *self = (Layout *)cls->tp_alloc(cls, 0);
    if (self == NULL) {
        free_type(type);
        return NULL;
    }
    self->type = type;
    self->type_id = type_id;
    self->version = version;
    self->domain = domain;
    return (PyObject *)self;
}

static int layout_traverse(Layout *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return visit_type(self->type, visit, arg);
}

/* A layout has no tp_clear: what it holds never changes, and the classes that hold it break the
   cycle. */
static void layout_dealloc(Layout *self)
{
    PyTypeObject *cls = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    free_type(self->type);
    cls->tp_free(self);
    Py_DECREF(cls);
}

static PyType_Slot layout_slots[] = {
    {Py_tp_doc, (void *)layout_doc},
    {Py_tp_new, layout_new},
    {Py_tp_traverse, layout_traverse},
    {Py_tp_dealloc, layout_dealloc},
    {0, NULL},
};

PyType_Spec layout_spec = {
    .name = "mycelium._native._codec.Layout",
    .basicsize = sizeof(Layout),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = layout_slots,
};
