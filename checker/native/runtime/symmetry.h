/* Symmetry: what generated code and the two ways to find a representative have in common.
 *
 * All identities that may be exchanged are numbered through, sort by sort; such a number is a
 * place, and a permutation says to which place each goes. Generated code defines
 *
 *     IDENTITIES           how many there are; identity_start: the first place of each one's sort
 *     GROUP_ORDER_HIGH     how many permutations there are, 128 bits; both 0 for more
 *     GROUP_ORDER_LOW
 *     JOINT                what is seen of an identity may depend on who the others are
 *
 * and includes columns.c or symmetry.c, which give model_canonical.
 */
#ifndef SYMMETRY_H
#define SYMMETRY_H

typedef uint16_t Place;

/* Mixes two words into one; the order matters. */
static inline uint64_t blend(uint64_t a, uint64_t b)
{
    Count product = (Count)(a ^ 0x9e3779b97f4a7c15ULL) * (b ^ 0xd6e8feb86659fd93ULL);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Adds what was seen of identities inside one member of a collection to what is seen at all. */
static inline MAYBE_UNUSED void marks_gather(uint64_t *mark, const uint64_t *inner,
                                             uint64_t context)
{
    for (int i = 0; i < IDENTITIES; i++)
        if (inner[i]) mark[i] += blend(context, inner[i]);
}

#endif
