/* A libFuzzer target: the interpreter with the codec's C compiled in, so that its coverage guides.
   What Python raises ends the run, as a crash does. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

PyMODINIT_FUNC PyInit__codec(void);

static PyObject *one;

static void stop(void)
{
    PyErr_Print();
    abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    PyImport_AppendInittab("mycelium._native._codec", PyInit__codec);
    Py_Initialize();
    PyObject *harness = PyImport_ImportModule("tests.fuzz.harness");
    one = harness == NULL ? NULL : PyObject_GetAttrString(harness, "one");
    if (one == NULL) {
        stop();
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PyObject *done = PyObject_CallFunction(one, "y#", (const char *)data, (Py_ssize_t)size);
    if (done == NULL) {
        stop();
    }
    Py_DECREF(done);
    return 0;
}
