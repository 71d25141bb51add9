package dev.agentplatform.team.modes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The leader writes a graph of tasks; what depends on nothing unfinished runs side by side; the leader sums up. */
public final class Planner implements Mode {
    private static final int TASKS_MAX = 50;

    private record Job(String id, Member member, String text, List<String> needs) {}

    @Override
    public Ending run(Task task, Turns turns) {
        List<Member> workers = task.workers();
        String plan = turns.ask(task.leader(), question(task, workers)).answer();
        List<Job> jobs = turns.dry()
                ? once(workers, task)
                : Decisions.json(plan).map(json -> jobs(json, workers)).orElse(List.of());
        // A leader that makes no plan has answered.
        if (jobs.isEmpty()) return new Ending("no_plan", plan);
        Map<String, Turn> done = work(task, turns, jobs);
        if (turns.left() == 0) return new Ending("turns", Decisions.transcript(List.copyOf(done.values())));
        String text = task.brief(task.leader()) + "\n\nThe results:\n"
                + Decisions.transcript(turns.taken().subList(1, turns.taken().size())) + "\n\nGive the team's answer.";
        return new Ending(
                done.size() == jobs.size() ? "plan_done" : "plan_stuck",
                turns.ask(task.leader(), text).answer());
    }

    private static String question(Task task, List<Member> workers) {
        return task.brief(task.leader()) + "\n\nYour members:\n" + Decisions.described(workers)
                + "\nPlan the work. Answer with JSON only: {\"tasks\": [{\"id\": \"t1\", \"member\": \"<key>\", "
                + "\"task\": \"<what to do>\", \"depends_on\": []}]}";
    }

    private static List<Job> once(List<Member> workers, Task task) {
        return workers.stream()
                .map(member -> new Job(member.key(), member, task.question(), List.of()))
                .toList();
    }

    private static List<Job> jobs(JsonNode plan, List<Member> workers) {
        List<Job> jobs = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (JsonNode one : plan.path("tasks")) {
            String id = one.path("id").asString("t" + (jobs.size() + 1));
            Optional<Member> member = Decisions.named(one.path("member").asString(""), workers);
            if (jobs.size() == TASKS_MAX || member.isEmpty() || !ids.add(id)) continue;
            List<String> needs = new ArrayList<>();
            for (JsonNode need : one.path("depends_on")) needs.add(need.asString(""));
            jobs.add(new Job(id, member.get(), one.path("task").asString(""), needs));
        }
        return jobs;
    }

    /** Wave after wave, until all is done, nothing is ready (a circle in the plan), or one turn is left. */
    private static Map<String, Turn> work(Task task, Turns turns, List<Job> jobs) {
        Map<String, Turn> done = new HashMap<>();
        Set<String> known = new HashSet<>();
        jobs.forEach(job -> known.add(job.id()));
        while (turns.left() > 1) {
            List<Job> ready = jobs.stream()
                    .filter(job -> !done.containsKey(job.id()))
                    .filter(job ->
                            job.needs().stream().allMatch(need -> !known.contains(need) || done.containsKey(need)))
                    .limit(turns.left() - 1L)
                    .toList();
            if (ready.isEmpty()) break;
            List<Turn> answers = turns.askAll(ready.stream()
                    .map(job -> new Turns.Question(job.member(), text(task, job, done)))
                    .toList());
            for (int i = 0; i < ready.size(); i++) done.put(ready.get(i).id(), answers.get(i));
        }
        return done;
    }

    private static String text(Task task, Job job, Map<String, Turn> done) {
        List<Turn> before =
                job.needs().stream().filter(done::containsKey).map(done::get).toList();
        return task.brief(job.member()) + "\n\nYour assignment: " + job.text()
                + (before.isEmpty() ? "" : "\n\nResults you can use:\n" + Decisions.transcript(before));
    }
}
