/* initial start() (paxos.py:123) */
static void start_2(Worker *worker)
{
    State next;
    Map_Acceptor_Int64 map;
    int64_t value = -1;
    for (int slot = 0; slot < 3; slot++) {
        map.at[slot] = value;
    }
    coerce_Map_Acceptor_Int64_to_Map_Acceptor_Int8(worker, &next.max_bal, &map);
    Map_Acceptor_Int64 map_2;
    int64_t value_2 = -1;
    for (int slot_2 = 0; slot_2 < 3; slot_2++) {
        map_2.at[slot_2] = value_2;
    }
    coerce_Map_Acceptor_Int64_to_Map_Acceptor_Int8(worker, &next.max_vbal, &map_2);
    Value_or_None value_3 = 0 /* None */;
    for (int slot_3 = 0; slot_3 < 3; slot_3++) {
        next.max_val.at[slot_3] = value_3;
    }
    next.msgs = KNOWN_1;
    found_initial(worker, &next);
}

/* action phase1a(s: State, b: 0..1 (0 .. max_ballot)) (paxos.py:132):
 * The leader of ballot b asks everybody to join it. */
static void phase1a(Worker *worker, const State *s)
{
    for (int b = 0; b < 2; b++) {
        State next = *s;
        add_Set_OneA_or_OneB_or_TwoA_or_TwoB(worker, &next.msgs,
                &(OneA_or_OneB_or_TwoA_or_TwoB){ .tag = TAG_ONE_A, .as.one_a = { .bal = b } });
        found(worker, &next);
    }
}

/* action phase1b(s: State, a: Acceptor, b: 0..1 (0 .. max_ballot)) (paxos.py:137):
 * An acceptor that is asked to join a higher ballot promises to, and reports its last vote. */
static void phase1b(Worker *worker, const State *s)
{
    for (int a = 0; a < 3; a++) {
        for (int b = 0; b < 2; b++) {
            if (!has_Set_OneA_or_OneB_or_TwoA_or_TwoB(&s->msgs,
                    &(OneA_or_OneB_or_TwoA_or_TwoB){ .tag = TAG_ONE_A,
                            .as.one_a = { .bal = b } }) || b <= s->max_bal.at[a]) {
                continue;
            }
            const OneB *promise = &(OneB){ .acc = a, .bal = b, .mbal = s->max_vbal.at[a],
                    .mval = s->max_val.at[a] };
            State next = *s;
            next.max_bal.at[a] = b;
            add_Set_OneA_or_OneB_or_TwoA_or_TwoB(worker, &next.msgs,
                    &(OneA_or_OneB_or_TwoA_or_TwoB){ .tag = TAG_ONE_B, .as.one_b = *promise });
            found(worker, &next);
        }
    }
}

/* Paxos.last_votes (paxos.py:144):
 * The highest votes that a quorum reports to ballot b; {None} where it reports none. */
static Set_OneB_or_None last_votes(Worker *worker, const State *s, int64_t b, Set_Acceptor quorum)
{
    Set_OneB answers = empty_Set_OneB();
    const Set_OneA_or_OneB_or_TwoA_or_TwoB *m_sieve = 0 <= b && b <= 1 ?
            &ONE_B_BY_BAL[b] : &NO_MEMBER;
    Set_OneA_or_OneB_or_TwoA_or_TwoB m_candidates;
    intersection_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &s->msgs, m_sieve);
    Set_OneA_or_OneB_or_TwoA_or_TwoB m_candidates_2;
    intersection_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates_2, &m_candidates,
            &ONE_B_BY_ACC[quorum]);
    const OneA_or_OneB_or_TwoA_or_TwoB *m;
    for (int cursor = 0; next_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates_2, &cursor, &m);) {
        add_Set_OneB(worker, &answers, &m->as.one_b);
    }
    bool all_hold = true;
    Acceptor a;
    for (int cursor_2 = 0; next_Set_Acceptor(quorum, &cursor_2, &a);) {
        if (!meets_Set_OneB(answers, ONE_B_BY_ACC_2[a])) {
            all_hold = false;
            break;
        }
    }
    if (!all_hold) return 0;
    Set_OneB voted = answers & ONE_B_BY_MBAL;
    if (size_Set_OneB(voted) == 0) return 1;
    Set_OneB_or_None members = empty_Set_OneB_or_None();
    const OneB *m_4;
    for (int cursor_3 = 0; next_Set_OneB(voted, &cursor_3, &m_4);) {
        bool all_hold_2 = true;
        const OneB *other;
        for (int cursor_4 = 0; next_Set_OneB(voted, &cursor_4, &other);) {
            if (other->mbal > m_4->mbal) {
                all_hold_2 = false;
                break;
            }
        }
        if (all_hold_2) {
            add_Set_OneB_or_None(worker, &members,
                    &(OneB_or_None){ .tag = TAG_ONE_B, .as.one_b = *m_4 });
        }
    }
    return members;
}

