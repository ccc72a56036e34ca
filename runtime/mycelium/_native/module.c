/* The module `mycelium._native._codec`. Its Python side is `mycelium.protocol.accelerated`. */
#include "objects.h"

/* checksum(frame): the number that the header of a whole frame has to hold.
   checksum(frame, way): the same by one of `CHECKSUMS`. */
static PyObject *checksum(PyObject *module, PyObject *args)
{
    (void)module;
    Py_buffer frame;
    const char *name = crc32_way.name;
    frame_crc_fn run = NULL;
    if (!PyArg_ParseTuple(args, "y*|s:checksum", &frame, &name)) {
        return NULL;
    }
    for (const CrcWay *way = crc32_ways(); way->name != NULL; way++) {
        run = strcmp(way->name, name) ? run : way->run;
    }
    PyObject *found = NULL;
    if (run == NULL || frame.len < HEADER_SIZE) {
        PyErr_SetString(PyExc_ValueError, "expected a header at least, and a way of CHECKSUMS");
    } else {
        const uint8_t *from = frame.buf;
        found = PyLong_FromUnsignedLong(
            run(from, from + HEADER_SIZE, (size_t)frame.len - HEADER_SIZE));
    }
    PyBuffer_Release(&frame);
    return found;
}

static PyMethodDef methods[] = {
    {"checksum", checksum, METH_VARARGS, "checksum(frame[, way]): what its header has to hold."},
    {"cut", (PyCFunction)(void (*)(void))stream_cut, METH_FASTCALL,
     "cut(header, raw, buffer, at, base, max_frame, most): sound frames, their end, their number."},
    {"decode", (PyCFunction)(void (*)(void))stream_decode, METH_FASTCALL,
     "decode(catalog, form, buffer, at, base, max_frame, most): the same, decoded."},
    {"frames", frames_of_records, METH_VARARGS,
     "frames(layout, records): the frames, or the number of the first record of no sound form."},
    {NULL, NULL, 0, NULL},
};

static int add_type(PyObject *module, PyType_Spec *spec, PyTypeObject **type)
{
    *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
    return *type == NULL ? -1 : PyModule_AddType(module, *type);
}

static int add_checksums(PyObject *module)
{
    PyObject *names = PyList_New(0);
    for (const CrcWay *way = crc32_ways(); names != NULL && way->name != NULL; way++) {
        PyObject *name = PyUnicode_FromString(way->name);
        if (name == NULL || PyList_Append(names, name) < 0) {
            Py_CLEAR(names);
        }
        Py_XDECREF(name);
    }
    PyObject *tuple = names == NULL ? NULL : PyList_AsTuple(names);
    Py_XDECREF(names);
    int failed = tuple == NULL ? -1 : PyModule_AddObjectRef(module, "CHECKSUMS", tuple);
    Py_XDECREF(tuple);
    return failed;
}

/* What Python and C have to agree about; a change to either's calls of the other raises it. */
enum { INTERFACE = 3 };

static int module_exec(PyObject *module)
{
    State *state = PyModule_GetState(module);
    crc32_choose();
    return add_type(module, &layout_spec, &state->layout) < 0 ||
                   add_type(module, &form_spec, &state->form) < 0 ||
                   add_type(module, &catalog_spec, &state->catalog) < 0 ||
                   add_type(module, &chunk_spec, &state->chunk) < 0 ||
                   add_type(module, &decoder_spec, &state->decoder) < 0 ||
                   add_type(module, &done_spec, &state->done) < 0 ||
                   add_type(module, &encoder_spec, &state->encoder) < 0 ||
                   add_type(module, &gatherer_spec, &state->gatherer) < 0 ||
                   add_type(module, &opener_spec, &state->opener) < 0 ||
                   add_type(module, &runs_spec, &state->runs) < 0 ||
                   add_type(module, &sender_spec, &state->sender) < 0 ||
                   add_type(module, &view_spec, &state->view) < 0 ||
                   add_type(module, &view_field_spec, &state->view_field) < 0 ||
                   add_checksums(module) < 0 ||
                   PyModule_AddIntConstant(module, "INTERFACE", INTERFACE) < 0
               ? -1
               : 0;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    Py_VISIT(state->layout);
    Py_VISIT(state->form);
    Py_VISIT(state->catalog);
    Py_VISIT(state->chunk);
    Py_VISIT(state->decoder);
    Py_VISIT(state->done);
    Py_VISIT(state->encoder);
    Py_VISIT(state->gatherer);
    Py_VISIT(state->opener);
    Py_VISIT(state->runs);
    Py_VISIT(state->sender);
    Py_VISIT(state->view);
    Py_VISIT(state->view_field);
    return 0;
}

static int module_clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    Py_CLEAR(state->layout);
    Py_CLEAR(state->form);
    Py_CLEAR(state->catalog);
    Py_CLEAR(state->chunk);
    Py_CLEAR(state->decoder);
    Py_CLEAR(state->done);
    Py_CLEAR(state->encoder);
    Py_CLEAR(state->gatherer);
    Py_CLEAR(state->opener);
    Py_CLEAR(state->runs);
    Py_CLEAR(state->sender);
    Py_CLEAR(state->view);
    Py_CLEAR(state->view_field);
    return 0;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "mycelium._native._codec",
    .m_doc = "Frames to messages and back, compiled; the pure codec says what is wrong with bytes.",
    .m_size = sizeof(State),
    .m_methods = methods,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
};

PyMODINIT_FUNC PyInit__codec(void)
{
    return PyModuleDef_Init(&module_def);
}
