/* Records to frames. */
#include "heap.h"
#include "objects.h"

/* Writes frames of so many records, and their checksums behind them all: what was only just stored in
   small pieces is slow to load in large ones. The number of the first record of no sound form, or
   `count`. */
static size_t write_some(const Layout *layout, const uint8_t *from, size_t count, uint8_t *to)
{
    size_t size = layout->type->size, step = OVERHEAD + size, done = 0;
    for (; done < count; done++, from += RECORD_HEAD + size) {
        uint8_t *frame = to + done * step;
        uint64_t domain = layout->domain, source = load16(from);
        memcpy(frame + OVERHEAD, from + RECORD_HEAD, size);
        if (source == 0 ||
            check_message(layout, frame + OVERHEAD, size, layout->version) < 0) {
            break;
        }
        store64(frame, FRAME_START | domain << 40 | source << 48);
        memcpy(frame + 8, from + 2, 16); /* sequence and timestamp */
        store32(frame + 24, (uint32_t)size + TLV_HEADER_SIZE);
        write_tlv_head(frame + HEADER_SIZE, layout->type_id, layout->version, (uint32_t)size);
    }
    for (size_t i = 0; i < done; i++) {
        uint8_t *frame = to + i * step;
        store32(frame + CHECKED_HEAD,
                crc32_way.run(frame, frame + HEADER_SIZE, size + TLV_HEADER_SIZE));
    }
    return done;
}

static size_t write_frames(const Layout *layout, const uint8_t *from, size_t count, uint8_t *to)
{
    size_t size = layout->type->size, done = 0;
    while (done < count) {
        size_t some = count - done < AT_ONCE ? count - done : AT_ONCE;
        size_t sound = write_some(layout, from + done * (RECORD_HEAD + size), some,
                                  to + done * (OVERHEAD + size));
        done += sound;
        if (sound < some) {
            break;
        }
    }
    return done;
}

/* frames(layout, records): the frames of packed records; where one has no sound form, its number.
   Other threads run meanwhile. */
PyObject *frames_of_records(PyObject *module, PyObject *args)
{
    State *state = PyModule_GetState(module);
    PyObject *known;
    Py_buffer records;
    if (!PyArg_ParseTuple(args, "O!y*:frames", state->layout, &known, &records)) {
        return NULL;
    }
    const Layout *layout = (const Layout *)known;
    size_t size = layout->type->size, step = RECORD_HEAD + size;
    size_t count = (size_t)records.len / step, done = 0;
    PyObject *frames = NULL;
    if (!layout->type->is_fixed || (size_t)records.len % step ||
        count > (size_t)PY_SSIZE_T_MAX / (OVERHEAD + size)) {
        PyErr_SetString(PyExc_ValueError, "expected whole records of a message of fixed size");
    } else {
        frames = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(count * (OVERHEAD + size)));
    }
    if (frames != NULL) {
        uint8_t *to = (uint8_t *)PyBytes_AS_STRING(frames);
        Py_BEGIN_ALLOW_THREADS
        prefer_large_pages(to, count * (OVERHEAD + size));
        done = write_frames(layout, records.buf, count, to);
        Py_END_ALLOW_THREADS
        if (done < count) {
            Py_DECREF(frames);
            frames = PyLong_FromSize_t(done);
        }
    }
    PyBuffer_Release(&records);
    return frames;
}