/* Paxos.may_propose (paxos.py:171):
 * Whether v may be proposed when this is the highest vote reported. */
static bool may_propose(Value v, const OneB_or_None *last)
{
    if (last->tag == TAG_NONE) return true;
    return last->as.one_b.mval == coerce_Value_to_Value_or_None(v);
}

/* action phase2a(s: State, b: 0..1 (0 .. max_ballot), quorum: set of Acceptor, last: OneB |
 * None, v: Value) (paxos.py:158):
 * The leader of b proposes a value: the last one that a quorum reports, or any. */
static void phase2a(Worker *worker, const State *s)
{
    for (int b = 0; b < 2; b++) {
        if (meets_Set_OneA_or_OneB_or_TwoA_or_TwoB(&s->msgs, &TWO_A_BY_BAL[b])) continue;
        Set_Acceptor quorum;
        for (int cursor = 0; next_Set_Set_Acceptor(QUORUMS, &cursor, &quorum);) {
            Set_OneB_or_None last_domain = last_votes(worker, s, b, quorum);
            const OneB_or_None *last;
            for (int cursor_2 = 0; next_Set_OneB_or_None(last_domain, &cursor_2, &last);) {
                if (bound_OneB_or_None(last)) escape(worker);
                for (int v = 0; v < 2; v++) {
                    if (!may_propose(v, last)) continue;
                    State next = *s;
                    add_Set_OneA_or_OneB_or_TwoA_or_TwoB(worker, &next.msgs,
                            &(OneA_or_OneB_or_TwoA_or_TwoB){ .tag = TAG_TWO_A,
                                    .as.two_a = { .bal = b, .val = v } });
                    found(worker, &next);
                }
            }
        }
    }
}

/* Paxos.may_accept (paxos.py:188): Whether an acceptor's promises let it vote in ballot b. */
static bool may_accept(const State *s, Acceptor a, int64_t b)
{
    return s->max_bal.at[a] <= b;
}

/* action phase2b(s: State, a: Acceptor, b: 0..1 (0 .. max_ballot), v: Value) (paxos.py:176):
 * An acceptor votes for a proposal, unless it has promised not to. */
static void phase2b(Worker *worker, const State *s)
{
    for (int a = 0; a < 3; a++) {
        for (int b = 0; b < 2; b++) {
            if (!may_accept(s, a, b)) continue;
            for (int v = 0; v < 2; v++) {
                if (!has_Set_OneA_or_OneB_or_TwoA_or_TwoB(&s->msgs,
                        &(OneA_or_OneB_or_TwoA_or_TwoB){ .tag = TAG_TWO_A,
                                .as.two_a = { .bal = b, .val = v } })) {
                    continue;
                }
                State next = *s;
                next.max_bal.at[a] = b;
                next.max_vbal.at[a] = b;
                next.max_val.at[a] = coerce_Value_to_Value_or_None(v);
                add_Set_OneA_or_OneB_or_TwoA_or_TwoB(worker, &next.msgs,
                        &(OneA_or_OneB_or_TwoA_or_TwoB){ .tag = TAG_TWO_B,
                                .as.two_b = { .acc = a, .bal = b, .val = v } });
                found(worker, &next);
            }
        }
    }
}

