package dev.agentplatform.service;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.events.Follower;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import dev.agentplatform.web.Stream;
import java.util.function.Function;

/** The log of a run as server-sent events: from any position, then live, to its end; with those below it if wished. */
public final class RunStream {
    private static final String CHILDREN = "children";

    private final Follower follower;
    private final FamilyFollower families;

    public RunStream(Engine engine, Follower follower) {
        this.follower = follower;
        this.families = new FamilyFollower(engine, follower);
    }

    /** @param run finds the run of a request @throws Problem 404 */
    public void addTo(Routes routes, String path, Function<Request, RunRecord> run) {
        routes
                .get(path, "Follow a run: its log, then live, until it ends")
                .query(CHILDREN, "boolean", "true: the events of the runs below it too, each with its run_id")
                .stream((request, stream) -> follow(run.apply(request), request, stream));
    }

    /** Ends with {@code event: end} when the run has ended. @throws Problem 400 for a {@code Last-Event-ID} of no run */
    private void follow(RunRecord run, Request request, Stream stream) throws Exception {
        String lastSeen = request.lastEventId().orElse("0");
        boolean withChildren = request.flagQuery(CHILDREN, false);
        FamilyPosition from = FamilyPosition.parse(lastSeen)
                .filter(position -> withChildren || position.below().isEmpty())
                .orElseThrow(() -> Problem.malformed(
                        "malformed_parameter", "Last-Event-ID", "must be the id of an event of this run"));
        stream.open();
        Sink sink = new Sink(stream);
        boolean ended = withChildren
                ? families.follow(run, from, sink)
                : follower.follow(run.workspaceId(), run.id(), from.own(), sink);
        if (ended) stream.send(null, "end", "{}");
    }

    private record Sink(Stream stream) implements Follower.Sink, FamilyFollower.Sink {
        @Override
        public void event(LogEvent event) {
            stream.send(Long.toString(event.seq()), event.type(), event.json());
        }

        @Override
        public void event(String path, RunRecord of, LogEvent event, String position) {
            stream.send(position, event.type(), path.isEmpty() ? event.json() : named(of, event));
        }

        /** The event of a run below, with whose it is. */
        private static String named(RunRecord of, LogEvent event) {
            String member = of.metadata().path("member_key").asString(null);
            StringBuilder json =
                    new StringBuilder("{\"run_id\":\"").append(of.id()).append('"');
            json.append(",\"run_kind\":\"").append(of.kind()).append('"');
            if (member != null) {
                json.append(",\"member_key\":").append(Json.write(Json.text(member)));
            }
            return json.append(',')
                    .append(event.json(), 1, event.json().length())
                    .toString();
        }

        @Override
        public long waitMillis() {
            return stream.beatWaitMillis();
        }

        @Override
        public void idle() {
            stream.heartbeat();
        }

        @Override
        public boolean open() {
            return stream.isOpen();
        }

        @Override
        public void onEnd(Runnable wakeUp) {
            stream.onEnd(wakeUp);
        }
    }
}
