/* The form of values, without making them: for columns and lazy views. No Python is needed. */
#include "values.h"

int skip_value(const Type *type, Cursor *from)
{
    size_t count = type->length;
    if (type->is_fixed) {
        if (left(from) < type->size) {
            return -1;
        }
        from->at += type->size;
        return 0;
    }
    switch (type->kind) {
    case KIND_TEXT:
    case KIND_BYTES:
        if (take_count(from, 1, &count) < 0) {
            return -1;
        }
        from->at += count;
        return 0;
    case KIND_ITEMS:
        if (count == 0 && take_count(from, type->item->minimum, &count) < 0) {
            return -1;
        }
        if (type->item->is_fixed) {
            if (left(from) / type->item->size < count) {
                return -1;
            }
            from->at += count * type->item->size;
            return 0;
        }
        for (size_t i = 0; i < count; i++) {
            if (skip_value(type->item, from) < 0) {
                return -1;
            }
        }
        return 0;
    case KIND_OPTIONAL:
        if (left(from) < 1 || from->at[0] > 1) {
            return -1;
        }
        return *from->at++ ? skip_value(type->item, from) : 0;
    case KIND_STRUCT:
        for (Py_ssize_t i = 0; i < type->count; i++) {
            if (skip_value(type->fields[i].type, from) < 0) {
                return -1;
            }
        }
        return 0;
    default:
        return -1;
    }
}

/* Whether the bytes are UTF-8 as Python takes it: the shortest form, no surrogates, to U+10FFFF. */
static int is_utf8(const uint8_t *p, const uint8_t *end)
{
    while (p < end) {
        if (end - p >= 8 && !(load64(p) & 0x8080808080808080ull)) {
            p += 8;
            continue;
        }
        uint8_t first = *p++;
        if (first < 0x80) {
            continue;
        }
        int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || end - p < more) {
            return 0;
        }
        uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (p[0] < low || p[0] > high) {
            return 0;
        }
        for (int i = 1; i < more; i++) {
            if ((p[i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        p += more;
    }
    return 1;
}

static int is_member(const Type *type, const uint8_t *from)
{
    size_t first = 0, end = type->number_count;
    if (type->width == 1) {
        return from[0] < type->dense_size && type->dense[from[0]] != NULL;
    }
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        int order = memcmp(from, type->numbers + middle * type->width, type->width);
        if (order == 0) {
            return 1;
        }
        first = order > 0 ? middle + 1 : first;
        end = order < 0 ? middle : end;
    }
    return 0;
}

static int check_fixed(const Type *type, const uint8_t *from)
{
    if (type->takes_any) {
        return 0;
    }
    switch (type->kind) {
    case KIND_BOOL:
        return from[0] > 1 ? -1 : 0;
    case KIND_RESERVED:
        return from[0] ? -1 : 0;
    case KIND_ENUM:
        return is_member(type, from) ? 0 : -1;
    case KIND_OPTIONAL:
        if (from[0] == 1) {
            return check_fixed(type->item, from + 1);
        }
        return from[0] || !all_zero(from + 1, type->item->size) ? -1 : 0;
    case KIND_ITEMS:
        for (uint32_t i = 0; i < type->length; i++) {
            if (check_fixed(type->item, from + (size_t)i * type->item->size) < 0) {
                return -1;
            }
        }
        return 0;
    case KIND_STRUCT:
        for (Py_ssize_t i = 0; i < type->count; i++) {
            if (check_fixed(type->fields[i].type, from + type->fields[i].at) < 0) {
                return -1;
            }
        }
        return 0;
    default:
        return 0;
    }
}

static int check_items(const Type *type, Cursor *from)
{
    const Type *item = type->item;
    const uint8_t *start = from->at;
    Cursor counted = *from;
    size_t count = type->length;
    if (count == 0 && take_count(&counted, item->minimum, &count) < 0) {
        return -1;
    }
    if (item->takes_any) {
        from->at = start;
        return skip_value(type, from);
    }
    *from = counted;
    for (size_t i = 0; i < count; i++) {
        if (check_value(item, from) < 0) {
            return -1;
        }
    }
    return 0;
}

int check_value(const Type *type, Cursor *from)
{
    const uint8_t *start = from->at;
    switch (type->is_fixed ? KIND_UINT : type->kind) {
    case KIND_ITEMS:
        return check_items(type, from);
    case KIND_OPTIONAL:
        if (left(from) < 1 || from->at[0] > 1) {
            return -1;
        }
        return *from->at++ ? check_value(type->item, from) : 0;
    case KIND_STRUCT:
        for (Py_ssize_t i = 0; i < type->count; i++) {
            if (check_value(type->fields[i].type, from) < 0) {
                return -1;
            }
        }
        return 0;
    default:
        if (skip_value(type, from) < 0) {
            return -1;
        }
        if (type->is_fixed) {
            return check_fixed(type, start);
        }
        return type->kind != KIND_TEXT || is_utf8(start + 4, from->at) ? 0 : -1;
    }
}

int check_message(const Layout *layout, const uint8_t *from, size_t size, uint8_t version)
{
    const Type *type = layout->type;
    Cursor cursor = {from, from + size};
    if (type->is_fixed && version >= layout->version) {
        int is_sized = version == layout->version ? size == type->size : size >= type->size;
        return is_sized ? check_fixed(type, from) : -1;
    }
    for (Py_ssize_t i = 0; i < type->count && type->fields[i].since <= version; i++) {
        if (check_value(type->fields[i].type, &cursor) < 0) {
            return -1;
        }
    }
    return version <= layout->version && left(&cursor) ? -1 : 0;
}
