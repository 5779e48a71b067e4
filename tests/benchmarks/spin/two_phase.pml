/* Two-phase commit for SPIN: the states and transitions of Lamport's TwoPhase.tla.
 *
 *   spin -DRMS=5 -a two_phase.pml && cc -O2 -DSAFETY -DNOREDUCE pan.c -o pan && ./pan
 *
 * One process whose loop offers every witness of every action. Each is a d_step, so that no state
 * lies between its guard and its effect: `states, stored` is the number of distinct states, and
 * `transitions` (stored and matched) is the number of generated ones, the initial state included.
 * Sets of resource managers are bit masks: they keep the state vector, and with it the search, short.
 * The invariant is asserted by the steps that could break it, which costs less than a claim.
 */
#ifndef RMS
#define RMS 5
#endif

#define ALL ((1 << RMS) - 1)
#define BIT(rm) (1 << rm)

mtype = { undecided, commit, abort };

mtype decision = undecided;   /* of the transaction manager; once made, it is also what was sent */
unsigned prepared : RMS;      /* resource managers in phase prepared; in none of the three: working */
unsigned committed : RMS;
unsigned aborted : RMS;
unsigned promised : RMS;      /* whose Prepared message was sent */
unsigned heard : RMS;         /* whose Prepared message the transaction manager received */

#define NOBODY_DISAGREES assert(!(committed && aborted))

#define WITNESSES(rm) \
    :: d_step { decision == undecided && (promised & BIT(rm)) -> heard = heard | BIT(rm) } \
    :: d_step { !((prepared | committed | aborted) & BIT(rm)) -> \
                prepared = prepared | BIT(rm); promised = promised | BIT(rm) } \
    :: d_step { !((prepared | committed | aborted) & BIT(rm)) -> \
                aborted = aborted | BIT(rm); NOBODY_DISAGREES } \
    :: d_step { decision == commit -> \
                prepared = prepared & ~BIT(rm); aborted = aborted & ~BIT(rm); \
                committed = committed | BIT(rm); NOBODY_DISAGREES } \
    :: d_step { decision == abort -> \
                prepared = prepared & ~BIT(rm); committed = committed & ~BIT(rm); \
                aborted = aborted | BIT(rm); NOBODY_DISAGREES }

active proctype everybody() {
    do
    :: d_step { decision == undecided && heard == ALL -> decision = commit }
    :: d_step { decision == undecided -> decision = abort }
    WITNESSES(0)
#if RMS > 1
    WITNESSES(1)
#endif
#if RMS > 2
    WITNESSES(2)
#endif
#if RMS > 3
    WITNESSES(3)
#endif
#if RMS > 4
    WITNESSES(4)
#endif
#if RMS > 5
    WITNESSES(5)
#endif
#if RMS > 6
    WITNESSES(6)
#endif
#if RMS > 7
    WITNESSES(7)
#endif
#if RMS > 8
    WITNESSES(8)
#endif
#if RMS > 9
    WITNESSES(9)
#endif
    od
}
