/* Records to frames. */
#include "column.h"
#include "objects.h"

/* frames(layout, records): the frames of packed records; where one has no sound form, its number. */
PyObject *frames_of_records(PyObject *module, PyObject *args)
{
    State *state = PyModule_GetState(module);
    PyObject *known, *records;
    if (!PyArg_ParseTuple(args, "O!O!:frames", state->layout, &known, &PyBytes_Type, &records)) {
        return NULL;
    }
    const Layout *layout = (const Layout *)known;
    size_t size = layout->type->size, step = RECORD_HEAD + size;
    size_t count = (size_t)PyBytes_GET_SIZE(records) / step;
    if (!layout->type->is_fixed || (size_t)PyBytes_GET_SIZE(records) % step ||
        count > (size_t)PY_SSIZE_T_MAX / (OVERHEAD + size)) {
        PyErr_SetString(PyExc_ValueError, "expected whole records of a message of fixed size");
        return NULL;
    }
    PyObject *frames = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(count * (OVERHEAD + size)));
    if (frames == NULL) {
        return NULL;
    }
    const uint8_t *from = (const uint8_t *)PyBytes_AS_STRING(records);
    uint8_t *to = (uint8_t *)PyBytes_AS_STRING(frames);
    for (size_t i = 0; i < count; i++, from += step, to += OVERHEAD + size) {
        Head head = {load64(from + 2), load64(from + 10), (uint32_t)size + TLV_HEADER_SIZE,
                     load16(from), layout->domain};
        if (head.source == 0 ||
            check_message(layout, from + RECORD_HEAD, size, layout->version) < 0) {
            Py_DECREF(frames);
            return PyErr_Occurred() ? NULL : PyLong_FromSize_t(i);
        }
        memcpy(to + OVERHEAD, from + RECORD_HEAD, size);
        write_tlv_head(to + HEADER_SIZE, layout->type_id, layout->version, (uint32_t)size);
        write_head(to, &head);
    }
    return frames;
}
