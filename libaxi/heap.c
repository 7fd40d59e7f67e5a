/*
 * Blocks with their size in front. Small ones are rounded up to a multiple of AXI__HEAP_STEP and go to the
 * list of their size when they are freed; large ones go back to the hook.
 */
#include "heap.h"

#include <stddef.h>
#include <string.h>

#include "alloc.h"

/* In front of what expat gets, and as aligned as the hook's memory is. */
struct head {
    _Alignas(max_align_t) size_t size; /* without the head */
};

struct axi__piece {
    struct axi__piece *next;
};
_Static_assert(sizeof(struct axi__piece) <= AXI__HEAP_STEP, "a kept block holds its link");

enum { LARGEST_SMALL = AXI__HEAP_STEP * AXI__HEAP_LISTS };

static _Thread_local struct axi__heap *axi__heap_current;

void axi__heap_init(struct axi__heap *heap, const struct axi_alloc *alloc)
{
    memset(heap, 0, sizeof *heap);
    heap->alloc = *alloc;
}

struct axi__heap *axi__heap_enter(struct axi__heap *heap)
{
    struct axi__heap *before = axi__heap_current;
    axi__heap_current = heap;
    return before;
}

void axi__heap_leave(struct axi__heap *before)
{
    axi__heap_current = before;
}

static struct head *head_of(void *ptr)
{
    return (struct head *)ptr - 1;
}

static void give_back(struct axi__heap *heap, struct head *head)
{
    heap->total -= head->size + sizeof *head;
    axi__free(&heap->alloc, head);
}

void axi__heap_done(struct axi__heap *heap)
{
    for (size_t i = 0; i < AXI__HEAP_LISTS; i++) {
        while (heap->kept[i] != NULL) {
            struct axi__piece *piece = heap->kept[i];
            heap->kept[i] = piece->next;
            give_back(heap, head_of(piece));
        }
    }
}

static size_t rounded(size_t size)
{
    if (size > LARGEST_SMALL)
        return size;
    return size == 0 ? AXI__HEAP_STEP
                     : (size + AXI__HEAP_STEP - 1) / AXI__HEAP_STEP * AXI__HEAP_STEP;
}

static struct axi__piece **list_of(struct axi__heap *heap, size_t size)
{
    return &heap->kept[size / AXI__HEAP_STEP - 1];
}

void *axi__heap_malloc(size_t size)
{
    struct axi__heap *heap = axi__heap_current;
    if (size > SIZE_MAX / 4)
        return NULL;
    size = rounded(size);
    if (size <= LARGEST_SMALL && *list_of(heap, size) != NULL) {
        struct axi__piece *piece = *list_of(heap, size);
        *list_of(heap, size) = piece->next;
        return piece;
    }
    struct head *head = axi__realloc(&heap->alloc, NULL, sizeof *head + size);
    if (head == NULL)
        return NULL;
    head->size = size;
    heap->total += sizeof *head + size;
    return head + 1;
}

void axi__heap_free(void *ptr)
{
    struct axi__heap *heap = axi__heap_current;
    if (ptr == NULL)
        return;
    struct head *head = head_of(ptr);
    if (head->size > LARGEST_SMALL) {
        give_back(heap, head);
        return;
    }
    struct axi__piece *piece = ptr;
    piece->next = *list_of(heap, head->size);
    *list_of(heap, head->size) = piece;
}

void *axi__heap_realloc(void *ptr, size_t size)
{
    struct axi__heap *heap = axi__heap_current;
    if (ptr == NULL)
        return axi__heap_malloc(size);
    if (size > SIZE_MAX / 4)
        return NULL;
    struct head *head = head_of(ptr);
    size_t old = head->size;
    if (rounded(size) == old)
        return ptr;
    if (old > LARGEST_SMALL && size > LARGEST_SMALL) {
        head = axi__realloc(&heap->alloc, head, sizeof *head + size);
        if (head == NULL)
            return NULL;
        heap->total += size - old;
        head->size = size;
        return head + 1;
    }
    void *moved = axi__heap_malloc(size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, ptr, old < size ? old : size);
    axi__heap_free(ptr);
    return moved;
}
