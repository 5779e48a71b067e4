/* Packed states as arrays of 64-bit words: copying, comparing, hashing.
 *
 * A hash places a state; equality always looks at the words. It knows nothing of models or tables.
 */
#ifndef WORDS_H
#define WORDS_H

static inline void words_copy(uint64_t *to, const uint64_t *from)
{
    for (int i = 0; i < STATE_WORDS; i++) to[i] = from[i];
}

static inline bool words_equal(const uint64_t *a, const uint64_t *b)
{
    uint64_t difference = 0;
    for (int i = 0; i < STATE_WORDS; i++) difference |= a[i] ^ b[i];
    return difference == 0;
}

/* The order in which witnesses are preferred: by the first word that differs. */
static inline int words_compare(const uint64_t *a, const uint64_t *b)
{
    for (int i = 0; i < STATE_WORDS; i++)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

/* Spreads 64 bits over 64 bits, one to one. */
static inline uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93ULL;
    x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9ULL;
    return x ^ x >> 32;
}

static inline uint64_t words_hash(const uint64_t *words)
{
    uint64_t hash = 0;
    for (int i = 0; i < STATE_WORDS; i++) hash = mix(words[i] ^ hash * 0x9e3779b97f4a7c15ULL);
    return hash;
}

/* A second hash, for fingerprints, that owes nothing to the first one: a place in the table says
 * nothing about it. */
static inline uint64_t words_fingerprint(const uint64_t *words, uint64_t seed)
{
    uint64_t hash = mix(seed ^ 0x2545f4914f6cdd1dULL);
    for (int i = 0; i < STATE_WORDS; i++) {
        unsigned __int128 product =
            (unsigned __int128)(words[i] ^ hash) * (hash | 0x8000000000000001ULL);
        hash = mix((uint64_t)product ^ (uint64_t)(product >> 64) ^ (words[i] + seed) << 1);
    }
    return hash;
}

/* Brings a hash into 0..count-1, in order, without division and for any count. */
static inline uint64_t scale(uint64_t hash, uint64_t count)
{
    return (uint64_t)((unsigned __int128)hash * count >> 64);
}

#endif
