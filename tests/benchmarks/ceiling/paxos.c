/* Single-decree Paxos explored by a program written for it: 3 acceptors, 2 values, quorums of two.
 *
 * The states and transitions of Lamport's Paxos.tla with BALLOTS ballots. It confirms our counts
 * where TLC's are not at hand. What a state implies is not stored: the last vote of an acceptor is
 * its highest 2b, and the value of a 2b is that of its ballot's 2a, of which there is only one.
 *
 *   cc -O3 -march=native -DBALLOTS=3 paxos.c -o paxos && ./paxos 1000000
 *
 * The argument is how many states there is room for.
 */
#include "search.h"

#ifndef BALLOTS
#define BALLOTS 3
#endif
#if BALLOTS < 1 || BALLOTS > 4
#error "BALLOTS must lie between 1 and 4: a state of more does not fit a word"
#endif

enum { ACCEPTORS = 3, VALUES = 2, NO_VOTE = 1 };

/* The word, from its lowest bit: 1a sent (a bit a ballot); 2a sent (two bits a ballot: zero or the
 * value plus one); then 16 bits an acceptor: its highest ballot plus one, 2b sent (a bit a ballot)
 * and 1b sent for each ballot (0: not sent, 1: without a vote, else see `report`). */
enum { PROPOSED = 4, ACCEPTOR = 12, WIDTH = 16, VOTED = 3, PROMISED = 7 };
static const unsigned promise_at[] = {PROMISED, PROMISED + 1, PROMISED + 3, PROMISED + 6};
static const unsigned promise_bits[] = {1, 2, 3, 3};

static inline unsigned bits(State state, unsigned at, unsigned count)
{
    return (unsigned)(state >> at) & ((1u << count) - 1);
}

static inline unsigned place(unsigned acceptor)
{
    return ACCEPTOR + WIDTH * acceptor;
}

/* The value of the 2a of a ballot plus one; 0 if none was sent. */
static inline unsigned proposal(State state, unsigned ballot)
{
    return bits(state, PROPOSED + 2 * ballot, 2);
}

static inline unsigned promise(State state, unsigned acceptor, unsigned ballot)
{
    return bits(state, place(acceptor) + promise_at[ballot], promise_bits[ballot]);
}

/* An acceptor's highest ballot plus one. */
static inline unsigned highest(State state, unsigned acceptor)
{
    return bits(state, place(acceptor), VOTED);
}

static inline State with_highest(State state, unsigned acceptor, unsigned ballot)
{
    State here = UINT64_C(7) << place(acceptor);
    return (state & ~here) | (State)(ballot + 1) << place(acceptor);
}

/* What an acceptor reports of its last vote: none, or 2 + 2 * ballot + value. */
static inline unsigned report(State state, unsigned acceptor)
{
    unsigned votes = bits(state, place(acceptor) + VOTED, BALLOTS);
    if (votes == 0)
        return NO_VOTE;
    unsigned ballot = 31 - (unsigned)__builtin_clz(votes);
    return 2 + VALUES * ballot + proposal(state, ballot) - 1;
}

static inline void acceptor_promises(State state, unsigned acceptor)
{
    for (unsigned ballot = highest(state, acceptor); ballot < BALLOTS; ballot++)
        if (state >> ballot & 1) {
            State sent = (State)report(state, acceptor) << (place(acceptor) + promise_at[ballot]);
            reach(with_highest(state, acceptor, ballot) | sent);
        }
}

static inline void acceptor_votes(State state, unsigned acceptor)
{
    unsigned first = highest(state, acceptor) == 0 ? 0 : highest(state, acceptor) - 1;
    for (unsigned ballot = first; ballot < BALLOTS; ballot++)
        if (proposal(state, ballot) != 0) {
            State sent = UINT64_C(1) << (place(acceptor) + VOTED + ballot);
            reach(with_highest(state, acceptor, ballot) | sent);
        }
}

static inline void propose(State state, unsigned ballot, unsigned value)
{
    reach(state | (State)(value + 1) << (PROPOSED + 2 * ballot));
}

/* All values are safe if a quorum reports no vote; else those reported with the highest ballot. */
static inline void propose_with(State state, unsigned ballot, unsigned one, unsigned other)
{
    if (one == NO_VOTE && other == NO_VOTE)
        for (unsigned value = 0; value < VALUES; value++)
            propose(state, ballot, value);
    if (one != NO_VOTE && one / 2 >= other / 2)
        propose(state, ballot, one % 2);
    if (other != NO_VOTE && other / 2 >= one / 2)
        propose(state, ballot, other % 2);
}

static inline void leader_acts(State state, unsigned ballot)
{
    reach(state | UINT64_C(1) << ballot);
    if (proposal(state, ballot) != 0)
        return;
    for (unsigned a = 0; a < ACCEPTORS; a++)
        for (unsigned b = a + 1; b < ACCEPTORS; b++)
            if (promise(state, a, ballot) != 0 && promise(state, b, ballot) != 0)
                propose_with(state, ballot, promise(state, a, ballot), promise(state, b, ballot));
}

static inline void expand(State state)
{
    for (unsigned ballot = 0; ballot < BALLOTS; ballot++)
        leader_acts(state, ballot);
    for (unsigned acceptor = 0; acceptor < ACCEPTORS; acceptor++) {
        acceptor_promises(state, acceptor);
        acceptor_votes(state, acceptor);
    }
}

static inline bool is_chosen(State state, unsigned ballot)
{
    unsigned votes = 0;
    for (unsigned acceptor = 0; acceptor < ACCEPTORS; acceptor++)
        votes += bits(state, place(acceptor) + VOTED + ballot, 1);
    return 2 * votes > ACCEPTORS;
}

/* No two values are chosen. */
static inline bool holds(State state)
{
    unsigned chosen = 0;
    for (unsigned ballot = 0; ballot < BALLOTS; ballot++)
        if (is_chosen(state, ballot))
            chosen |= proposal(state, ballot);
    return chosen != 3;
}

int main(int count, char **words)
{
    uint64_t most_states = count == 2 ? strtoull(words[1], NULL, 10) : 0;
    if (most_states == 0) {
        fprintf(stderr, "usage: %s STATES\n", words[0]);
        return 2;
    }
    return search(most_states);
}
