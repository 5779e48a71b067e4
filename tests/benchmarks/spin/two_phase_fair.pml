/* Two-phase commit for SPIN with the fairness of the spec: `everyone_decides`, in the end.
 *
 *   spin -DRMS=5 -a two_phase_fair.pml && cc -O2 -DNOREDUCE pan.c -o pan && ./pan -a -f
 *
 * The states are those of two_phase.pml. `pan -f` is weakly fair to processes: one that can take a
 * step for ever takes one in the end. So there is a process for what the spec is fair to together,
 * and only steps that change something are in them:
 *
 *   aborter   tm_aborts
 *   learner   rm_learns_commit and rm_learns_abort; both cannot be enabled in one behaviour, so
 *             fairness to the process is fairness to each
 *   others    all the rest, and a step that changes nothing. It is always enabled, so nobody has to
 *             do anything else for this process, and a behaviour may stop.
 *
 * -DWAITS moves tm_aborts to the others: then the transaction manager may wait for ever.
 * The never claim is the negation of `eventually decided`.
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

#define ABORTS :: d_step { decision == undecided -> decision = abort }

#define OTHERS(rm) \
    :: d_step { decision == undecided && (promised & ~heard & BIT(rm)) -> heard = heard | BIT(rm) } \
    :: d_step { !((prepared | committed | aborted) & BIT(rm)) -> \
                prepared = prepared | BIT(rm); promised = promised | BIT(rm) } \
    :: d_step { !((prepared | committed | aborted) & BIT(rm)) -> aborted = aborted | BIT(rm) }

#define LEARNS(rm) \
    :: d_step { decision == commit && !(committed & BIT(rm)) -> \
                prepared = prepared & ~BIT(rm); aborted = aborted & ~BIT(rm); \
                committed = committed | BIT(rm) } \
    :: d_step { decision == abort && !(aborted & BIT(rm)) -> \
                prepared = prepared & ~BIT(rm); committed = committed & ~BIT(rm); \
                aborted = aborted | BIT(rm) }

/* For each resource manager; there are at most nine. */
#define FIRST(m) m(0)
#if RMS > 1
#define SECOND(m) m(1)
#else
#define SECOND(m)
#endif
#if RMS > 2
#define THIRD(m) m(2)
#else
#define THIRD(m)
#endif
#if RMS > 3
#define FOURTH(m) m(3)
#else
#define FOURTH(m)
#endif
#if RMS > 4
#define FIFTH(m) m(4)
#else
#define FIFTH(m)
#endif
#if RMS > 5
#define SIXTH(m) m(5)
#else
#define SIXTH(m)
#endif
#if RMS > 6
#define SEVENTH(m) m(6)
#else
#define SEVENTH(m)
#endif
#if RMS > 7
#define EIGHTH(m) m(7)
#else
#define EIGHTH(m)
#endif
#if RMS > 8
#define NINTH(m) m(8)
#else
#define NINTH(m)
#endif

#define EACH(m) FIRST(m) SECOND(m) THIRD(m) FOURTH(m) FIFTH(m) SIXTH(m) SEVENTH(m) EIGHTH(m) NINTH(m)

active proctype others() {
    do
    :: heard <= ALL /* always; SPIN takes no `skip` that leads back to where it begins */
    :: d_step { decision == undecided && heard == ALL -> decision = commit }
#ifdef WAITS
    ABORTS
#endif
    EACH(OTHERS)
    od
}

#ifndef WAITS
active proctype aborter() {
    do
    ABORTS
    od
}
#endif

active proctype learner() {
    do
    EACH(LEARNS)
    od
}

never {
accept_undecided:
    do
    :: (committed | aborted) != ALL -> goto accept_undecided
    od
}
