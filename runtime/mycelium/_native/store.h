/* Bytes that grow at their end. Nothing here is Python's: no lock is needed, no exception is set. */
#ifndef MYCELIUM_STORE_H
#define MYCELIUM_STORE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    uint8_t *start;
    size_t size;
    size_t room;
} Store;

/* Makes room for so many more bytes: 0, or -1 when memory is short. */
int store_reserve(Store *store, size_t more);

/* Makes room for so many times what the store holds, as far as there is memory. */
void store_foresee(Store *store, double times);
void store_free(Store *store);

/* Asks for large pages under memory that is about to be filled. Taking small ones, one by one, costs
   as much as checking the frames that fill them. */
void prefer_large_pages(void *start, size_t size);

/* So many more bytes, for the caller to fill; NULL when memory is short. */
static inline uint8_t *store_extend(Store *store, size_t more)
{
    if (store->room - store->size < more && store_reserve(store, more) < 0) {
        return NULL;
    }
    uint8_t *at = store->start + store->size;
    store->size += more;
    return at;
}

/* 0, or -1 when memory is short. `from` may be NULL for zeros. */
static inline int store_append(Store *store, const uint8_t *from, size_t size)
{
    uint8_t *to = size ? store_extend(store, size) : NULL;
    if (to == NULL) {
        return size ? -1 : 0;
    }
    if (from == NULL) {
        memset(to, 0, size);
    } else {
        memcpy(to, from, size);
    }
    return 0;
}

#endif
