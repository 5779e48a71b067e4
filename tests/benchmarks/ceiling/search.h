/* A breadth-first search over states that fit a 64-bit word, for the hand-written programs here.
 *
 * The memory decides the speed: a successor is hashed and its slot prefetched when it is made, and
 * looked up when BATCH more have been made. Table and queue are made once, for a capacity that the
 * program knows. A program that includes this gives `expand`, which calls `reach` for every
 * successor, and `holds`, the invariant. Zero is the initial state. One thread.
 */
#ifndef SEARCH_H
#define SEARCH_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define BATCH 256

typedef uint64_t State;

static inline void expand(State state);
static inline bool holds(State state);

/* A slot holds a state plus one: zero is an empty slot. */
static State *table;
static uint64_t mask;
static State *queue;
static uint64_t head, tail, capacity, generated, levels;
static State waiting[BATCH];
static uint64_t waiting_slot[BATCH];
static unsigned waiting_count;

/* States differ in few bits, and regularly so: two multiplications spread them. */
static inline uint64_t slot_of(State key)
{
    uint64_t mixed = (key ^ key >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return (mixed ^ mixed >> 32) & mask;
}

static void insert_waiting(void)
{
    for (unsigned i = 0; i < waiting_count; i++) {
        State key = waiting[i];
        uint64_t slot = waiting_slot[i];
        while (table[slot] != 0 && table[slot] != key)
            slot = (slot + 1) & mask;
        if (table[slot] == 0) {
            if (tail == capacity) {
                fputs("the queue is full\n", stderr);
                exit(2);
            }
            table[slot] = key;
            queue[tail++] = key - 1;
        }
    }
    waiting_count = 0;
}

static inline void reach(State state)
{
    State key = state + 1;
    uint64_t slot = slot_of(key);
    __builtin_prefetch(&table[slot], 1, 0);
    waiting[waiting_count] = key;
    waiting_slot[waiting_count] = slot;
    generated++;
    if (++waiting_count == BATCH)
        insert_waiting();
}

/* Expand level after level until one is empty; whether the invariant held in every state. */
static bool explore(void)
{
    reach(0);
    insert_waiting();
    while (head != tail) {
        uint64_t end_of_level = tail;
        levels++;
        while (head != end_of_level) {
            State state = queue[head++];
            if (!holds(state))
                return false;
            expand(state);
        }
        insert_waiting();
    }
    return true;
}

/* Zeroed memory in huge pages where the system has them. */
static void *zeroed(uint64_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("no memory");
        exit(2);
    }
    madvise(memory, bytes, MADV_HUGEPAGE);
    return memory;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Explore everything and print the figures; what the program exits with. */
static int search(uint64_t most_states)
{
    capacity = most_states;
    uint64_t slots = 1024;
    while (slots < 2 * capacity)
        slots *= 2;
    mask = slots - 1;
    double began_s = now_s();
    table = zeroed(slots * sizeof *table);
    queue = zeroed(capacity * sizeof *queue);
    if (!explore()) {
        puts("violated");
        return 1;
    }
    printf("distinct=%" PRIu64 " generated=%" PRIu64 " depth=%" PRIu64 " seconds=%.6f\n", tail,
           generated, levels, now_s() - began_s);
    return 0;
}

#endif
