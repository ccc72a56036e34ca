/* What one message looks like: its bytes, and where its object keeps the values of its fields. */
#ifndef MYCELIUM_LAYOUT_H
#define MYCELIUM_LAYOUT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#if PY_VERSION_HEX < 0x030C0000 /* later ones have these names themselves */
#include <structmember.h>
#define Py_T_PYSSIZET T_PYSSIZET
#define Py_T_OBJECT_EX T_OBJECT_EX
#define Py_READONLY READONLY
#endif

typedef enum {
    KIND_UINT,
    KIND_INT,
    KIND_BOOL,
    KIND_FLOAT,
    KIND_BYTES,    /* as many as `length`, or a count before them when it is 0 */
    KIND_TEXT,
    KIND_ENUM,
    KIND_STRUCT,
    KIND_ITEMS,    /* as many as `length`, or a count before them when it is 0 */
    KIND_OPTIONAL,
    KIND_RESERVED, /* bytes that are zero and belong to no field */
} Kind;

typedef struct Type Type;

typedef struct {
    PyObject *name;     /* NULL of what is reserved */
    PyObject *fallback; /* what a value of an older writer gets, NULL if every writer has it */
    const Type *type;
    Py_ssize_t slot;    /* where the object keeps the value, in bytes from its start */
    uint32_t at;        /* where the value's bytes start, if all fields before it are fixed */
    uint8_t since;
    uint8_t is_placed;  /* whether `at` holds */
} Field;

struct Type {
    Kind kind;
    uint8_t width;      /* bytes of an integer, a float, an enum's integer */
    uint8_t is_closed;  /* an enum that has no values but its members */
    uint8_t is_fixed;   /* whether every value takes `size` bytes */
    uint8_t takes_any;  /* whether all bytes of that size are a value */
    uint8_t fills_all;  /* whether a struct's fields are all that its objects hold */
    uint32_t size;
    uint32_t minimum;   /* the fewest bytes that a value takes */
    uint32_t length;
    const Type *item;
    PyTypeObject *owner; /* of a struct */
    Field *fields;
    Py_ssize_t count;
    PyObject *members;   /* of an enum: a dict from number to member */
    PyObject **dense;    /* the same for numbers below `dense_size`, NULL where there is none */
    uint32_t dense_size;
    uint8_t *numbers;    /* of a closed enum: its members' numbers as on the wire, in memcmp's order */
    size_t number_count;
};

/* The type that a tree says, or NULL with an exception. */
Type *type_new(PyObject *tree);
void free_type(Type *type);
int visit_type(const Type *type, visitproc visit, void *arg);

/* A message's layout is never changed once it is made: threads share it without a lock. */
typedef struct {
    PyObject_HEAD
    Type *type; /* a struct */
    uint16_t type_id;
    uint8_t version;
    uint8_t domain;
} Layout;

extern PyType_Spec layout_spec;

/* The place of an attribute in the objects of a class, or -1 with an exception. */
Py_ssize_t slot_of(PyTypeObject *owner, PyObject *name);

/* Whether these are all the slots that objects of the class have, each named once. */
int fills_all(PyTypeObject *owner, const Py_ssize_t *slots, Py_ssize_t count);

/* 0 when objects of the class can be made by filling slots, -1 with an exception if they cannot. */
int check_plain(PyTypeObject *owner);

static inline PyObject **slot_at(PyObject *object, Py_ssize_t slot)
{
    return (PyObject **)(void *)((char *)object + slot);
}

/* A new object of the class. Its slots are empty, or garbage where whoever makes it fills all of them
   (`fills_all`), which saves a tenth of reading a message; each has to be set before it is dropped. */
static inline PyObject *new_object(PyTypeObject *owner, int is_filled)
{
    PyObject *made = PyObject_New(PyObject, owner);
    if (made != NULL && !is_filled) {
        memset((char *)made + sizeof(PyObject), 0, (size_t)owner->tp_basicsize - sizeof(PyObject));
    }
    return made;
}

#endif
