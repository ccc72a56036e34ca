/* Python's integers to little-endian bytes and back, up to 256 bits.

   Wide ones go by the public functions that came with 3.13; before, their digits are read and
   written here, because what 3.11 offers instead takes twice as long. */
#ifndef MYCELIUM_INTS_H
#define MYCELIUM_INTS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#include "bytes.h"

/* 16 or 32 bytes, see int_to_bytes and int_from_bytes. */
int wide_to_bytes(PyObject *value, uint8_t *to, size_t size, int is_signed);
PyObject *wide_from_bytes(const uint8_t *from, size_t size, int is_signed);

#if PY_VERSION_HEX >= 0x030C0000
/* Whether the integer is small enough to be read without a call; then what it is. */
static inline int is_small(PyObject *value, int64_t *found)
{
    if (!PyUnstable_Long_IsCompact((PyLongObject *)value)) {
        return 0;
    }
    *found = PyUnstable_Long_CompactValue((PyLongObject *)value);
    return 1;
}
#else
static inline int is_small(PyObject *value, int64_t *found)
{
    const digit *digits = ((PyLongObject *)value)->ob_digit;
    switch (Py_SIZE(value)) {
    case -1:
        *found = -(int64_t)digits[0];
        return 1;
    case 0:
        *found = 0;
        return 1;
    case 1:
        *found = digits[0];
        return 1;
    case 2:
        *found = (int64_t)digits[0] | (int64_t)digits[1] << PyLong_SHIFT;
        return 1;
#if PyLong_SHIFT == 30
    case 3: /* a timestamp of today has 61 bits */
        *found = (int64_t)digits[0] | (int64_t)digits[1] << 30 | (int64_t)(digits[2] & 7) << 60;
        return digits[2] < 8;
#endif
    default:
        return 0;
    }
}
#endif

/* 0, or -1 without an exception when it is no integer from 0 to 2**64 - 1. */
static inline int int_as_u64(PyObject *value, uint64_t *found)
{
    int64_t small;
    if (!PyLong_Check(value)) {
        return -1;
    }
    if (is_small(value, &small)) {
        *found = (uint64_t)small;
        return small < 0 ? -1 : 0;
    }
#if PY_VERSION_HEX < 0x030C0000 && PyLong_SHIFT == 30
    if (Py_SIZE(value) == 3) { /* of more than 63 bits */
        const digit *digits = ((PyLongObject *)value)->ob_digit;
        *found = digits[0] | (uint64_t)digits[1] << 30 | (uint64_t)digits[2] << 60;
        return digits[2] < 16 ? 0 : -1;
    }
#endif
    *found = PyLong_AsUnsignedLongLong(value);
    if (*found == UINT64_MAX && PyErr_Occurred()) {
        PyErr_Clear();
        return -1;
    }
    return 0;
}

/* The same from -2**63 to 2**63 - 1. */
static inline int int_as_i64(PyObject *value, int64_t *found)
{
    int overflow;
    if (!PyLong_Check(value)) {
        return -1;
    }
    if (is_small(value, found)) {
        return 0;
    }
    *found = PyLong_AsLongLongAndOverflow(value, &overflow);
    return overflow ? -1 : 0;
}

/* Writes `size` bytes. 0, or -1 without an exception when it is no integer that fits. */
static inline int int_to_bytes(PyObject *value, uint8_t *to, size_t size, int is_signed)
{
    int64_t number;
    if (size > 8) {
        return wide_to_bytes(value, to, size, is_signed);
    }
    if (size == 8 && !is_signed) {
        uint64_t unsigned_number;
        if (int_as_u64(value, &unsigned_number) < 0) {
            return -1;
        }
        store64(to, unsigned_number);
        return 0;
    }
    if (int_as_i64(value, &number) < 0) {
        return -1;
    }
    switch (size) {
    case 8:
        store64(to, (uint64_t)number);
        return 0;
    case 4:
        store32(to, (uint32_t)number);
        return number == (is_signed ? (int64_t)(int32_t)number : (int64_t)(uint32_t)number)
                   ? 0
                   : -1;
    case 2:
        store16(to, (uint16_t)number);
        return number == (is_signed ? (int64_t)(int16_t)number : (int64_t)(uint16_t)number) ? 0
                                                                                             : -1;
    default:
        to[0] = (uint8_t)number;
        return number == (is_signed ? (int64_t)(int8_t)number : (int64_t)(uint8_t)number) ? 0 : -1;
    }
}

#if PY_VERSION_HEX < 0x030C0000 && PyLong_SHIFT == 30
/* Numbers above 30 bits are made here, in half the time. */
static inline PyObject *int_from_u64(uint64_t number)
{
    if (number >> 30 == 0) {
        return PyLong_FromUnsignedLongLong(number);
    }
    PyLongObject *made = PyObject_Malloc(sizeof(PyLongObject) + 2 * sizeof(digit));
    if (made == NULL) {
        return PyErr_NoMemory();
    }
#ifdef Py_REF_DEBUG
    PyObject_InitVar((PyVarObject *)made, &PyLong_Type, number >> 60 ? 3 : 2);
#else /* what that does, without the call */
    Py_SET_REFCNT((PyObject *)made, 1);
    Py_SET_TYPE((PyObject *)made, &PyLong_Type);
    Py_SET_SIZE((PyVarObject *)made, number >> 60 ? 3 : 2);
#endif
    made->ob_digit[0] = (digit)(number & PyLong_MASK);
    made->ob_digit[1] = (digit)(number >> 30 & PyLong_MASK);
    made->ob_digit[2] = (digit)(number >> 60);
    return (PyObject *)made;
}
#else
static inline PyObject *int_from_u64(uint64_t number)
{
    return PyLong_FromUnsignedLongLong(number);
}
#endif

/* NULL with an exception when memory is short. */
static inline PyObject *int_from_bytes(const uint8_t *from, size_t size, int is_signed)
{
    switch (size) {
    case 1:
        return PyLong_FromLong(is_signed ? (int8_t)from[0] : from[0]);
    case 2:
        return PyLong_FromLong(is_signed ? (int16_t)load16(from) : load16(from));
    case 4:
        return PyLong_FromLongLong(is_signed ? (int32_t)load32(from) : (int64_t)load32(from));
    case 8:
        return is_signed && from[7] & 0x80 ? PyLong_FromLongLong((int64_t)load64(from))
                                           : int_from_u64(load64(from));
    default:
        return wide_from_bytes(from, size, is_signed);
    }
}

#endif
