/* Representatives of states that are a column of bits for each identity, beside bits of nobody.
 *
 * Exchanging identities exchanges their columns and does nothing else; generated code has checked
 * that, and says which bits are whose (column_mask). So columns in ascending order are the one
 * representative, and an orbit has as many states as the columns have different orders.
 */
#if defined(__BMI2__)
#include <immintrin.h>
#endif

/* The bits of a word under a mask, side by side. */
static inline uint64_t bits_gather(uint64_t word, uint64_t mask)
{
#if defined(__BMI2__)
    return _pext_u64(word, mask);
#else
    uint64_t bits = 0;
    for (int at = 0; mask; mask &= mask - 1) bits |= (word >> __builtin_ctzll(mask) & 1) << at++;
    return bits;
#endif
}

/* The other way: the lowest bits, one to each place of a mask. */
static inline uint64_t bits_scatter(uint64_t bits, uint64_t mask)
{
#if defined(__BMI2__)
    return _pdep_u64(bits, mask);
#else
    uint64_t word = 0;
    for (; mask; mask &= mask - 1, bits >>= 1) word |= (bits & 1) << __builtin_ctzll(mask);
    return word;
#endif
}

static inline uint64_t column_take(uint64_t *words, const uint64_t *mask)
{
    uint64_t column = 0;
    for (int i = 0, at = 0; i < STATE_WORDS; i++) {
        if (!mask[i]) continue;
        column |= bits_gather(words[i], mask[i]) << at;
        words[i] &= ~mask[i];
        at += __builtin_popcountll(mask[i]);
    }
    return column;
}

static inline void column_put(uint64_t *words, const uint64_t *mask, uint64_t column)
{
    for (int i = 0; i < STATE_WORDS; i++) {
        if (!mask[i]) continue;
        words[i] |= bits_scatter(column, mask[i]);
        int width = __builtin_popcountll(mask[i]);
        column = width < 64 ? column >> width : 0;
    }
}

/* How many orders the columns have after one more, of a sort of which `before` are there and
 * `equal` of those are the same: times (before + 1) / (equal + 1), which is exact. */
static inline Count orders_grow(Count orders, uint64_t before, uint64_t equal)
{
    if (orders <= UINT64_MAX / IDENTITIES) return (uint64_t)orders * (before + 1) / (equal + 1);
    if (orders > COUNTLESS / IDENTITIES) return COUNTLESS;
    return orders * (before + 1) / (equal + 1);
}

/* Sorts the columns of each sort, and returns how many different orders they have. */
static inline Count columns_sort(uint64_t *column)
{
    Count orders = 1;
    for (int i = 0; i < IDENTITIES; i++) {
        uint64_t one = column[i], equal = 0;
        int start = identity_start[i], to = i;
        for (; to > start && column[to - 1] >= one; to--) {
            equal += column[to - 1] == one;
            column[to] = column[to - 1];
        }
        column[to] = one;
        orders = orders_grow(orders, (uint64_t)(i - start), equal);
    }
    return orders;
}

static Count model_canonical(const uint64_t *words, uint64_t *canonical)
{
    uint64_t column[IDENTITIES];
    words_copy(canonical, words);
    for (int i = 0; i < IDENTITIES; i++) column[i] = column_take(canonical, column_mask[i]);
    Count size = columns_sort(column);
    for (int i = 0; i < IDENTITIES; i++) column_put(canonical, column_mask[i], column[i]);
    return size;
}