/* Paxos.chosen (paxos.py:192): The values for which some quorum voted in one ballot. */
static Set_Value chosen_2(const State *s)
{
    Set_Value members = empty_Set_Value();
    for (int v = 0; v < 2; v++) {
        bool any_holds = false;
        Set_Acceptor quorum;
        for (int cursor = 0; next_Set_Set_Acceptor(QUORUMS, &cursor, &quorum);) {
            for (int64_t b = 0; b < 2; b++) {
                bool all_hold = true;
                Acceptor a;
                for (int cursor_2 = 0; next_Set_Acceptor(quorum, &cursor_2, &a);) {
                    if (!has_Set_OneA_or_OneB_or_TwoA_or_TwoB(&s->msgs,
                            &(OneA_or_OneB_or_TwoA_or_TwoB){ .tag = TAG_TWO_B,
                                    .as.two_b = { .acc = a, .bal = b, .val = v } })) {
                        all_hold = false;
                        break;
                    }
                }
                if (all_hold) {
                    any_holds = true;
                    goto decided;
                }
            }
        }
        decided:;
        if (any_holds) add_Set_Value(&members, v);
    }
    return members;
}

/* always agreement (paxos.py:205): At most one value is chosen. */
static bool agreement(const State *s)
{
    return size_Set_Value(chosen_2(s)) <= 1;
}

/* always one_proposal_per_ballot (paxos.py:210): At most one value is proposed in a ballot. */
static bool one_proposal_per_ballot(const State *s)
{
    Set_OneA_or_OneB_or_TwoA_or_TwoB m_candidates;
    intersection_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &s->msgs, &TWO_A);
    const OneA_or_OneB_or_TwoA_or_TwoB *m;
    for (int cursor = 0; next_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &cursor, &m);) {
        const Set_OneA_or_OneB_or_TwoA_or_TwoB *n_sieve = 0 <= m->as.two_a.bal &&
                m->as.two_a.bal <= 1 ? &TWO_A_BY_BAL[m->as.two_a.bal] : &NO_MEMBER;
        Set_OneA_or_OneB_or_TwoA_or_TwoB n_candidates;
        intersection_Set_OneA_or_OneB_or_TwoA_or_TwoB(&n_candidates, &s->msgs, n_sieve);
        if (meets_Set_OneA_or_OneB_or_TwoA_or_TwoB(&n_candidates,
                &TWO_A_BY_VAL[m->as.two_a.val])) return false;
    }
    return true;
}

/* always only_proposals_get_votes (paxos.py:220):
 * Every vote is for what was proposed in its ballot. */
static bool only_proposals_get_votes(const State *s)
{
    Set_OneA_or_OneB_or_TwoA_or_TwoB m_candidates;
    intersection_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &s->msgs, &TWO_B);
    const OneA_or_OneB_or_TwoA_or_TwoB *m;
    for (int cursor = 0; next_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &cursor, &m);) {
        OneA_or_OneB_or_TwoA_or_TwoB value;
        value.tag = TAG_TWO_A;
        value.as.two_a.bal = m->as.two_b.bal;
        value.as.two_a.val = m->as.two_b.val;
        if (!has_Set_OneA_or_OneB_or_TwoA_or_TwoB(&s->msgs, &value)) return false;
    }
    return true;
}

/* always last_vote_is_remembered (paxos.py:225):
 * What an acceptor remembers as its last vote is the highest that it has cast. */
static bool last_vote_is_remembered(const State *s)
{
    for (int a = 0; a < 3; a++) {
        Set_OneA_or_OneB_or_TwoA_or_TwoB m_candidates;
        intersection_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &s->msgs, &TWO_B_BY_ACC[a]);
        const OneA_or_OneB_or_TwoA_or_TwoB *m;
        for (int cursor = 0; next_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &cursor, &m);) {
            if (m->as.two_b.bal > s->max_vbal.at[a]) return false;
        }
    }
    return true;
}

/* lemma last_votes_lie_behind (paxos.py:235):
 * Nobody has voted above the highest ballot it has taken part in. */
static bool last_votes_lie_behind(const State *s)
{
    for (int a = 0; a < 3; a++) {
        if (s->max_vbal.at[a] > s->max_bal.at[a]) return false;
    }
    return true;
}

/* lemma last_votes_were_cast (paxos.py:241):
 * Where an acceptor remembers a last vote, it has cast that vote. */
static bool last_votes_were_cast(const State *s)
{
    for (int a = 0; a < 3; a++) {
        for (int64_t b = 0; b < 2; b++) {
            bool holds = s->max_vbal.at[a] == b;
            if (holds) {
                bool any_holds = false;
                for (int v = 0; v < 2; v++) {
                    if (s->max_val.at[a] == coerce_Value_to_Value_or_None(v) &&
                            has_Set_OneA_or_OneB_or_TwoA_or_TwoB(&s->msgs,
                                    &(OneA_or_OneB_or_TwoA_or_TwoB){ .tag = TAG_TWO_B,
                                        .as.two_b = { .acc = a, .bal = b, .val = v } })) {
                        any_holds = true;
                        break;
                    }
                }
                holds = !any_holds;
            }
            if (holds) return false;
        }
    }
    return true;
}

