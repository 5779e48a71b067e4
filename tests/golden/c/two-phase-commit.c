/* initial start() (two_phase_commit.py:94) */
static void start_2(Worker *worker)
{
    State next;
    for (int slot = 0; slot < 3; slot++) {
        next.phase.at[slot] = PHASE_WORKING;
    }
    next.decision = 0 /* None */;
    next.heard = 0;
    next.sent = 0;
    found_initial(worker, &next);
}

/* action tm_receives_prepared(s: State, rm: RM) (two_phase_commit.py:103) */
static void tm_receives_prepared(Worker *worker, const State *s)
{
    if (s->decision != 0 /* None */) return;
    for (int rm = 0; rm < 3; rm++) {
        if (!has_Set_Decided_or_Prepared(s->sent,
                &(Decided_or_Prepared){ .tag = TAG_PREPARED, .as.prepared = { .rm = rm } })) {
            continue;
        }
        State next = *s;
        add_Set_RM(&next.heard, rm);
        found(worker, &next);
    }
}

/* TwoPhaseCommit.may_commit (two_phase_commit.py:114):
 * Whether the transaction manager has heard from every resource manager. */
static bool may_commit(const State *s)
{
    for (int rm = 0; rm < 3; rm++) {
        if (!has_Set_RM(s->heard, rm)) return false;
    }
    return true;
}

/* action tm_commits(s: State) (two_phase_commit.py:109) */
static void tm_commits(Worker *worker, const State *s)
{
    if (s->decision != 0 /* None */ || !may_commit(s)) return;
    State next = *s;
    next.decision = 1 /* Outcome.COMMIT */;
    add_Set_Decided_or_Prepared(&next.sent,
            &(Decided_or_Prepared){ .tag = TAG_DECIDED,
                    .as.decided = { .outcome = OUTCOME_COMMIT } });
    found(worker, &next);
}

/* action tm_aborts(s: State) (two_phase_commit.py:119) */
static void tm_aborts(Worker *worker, const State *s)
{
    if (s->decision != 0 /* None */) return;
    State next = *s;
    next.decision = 2 /* Outcome.ABORT */;
    add_Set_Decided_or_Prepared(&next.sent,
            &(Decided_or_Prepared){ .tag = TAG_DECIDED,
                    .as.decided = { .outcome = OUTCOME_ABORT } });
    found(worker, &next);
}

/* action rm_prepares(s: State, rm: RM) (two_phase_commit.py:125) */
static void rm_prepares(Worker *worker, const State *s)
{
    for (int rm = 0; rm < 3; rm++) {
        if (s->phase.at[rm] != PHASE_WORKING) continue;
        State next = *s;
        next.phase.at[rm] = PHASE_PREPARED;
        add_Set_Decided_or_Prepared(&next.sent,
                &(Decided_or_Prepared){ .tag = TAG_PREPARED, .as.prepared = { .rm = rm } });
        found(worker, &next);
    }
}

/* action rm_chooses_to_abort(s: State, rm: RM) (two_phase_commit.py:131) */
static void rm_chooses_to_abort(Worker *worker, const State *s)
{
    for (int rm = 0; rm < 3; rm++) {
        if (s->phase.at[rm] != PHASE_WORKING) continue;
        State next = *s;
        next.phase.at[rm] = PHASE_ABORTED;
        found(worker, &next);
    }
}

/* action rm_learns_commit(s: State, rm: RM) (two_phase_commit.py:137) */
static void rm_learns_commit(Worker *worker, const State *s)
{
    if (!has_Set_Decided_or_Prepared(s->sent,
            &(Decided_or_Prepared){ .tag = TAG_DECIDED,
                    .as.decided = { .outcome = OUTCOME_COMMIT } })) return;
    for (int rm = 0; rm < 3; rm++) {
        State next = *s;
        next.phase.at[rm] = PHASE_COMMITTED;
        found(worker, &next);
    }
}

/* action rm_learns_abort(s: State, rm: RM) (two_phase_commit.py:143) */
static void rm_learns_abort(Worker *worker, const State *s)
{
    if (!has_Set_Decided_or_Prepared(s->sent,
            &(Decided_or_Prepared){ .tag = TAG_DECIDED,
                    .as.decided = { .outcome = OUTCOME_ABORT } })) return;
    for (int rm = 0; rm < 3; rm++) {
        State next = *s;
        next.phase.at[rm] = PHASE_ABORTED;
        found(worker, &next);
    }
}

/* always no_disagreement (two_phase_commit.py:149):
 * No resource manager has committed while another has aborted. */
static bool no_disagreement(const State *s)
{
    for (int a = 0; a < 3; a++) {
        if (s->phase.at[a] == PHASE_COMMITTED) {
            for (int b = 0; b < 3; b++) {
                if (s->phase.at[b] == PHASE_ABORTED) return false;
            }
        }
    }
    return true;
}

/* always commits_only_what_all_prepared (two_phase_commit.py:156):
 * The transaction manager commits only once every resource manager was prepared. */
