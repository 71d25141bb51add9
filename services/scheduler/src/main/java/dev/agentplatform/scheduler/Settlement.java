package dev.agentplatform.scheduler;

import dev.agentplatform.store.RowWrite;
import java.util.ArrayList;
import java.util.List;

/**
 * What a firing leaves behind, decided before anything is written.
 *
 * @param status of the job afterwards
 * @param state of the task afterwards
 * @param readyTime when the task is needed next, null when it is only to be called
 * @param over whether the job needs no task any more
 */
record Settlement(Firing firing, boolean fresh, String status, JobState state, Long readyTime, boolean over) {

    /**
     * @param fresh the firing has no row yet
     * @param before the task's state as it was claimed; its due time is the firing's when the schedule made it
     */
    static Settlement of(JobState before, Firing firing, boolean fresh, long wakes, long now) {
        Job job = before.job();
        boolean scheduled = firing.cause().equals("schedule") && firing.dueTime() == before.due();
        boolean retried = firing.status().equals("pending");
        long due = scheduled ? job.schedule().after(Math.max(before.due(), now)).orElse(0L) : before.due();
        // Others may wait: the table is looked at once more.
        boolean pending = retried || !fresh || before.pending();
        boolean over = job.schedule().once() && due == 0 && !retried;
        String status = !over ? Job.ACTIVE : firing.status().equals("failed") ? Job.FAILED : Job.COMPLETED;
        Long ready = due == 0 ? null : due;
        if (retried) ready = ready == null ? firing.retryTime() : Math.min(ready, firing.retryTime());
        else if (pending) ready = now;
        return new Settlement(firing, fresh, status, before.next(due, pending, wakes), ready, over && !pending);
    }

    List<RowWrite> rows(List<RowWrite> effects) {
        List<RowWrite> rows = new ArrayList<>(effects);
        rows.add(fresh ? FiringTable.insert(firing) : FiringTable.update(firing));
        rows.add(JobTable.fired(state.job(), status, state.due(), firing.dueTime()));
        return rows;
    }
}