/* lemma promises_are_kept (paxos.py:252):
 * Nobody is in a ballot below one that it has promised to take part in. */
static bool promises_are_kept(const State *s)
{
    Set_OneA_or_OneB_or_TwoA_or_TwoB m_candidates;
    intersection_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &s->msgs, &ONE_B);
    const OneA_or_OneB_or_TwoA_or_TwoB *m;
    for (int cursor = 0; next_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &cursor, &m);) {
        if (m->as.one_b.bal > s->max_bal.at[m->as.one_b.acc]) return false;
    }
    return true;
}

/* lemma reported_votes_were_cast (paxos.py:258): Every vote that is reported has been cast. */
static bool reported_votes_were_cast(const State *s)
{
    Set_OneA_or_OneB_or_TwoA_or_TwoB m_candidates;
    intersection_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &s->msgs, &ONE_B_BY_MBAL_2);
    const OneA_or_OneB_or_TwoA_or_TwoB *m;
    for (int cursor = 0; next_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &cursor, &m);) {
        bool any_holds = false;
        for (int v = 0; v < 2; v++) {
            bool holds = m->as.one_b.mval == coerce_Value_to_Value_or_None(v);
            if (holds) {
                OneA_or_OneB_or_TwoA_or_TwoB value;
                value.tag = TAG_TWO_B;
                value.as.two_b.acc = m->as.one_b.acc;
                value.as.two_b.bal = m->as.one_b.mbal;
                value.as.two_b.val = v;
                holds = has_Set_OneA_or_OneB_or_TwoA_or_TwoB(&s->msgs, &value);
            }
            if (holds) {
                any_holds = true;
                break;
            }
        }
        if (!any_holds) return false;
    }
    return true;
}

/* Paxos.voted_in (paxos.py:295) */
static bool voted_in(Worker *worker, const State *s, Acceptor a, int64_t b)
{
    for (int v = 0; v < 2; v++) {
        OneA_or_OneB_or_TwoA_or_TwoB value;
        value.tag = TAG_TWO_B;
        value.as.two_b.acc = a;
        value.as.two_b.bal = narrow_8(worker, b);
        value.as.two_b.val = v;
        if (has_Set_OneA_or_OneB_or_TwoA_or_TwoB(&s->msgs, &value)) return true;
    }
    return false;
}

/* lemma reports_leave_no_vote_out (paxos.py:268):
 * Between the vote that it reports and the ballot that it joins, an acceptor has cast none. */
static bool reports_leave_no_vote_out(const State *s)
{
    Worker *worker = asking;
    Set_OneA_or_OneB_or_TwoA_or_TwoB m_candidates;
    intersection_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &s->msgs, &ONE_B);
    const OneA_or_OneB_or_TwoA_or_TwoB *m;
    for (int cursor = 0; next_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &cursor, &m);) {
        int64_t c_from = m->as.one_b.mbal + 1;
        int64_t c_to = m->as.one_b.bal;
        for (int64_t c = c_from; c < c_to; c++) {
            if (voted_in(worker, s, m->as.one_b.acc, c)) return false;
        }
    }
    return true;
}

/* Paxos.shown_safe (paxos.py:285):
 * Whether a quorum has left the ballots below b behind, and its last vote there, if any, was for
 * v. */