static bool commits_only_what_all_prepared(const State *s)
{
    if (s->decision != 1 /* Outcome.COMMIT */) return true;
    for (int rm = 0; rm < 3; rm++) {
        if (!has_Set_Decided_or_Prepared(s->sent,
                &(Decided_or_Prepared){ .tag = TAG_PREPARED, .as.prepared = { .rm = rm } })) {
            return false;
        }
    }
    return true;
}

/* lemma what_is_sent_is_the_decision (two_phase_commit.py:182):
 * An outcome has been sent if and only if the transaction manager has decided it. */
static bool what_is_sent_is_the_decision(const State *s)
{
    for (int outcome_place = 0; outcome_place < KNOWN_1.length; outcome_place++) {
        Outcome outcome = KNOWN_1.item[outcome_place];
        if (has_Set_Decided_or_Prepared(s->sent,
                &(Decided_or_Prepared){ .tag = TAG_DECIDED,
                        .as.decided = { .outcome = outcome } }) != (
                                s->decision == coerce_Outcome_to_Outcome_or_None(outcome))) {
            return false;
        }
    }
    return true;
}

/* lemma only_the_decision_commits (two_phase_commit.py:188):
 * Nobody has committed unless the transaction manager has decided so. */
static bool only_the_decision_commits(const State *s)
{
    if (s->decision == 1 /* Outcome.COMMIT */) return true;
    for (int rm = 0; rm < 3; rm++) {
        if (s->phase.at[rm] == PHASE_COMMITTED) return false;
    }
    return true;
}

/* lemma only_the_prepared_are_heard (two_phase_commit.py:194):
 * The transaction manager has heard from nobody who has not said that it is prepared. */
static bool only_the_prepared_are_heard(const State *s)
{
    RM rm;
    for (int cursor = 0; next_Set_RM(s->heard, &cursor, &rm);) {
        if (!has_Set_Decided_or_Prepared(s->sent,
                &(Decided_or_Prepared){ .tag = TAG_PREPARED, .as.prepared = { .rm = rm } })) {
            return false;
        }
    }
    return true;
}

/* lemma the_prepared_work_no_more (two_phase_commit.py:200):
 * Whoever has said that it is prepared is no longer working. */
static bool the_prepared_work_no_more(const State *s)
{
    for (int rm = 0; rm < 3; rm++) {
        if (has_Set_Decided_or_Prepared(s->sent,
                &(Decided_or_Prepared){ .tag = TAG_PREPARED, .as.prepared = { .rm = rm } }) &&
                        s->phase.at[rm] == PHASE_WORKING) {
            return false;
        }
    }
    return true;
}

/* lemma the_prepared_abort_only_if_told (two_phase_commit.py:206):
 * Whoever has said that it is prepared has not aborted, unless that is the decision. */
static bool the_prepared_abort_only_if_told(const State *s)
{
    if (s->decision == 2 /* Outcome.ABORT */) return true;
    for (int rm = 0; rm < 3; rm++) {
        if (has_Set_Decided_or_Prepared(s->sent,
                &(Decided_or_Prepared){ .tag = TAG_PREPARED, .as.prepared = { .rm = rm } }) &&
                        s->phase.at[rm] == PHASE_ABORTED) {
            return false;
        }
    }
    return true;
}

/* sometimes all_commit (two_phase_commit.py:214) */
static bool all_commit(const State *s)
{
    for (int rm = 0; rm < 3; rm++) {
        if (s->phase.at[rm] != PHASE_COMMITTED) return false;
    }
    return true;
}

/* sometimes all_abort (two_phase_commit.py:218) */
static bool all_abort(const State *s)
{
    for (int rm = 0; rm < 3; rm++) {
        if (s->phase.at[rm] != PHASE_ABORTED) return false;
    }
    return true;
}

static inline int state_pack(const State *s, uint64_t *words)
{
    words[0] = code_State(s);
    return 0;
}

static inline void state_unpack(const uint64_t *words, State *s)
{
    decode_State(s, words[0]);
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
        tm_receives_prepared(worker, s);
        /* fall through */
    case 1:
        begin_action(worker, 1);
        tm_commits(worker, s);
        /* fall through */
    case 2:
        begin_action(worker, 2);
        tm_aborts(worker, s);
        /* fall through */
    case 3:
        begin_action(worker, 3);
        rm_prepares(worker, s);
        /* fall through */
    case 4:
        begin_action(worker, 4);
        rm_chooses_to_abort(worker, s);
        /* fall through */
    case 5:
        begin_action(worker, 5);
        rm_learns_commit(worker, s);
        /* fall through */
    case 6:
        begin_action(worker, 6);
        rm_learns_abort(worker, s);
        /* fall through */
    default:
        break;
    }
}

static bool model_always(int property, const State *s)
{
    switch (property) {
    case 0: return no_disagreement(s);
    case 1: return commits_only_what_all_prepared(s);
    case 2: return what_is_sent_is_the_decision(s);
    case 3: return only_the_decision_commits(s);
    case 4: return only_the_prepared_are_heard(s);
    case 5: return the_prepared_work_no_more(s);
    case 6: return the_prepared_abort_only_if_told(s);
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
    case 0: return all_commit(s);
    case 1: return all_abort(s);
    default: return true;
    }
}

