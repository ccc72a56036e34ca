/* Integers of 128 and 256 bits. */
#include "ints.h"

#if PY_VERSION_HEX >= 0x030D0000

int wide_to_bytes(PyObject *value, uint8_t *to, size_t size, int is_signed)
{
    int flags = Py_ASNATIVEBYTES_LITTLE_ENDIAN;
    if (!PyLong_Check(value)) {
        return -1;
    }
    if (!is_signed) {
        flags |= Py_ASNATIVEBYTES_UNSIGNED_BUFFER | Py_ASNATIVEBYTES_REJECT_NEGATIVE;
    }
    Py_ssize_t needed = PyLong_AsNativeBytes(value, to, (Py_ssize_t)size, flags);
    if (needed < 0) {
        PyErr_Clear();
        return -1;
    }
    return (size_t)needed <= size ? 0 : -1;
}

PyObject *wide_from_bytes(const uint8_t *from, size_t size, int is_signed)
{
    int flags = Py_ASNATIVEBYTES_LITTLE_ENDIAN;
    size_t used = size;
    if (is_signed) {
        return PyLong_FromNativeBytes(from, size, flags);
    }
    while (used > 8 && load64(from + used - 8) == 0) { /* most are far smaller than their type */
        used -= 8;
    }
    return used == 8 ? PyLong_FromUnsignedLongLong(load64(from))
                     : PyLong_FromUnsignedNativeBytes(from, used, flags);
}

#else

enum { WORDS = 4 };

#if PY_VERSION_HEX >= 0x030C0000
#define DIGITS(value) (((PyLongObject *)(value))->long_value.ob_digit)
#define DIGIT_COUNT(value) (((PyLongObject *)(value))->long_value.lv_tag >> _PyLong_NON_SIZE_BITS)
#define IS_NEGATIVE(value) ((((PyLongObject *)(value))->long_value.lv_tag & _PyLong_SIGN_MASK) == 2)
#else
#define DIGITS(value) (((PyLongObject *)(value))->ob_digit)
#define DIGIT_COUNT(value) ((size_t)Py_ABS(Py_SIZE(value)))
#define IS_NEGATIVE(value) (Py_SIZE(value) < 0)
#endif

static void negate(uint64_t *words, size_t count)
{
    uint64_t carry = 1;
    for (size_t i = 0; i < count; i++) {
        words[i] = ~words[i] + carry;
        carry = carry && words[i] == 0;
    }
}

/* The magnitude in `count` words: 0, or -1 when it does not fit. */
static int magnitude(PyObject *value, uint64_t *words, size_t count)
{
    size_t digits = DIGIT_COUNT(value), done = 0;
    uint64_t word = 0;
    unsigned bits = 0; /* of the word that is filled */
    memset(words, 0, WORDS * sizeof *words);
    for (size_t i = 0; i < digits; i++) {
        uint64_t found = DIGITS(value)[i];
        word |= found << bits;
        bits += PyLong_SHIFT;
        if (bits >= 64) {
            if (done == count) {
                return -1; /* the last digit is never zero */
            }
            words[done++] = word;
            bits -= 64;
            word = found >> (PyLong_SHIFT - bits);
        }
    }
    if (done == count) {
        return word ? -1 : 0;
    }
    words[done] = word;
    return 0;
}

int wide_to_bytes(PyObject *value, uint8_t *to, size_t size, int is_signed)
{
    uint64_t words[WORDS];
    size_t count = size / 8;
    if (!PyLong_Check(value) || magnitude(value, words, count) < 0) {
        return -1;
    }
    if (is_signed || IS_NEGATIVE(value)) {
        if (!is_signed) {
            return -1;
        }
        if (IS_NEGATIVE(value)) {
            negate(words, count);
        }
        if ((int)(words[count - 1] >> 63) != IS_NEGATIVE(value)) {
            return -1;
        }
    }
    for (size_t i = 0; i < count; i++) {
        store64(to + 8 * i, words[i]);
    }
    return 0;
}

PyObject *wide_from_bytes(const uint8_t *from, size_t size, int is_signed)
{
    uint64_t words[WORDS + 1] = {0};
    size_t count = size / 8;
    int is_negative = is_signed && from[size - 1] & 0x80;
    for (size_t i = 0; i < count; i++) {
        words[i] = load64(from + 8 * i);
    }
    if (is_negative) {
        negate(words, count);
    }
    while (count > 1 && words[count - 1] == 0) { /* most are far smaller than their type */
        count--;
    }
    if (count == 1 && !is_negative) {
        return PyLong_FromUnsignedLongLong(words[0]);
    }
    if (count == 1 && words[0] <= INT64_MAX) {
        return PyLong_FromLongLong(-(int64_t)words[0]);
    }
    size_t digits = (count * 64 + PyLong_SHIFT - 1) / PyLong_SHIFT;
    while ((digits - 1) * PyLong_SHIFT / 64 == count - 1 &&
           words[count - 1] >> (digits - 1) * PyLong_SHIFT % 64 == 0) {
        digits--;
    }
    PyLongObject *made = _PyLong_New((Py_ssize_t)digits);
    if (made == NULL) {
        return NULL;
    }
    uint64_t word = words[0];
    unsigned bits = 64; /* that are left of it */
    for (size_t i = 0, next = 1; i < digits; i++) {
        if (bits >= PyLong_SHIFT) {
            DIGITS(made)[i] = (digit)(word & PyLong_MASK);
            word >>= PyLong_SHIFT;
            bits -= PyLong_SHIFT;
        } else {
            uint64_t following = words[next++];
            DIGITS(made)[i] = (digit)((word | following << bits) & PyLong_MASK);
            word = following >> (PyLong_SHIFT - bits);
            bits += 64 - PyLong_SHIFT;
        }
    }
    if (is_negative) {
#if PY_VERSION_HEX >= 0x030C0000
        made->long_value.lv_tag |= 2;
#else
        Py_SET_SIZE(made, -(Py_ssize_t)digits);
#endif
    }
    return (PyObject *)made;
}

#endif