static bool shown_safe(Worker *worker, const State *s, int64_t b, Value v)
{
    Set_Acceptor quorum;
    for (int cursor = 0; next_Set_Set_Acceptor(QUORUMS, &cursor, &quorum);) {
        bool all_hold = true;
        Acceptor a;
        for (int cursor_2 = 0; next_Set_Acceptor(quorum, &cursor_2, &a);) {
            if (b > s->max_bal.at[a]) {
                all_hold = false;
                break;
            }
        }
        if (all_hold) {
            int64_t c_from = -1;
            for (int64_t c = c_from; c < b; c++) {
                bool any_holds = false;
                Acceptor a_2;
                for (int cursor_3 = 0; next_Set_Acceptor(quorum, &cursor_3, &a_2);) {
                    int64_t d_from = c + 1;
                    for (int64_t d = d_from; d < b; d++) {
                        if (voted_in(worker, s, a_2, d)) {
                            any_holds = true;
                            goto decided_2;
                        }
                    }
                }
                decided_2:;
                bool holds_2 = !any_holds;
                if (holds_2) {
                    bool holds = c == -1;
                    if (!holds) {
                        bool any_holds_2 = false;
                        Acceptor a_3;
                        for (int cursor_4 = 0; next_Set_Acceptor(quorum, &cursor_4, &a_3);) {
                            OneA_or_OneB_or_TwoA_or_TwoB value;
                            value.tag = TAG_TWO_B;
                            value.as.two_b.acc = a_3;
                            value.as.two_b.bal = narrow_8(worker, c);
                            value.as.two_b.val = v;
                            if (has_Set_OneA_or_OneB_or_TwoA_or_TwoB(&s->msgs, &value)) {
                                any_holds_2 = true;
                                break;
                            }
                        }
                        holds = any_holds_2;
                    }
                    holds_2 = holds;
                }
                if (holds_2) return true;
            }
        }
    }
    return false;
}

/* lemma proposals_are_safe (paxos.py:279):
 * Where a value is proposed, the votes of a quorum show that no earlier ballot chooses another. */
static bool proposals_are_safe(const State *s)
{
    Worker *worker = asking;
    Set_OneA_or_OneB_or_TwoA_or_TwoB m_candidates;
    intersection_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &s->msgs, &TWO_A);
    const OneA_or_OneB_or_TwoA_or_TwoB *m;
    for (int cursor = 0; next_Set_OneA_or_OneB_or_TwoA_or_TwoB(&m_candidates, &cursor, &m);) {
        if (!shown_safe(worker, s, m->as.two_a.bal, m->as.two_a.val)) return false;
    }
    return true;
}

/* sometimes something_is_chosen (paxos.py:299) */
static bool something_is_chosen(const State *s)
{
    return 0 < size_Set_Value(chosen_2(s));
}

/* sometimes a_vote_is_reported (paxos.py:303):
 * A later ballot learns of an earlier vote: the case that makes Paxos more than voting. */
static bool a_vote_is_reported(const State *s)
{
    return meets_Set_OneA_or_OneB_or_TwoA_or_TwoB(&s->msgs, &ONE_B_BY_MBAL_2);
}

static inline int state_pack(const State *s, uint64_t *words)
{
    int bound = bound_State(s);
    if (bound) return bound;
    uint64_t packed[2] = { 0 };
    pack_State(s, packed, 0);
    for (int i = 0; i < 2; i++) words[i] = packed[i];
    return 0;
}

static inline void state_unpack(const uint64_t *words, State *s)
{
    unpack_State(s, words, 0);
}

static void model_initial(Worker *worker)
{
    start_2(worker);
}

/* Runs all actions from the given one on. */
static void model_successors(Worker *worker, const State *s, int first)
{
    switch (first) {
    case 0:
        begin_action(worker, 0);
        phase1a(worker, s);
        /* fall through */
    case 1:
        begin_action(worker, 1);
        phase1b(worker, s);
        /* fall through */
    case 2:
        begin_action(worker, 2);
        phase2a(worker, s);
        /* fall through */
    case 3:
        begin_action(worker, 3);
        phase2b(worker, s);
        /* fall through */
    default:
        break;
    }
}

static bool model_always(int property, const State *s)
{
    switch (property) {
    case 0: return agreement(s);
    case 1: return one_proposal_per_ballot(s);
    case 2: return only_proposals_get_votes(s);
    case 3: return last_vote_is_remembered(s);
    case 4: return last_votes_lie_behind(s);
    case 5: return last_votes_were_cast(s);
    case 6: return promises_are_kept(s);
    case 7: return reported_votes_were_cast(s);
    case 8: return reports_leave_no_vote_out(s);
    case 9: return proposals_are_safe(s);
    default: return true;
    }
}

static bool model_step(int property, const State *before, const State *after)
{
    (void)before;
    (void)after;
    switch (property) {
    default: return true;
    }
}

static bool model_sometimes(int property, const State *s)
{
    switch (property) {
    case 0: return something_is_chosen(s);
    case 1: return a_vote_is_reported(s);
    default: return true;
    }
}

