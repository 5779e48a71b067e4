/* The search: its threads, how they meet, and how the host starts, waits for and stops them.
 *
 * Generated code includes this file last; it brings in the rest of the runtime. Threads work on
 * their own until they find no more or a halt is called, then meet; the last to arrive decides
 * alone what all do next. A thread ends when the search has finished or needs the host, so
 * between calls of quorate_wait that return something else than "running" there is nothing but
 * the host.
 */
#include "search.h"
#include "memory.c"
#include "table.c"
#include "growth.c"
#include "ask.c"
#include "batch.c"
#include "expand.c"
#include "breadth.c"
#include "depth_first.c"
#include "walks.c"
#include "trace.c"
#include "host.c"

/* What the last to arrive decides. Small levels it explores itself: to wake all costs more. */
static Step meeting_decide(Search *s, Worker *w)
{
    Step step = s->strategy->decide(s, w);
    while (step == STEP_SHARE && s->level_small && s->crew > 1) {
        s->strategy->share(w);
        step = s->strategy->decide(s, w);
    }
    return step;
}

/* Waits for all workers; returns what they do next. */
static Step meet(Search *s, Worker *w)
{
    pthread_mutex_lock(&s->meeting);
    uint64_t round = s->round;
    if (++s->arrived == s->crew) {
        s->step = meeting_decide(s, w);
        s->arrived = 0;
        s->round++;
        pthread_cond_broadcast(&s->met);
    }
    while (s->round == round) pthread_cond_wait(&s->met, &s->meeting);
    Step step = s->step;
    pthread_mutex_unlock(&s->meeting);
    return step;
}

/* A thread's life. It begins when all threads are there; if one could not be made, none begins. */
static void *work(void *argument)
{
    Worker *w = argument;
    Search *s = w->search;
    pthread_mutex_lock(&s->gate);
    bool complete = s->crew != 0;
    Step step = complete ? STEP_SHARE : STEP_DONE;
    pthread_mutex_unlock(&s->gate);
    while (step != STEP_DONE) {
        if (step == STEP_REBUILD) table_rebuild(s);
        else s->strategy->share(w);
        step = meet(s, w);
    }
    return NULL;
}

static void threads_join(Search *s, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) pthread_join(s->threads[i], NULL);
    s->joined = true;
}

static int threads_start(Search *s)
{
    uint64_t made = 0, wanted = s->options.order == ORDER_DEPTH ? 1 : s->options.workers;
    pthread_mutex_lock(&s->gate);
    s->crew = wanted;
    s->joined = false;
    s->status = STATUS_RUNNING;
    while (made < wanted
           && pthread_create(&s->threads[made], NULL, work, &s->workers[made]) == 0) made++;
    if (made < wanted) s->crew = 0;
    pthread_mutex_unlock(&s->gate);
    if (made == wanted) return ERROR_NONE;
    threads_join(s, made);
    s->status = STATUS_NEEDS_HOST;
    return ERROR_THREADS;
}

/* Starts the threads and returns at once. */
EXPORT int quorate_start(Search *s)
{
    if (s->started || s->crew) return ERROR_STATE;
    return threads_start(s);
}

/* Goes on after all that the host was asked is answered; ERROR_STATE if something is not. */
EXPORT int quorate_resume(Search *s)
{
    if (!s->joined || s->status != STATUS_NEEDS_HOST || !answers_complete(s)) return ERROR_STATE;
    answers_settle(s);
    return threads_start(s);
}

/* Calls a halt as soon as every worker has finished the state in its hands. Any thread may call
 * it. */
EXPORT void quorate_stop(Search *s)
{
    halt_for(s, &s->stop);
}

static struct timespec time_after(uint64_t milliseconds)
{
    struct timespec when;
    clock_gettime(CLOCK_REALTIME, &when);
    when.tv_sec += (time_t)(milliseconds / 1000);
    when.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (when.tv_nsec >= 1000000000) {
        when.tv_sec++;
        when.tv_nsec -= 1000000000;
    }
    return when;
}

/* Waits until the search has finished or needs the host, but no longer than asked; returns its
 * status. */
EXPORT int quorate_wait(Search *s, uint64_t milliseconds)
{
    struct timespec until = time_after(milliseconds);
    pthread_mutex_lock(&s->telling);
    int waited = 0;
    while (s->status == STATUS_RUNNING && !s->joined && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&s->told, &s->telling, &until);
    int status = s->status;
    pthread_mutex_unlock(&s->telling);
    if (status != STATUS_RUNNING && !s->joined) threads_join(s, s->crew);
    return status;
}

#include "api.c"
