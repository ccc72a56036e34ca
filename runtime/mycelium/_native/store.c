/* Memory of columns and records. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "store.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

enum {
    FIRST_ROOM = 1024,
    LARGE = 1 << 22, /* of less there are hardly any large pages */
};

void prefer_large_pages(void *start, size_t size)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    const uintptr_t page = 1 << 16; /* the largest that Linux has as a small one */
    uintptr_t first = ((uintptr_t)start + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)start + size) & ~(page - 1);
    if (size >= LARGE) {
        (void)madvise((void *)first, end - first, MADV_HUGEPAGE); /* advice: it may be ignored */
    }
#else
    (void)start, (void)size;
#endif
}

int store_reserve(Store *store, size_t more)
{
    if (more > PY_SSIZE_T_MAX - store->size) {
        return -1;
    }
    size_t room = store->room < FIRST_ROOM / 2 ? FIRST_ROOM : store->room * 2;
    if (room < store->size + more) {
        room = store->size + more;
    }
    uint8_t *grown = PyMem_RawRealloc(store->start, room);
    if (grown == NULL) {
        return -1;
    }
    prefer_large_pages(grown, room);
    store->start = grown;
    store->room = room;
    return 0;
}

void store_foresee(Store *store, double times)
{
    double more = (double)store->size * times;
    if (more < (double)(PY_SSIZE_T_MAX / 2) && more > (double)(store->room - store->size)) {
        (void)store_reserve(store, (size_t)more);
    }
}

void store_free(Store *store)
{
    PyMem_RawFree(store->start);
    *store = (Store){0};
}
