/* The orders of groups of permutations, and the size of an orbit, which is a quotient of two.
 *
 * Where 128 bits can count all permutations, an order is a number. Where they cannot, it is the
 * list of factors that it was multiplied by, none of which is above IDENTITIES: the size of an
 * orbit may be small all the same, and what divides is cancelled before anything is multiplied.
 * Sizes are exact both ways. Nothing here knows what the permutations do.
 */

#if GROUP_ORDER_HIGH || GROUP_ORDER_LOW
typedef Count Order;

static inline void order_begin(Order *order)
{
    *order = 1;
}

static inline void order_times(Order *order, int factor)
{
    *order *= (Count)factor;
}

static inline void order_join(Order *order, const Order *other)
{
    *order *= *other;
}

/* The size of the orbit of a state that so many permutations leave as it is. */
static inline Count orbit_size(const Order *stabiliser)
{
    if (GROUP_ORDER_HIGH == 0) return GROUP_ORDER_LOW / (uint64_t)*stabiliser;
    return ((Count)GROUP_ORDER_HIGH << 64 | GROUP_ORDER_LOW) / *stabiliser;
}
#else
typedef struct Order { uint16_t times[IDENTITIES + 1]; } Order;   /* how often each factor */

static inline void order_begin(Order *order)
{
    memset(order, 0, sizeof *order);
}

static inline void order_times(Order *order, int factor)
{
    order->times[factor]++;
}

static inline void order_join(Order *order, const Order *other)
{
    for (int i = 0; i <= IDENTITIES; i++) order->times[i] += other->times[i];
}

static int common_divisor(int a, int b)
{
    while (b) {
        int rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Divides a product of numbers by a factor that divides it. */
static void factor_cancel(int *product, int factor)
{
    for (int i = 0; i < IDENTITIES && factor > 1; i++) {
        int common = common_divisor(product[i], factor);
        product[i] /= common;
        factor /= common;
    }
}

/* The size of the orbit of a state that so many permutations leave as it is, or COUNTLESS. All
 * permutations are the product of 1 to n over the sorts, n being a sort's identities. */
static Count orbit_size(const Order *stabiliser)
{
    int product[IDENTITIES];
    Order left = *stabiliser;
    Count size = 1;
    for (int i = 0; i < IDENTITIES; i++) {
        int one = i - identity_start[i] + 1;
        product[i] = left.times[one] ? 1 : one;
        left.times[one] -= left.times[one] != 0;
    }
    for (int factor = 2; factor <= IDENTITIES; factor++)
        for (int i = 0; i < left.times[factor]; i++) factor_cancel(product, factor);
    for (int i = 0; i < IDENTITIES; i++) {
        if (size >> 64 && size > COUNTLESS / (Count)product[i]) return COUNTLESS;
        size *= (Count)product[i];
    }
    return size;
}
#endif
