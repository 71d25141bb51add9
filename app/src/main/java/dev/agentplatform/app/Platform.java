package dev.agentplatform.app;

import dev.agentplatform.auth.AuthModule;
import dev.agentplatform.auth.Tokens;
import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.code.CodeNode;
import dev.agentplatform.code.CodeRoutes;
import dev.agentplatform.code.CodeSettings;
import dev.agentplatform.code.Sandboxes;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.Secrets;
import dev.agentplatform.event.EventModule;
import dev.agentplatform.event.RunStarter;
import dev.agentplatform.events.Follower;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.events.Subscriptions;
import dev.agentplatform.gateway.access.AccessSettings;
import dev.agentplatform.human.HumanNode;
import dev.agentplatform.human.HumanRoutes;
import dev.agentplatform.human.HumanTasks;
import dev.agentplatform.human.StepQuestions;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.memory.Memories;
import dev.agentplatform.memory.MemoryModule;
import dev.agentplatform.model.KnownPrices;
import dev.agentplatform.model.ModelModule;
import dev.agentplatform.model.Models;
import dev.agentplatform.model.nodes.LlmNode;
import dev.agentplatform.model.nodes.ParameterExtractorNode;
import dev.agentplatform.model.nodes.QuestionClassifierNode;
import dev.agentplatform.model.provider.Kind;
import dev.agentplatform.model.wire.Wire;
import dev.agentplatform.model.wire.anthropic.AnthropicWire;
import dev.agentplatform.model.wire.gemini.GeminiWire;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.Targets;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.runtime.RunJson;
import dev.agentplatform.runtime.Runs;
import dev.agentplatform.runtime.RuntimeModule;
import dev.agentplatform.runtime.StartRun;
import dev.agentplatform.scheduler.JobTarget;
import dev.agentplatform.scheduler.SchedulerModule;
import dev.agentplatform.session.SessionModule;
import dev.agentplatform.session.Sessions;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.store.InstanceLock;
import dev.agentplatform.store.Migrations;
import dev.agentplatform.store.Sql;
import dev.agentplatform.tool.ToolModule;
import dev.agentplatform.tool.ToolType;
import dev.agentplatform.vault.Vault;
import dev.agentplatform.web.Binder;
import dev.agentplatform.web.Routes;
import dev.agentplatform.workflow.WorkflowModule;
import dev.agentplatform.workflow.compile.WorkflowCompiler;
import dev.agentplatform.workflow.compile.WorkflowKind;
import dev.agentplatform.workflow.dsl.NodeTypeInfo;
import dev.agentplatform.workflow.dsl.NodeTypes;
import dev.agentplatform.workflow.nodes.AnswerNode;
import dev.agentplatform.workflow.nodes.AssignerNode;
import dev.agentplatform.workflow.nodes.BenchEffectNode;
import dev.agentplatform.workflow.nodes.EndNode;
import dev.agentplatform.workflow.nodes.EventPublishNode;
import dev.agentplatform.workflow.nodes.HttpRequestNode;
import dev.agentplatform.workflow.nodes.IfElseNode;
import dev.agentplatform.workflow.nodes.JoinNode;
import dev.agentplatform.workflow.nodes.KnowledgeRetrievalNode;
import dev.agentplatform.workflow.nodes.LoopNode;
import dev.agentplatform.workflow.nodes.StartNode;
import dev.agentplatform.workflow.nodes.SubWorkflowNode;
import dev.agentplatform.workflow.nodes.TemplateNode;
import dev.agentplatform.workflow.nodes.WaitNode;
import dev.agentplatform.workflow.nodes.WorkflowTargets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The house without its doors: the store, the engine and the service rooms, wired from below to above. */
public final class Platform implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Platform.class);
    private static final String SECRET_PREFIX = "AGENT_PLATFORM_SECRET_";
    private static final Map<Kind, Wire> WIRES =
            Map.of(Kind.ANTHROPIC, new AnthropicWire(), Kind.GEMINI, new GeminiWire());

    private final Clock clock = Clock.systemUTC();
    private final Ids ids = new Ids(clock);
    private final InstanceLock lock;
    private final Database database;
    private final Catalog catalog;
    private final OutboundClient outbound;
    private final Sandboxes code;
    private final ModelModule model;
    private final MemoryModule memory;
    private final Vault vault;
    private final Subscriptions subscriptions;
    private final Outbox outbox;
    private final WorkflowModule workflow;
    private final ToolModule tool;
    private final EngineProcess process;
    private final boolean worker;
    private final Runs runs;
    private final RuntimeModule runtime;
    private final Routes human;
    private final AgentWiring agents;
    private final List<Routes> agentRoutes;
    private final SchedulerModule scheduler;
    private final EventModule event;
    private final SessionModule session;
    private final Optional<Tokens> tokens;
    private final AuthModule auth;

    /** Opens the store and brings its schema up to date; runs nothing yet. */
    public Platform(Settings settings, Roles roles) {
        tokens = Tokens.from(settings, clock);
        Path data = Path.of(settings.text(SettingsOptions.DATA_FOLDER, "data"));
        worker = roles.worker();
        lock = InstanceLock.acquire(data, ids);
        try {
            database = Database.open(DatabaseSettings.from(settings, data));
        } catch (RuntimeException failure) {
            lock.close();
            throw failure;
        }
        Migrations.migrate(database);
        Targets targets = Targets.from(settings, loopbackOnly(settings));
        outbound = new OutboundClient(targets);
        vault = Vault.from(settings, data, embedded());
        subscriptions = new Subscriptions(database);
        outbox = new Outbox(subscriptions, clock);
        model = new ModelModule(settings, database, clock, ids, vault, targets, WIRES, KnownPrices.load());
        memory = new MemoryModule(settings, database, clock, ids);
        code = new Sandboxes(CodeSettings.from(settings, data));
        catalog = new Catalog(database, clock, ids);
        boolean benchNodes = settings.flag(false, BenchEffectNode.SETTING);
        QueueLimits limits = new QueueLimits(database);
        workflow = new WorkflowModule(database, clock, ids, catalog, nodeTypes(benchNodes), limits);
        WorkflowTools workflowTools = new WorkflowTools(this::target, this::engine, ids);
        tool = new ToolModule(
                database,
                clock,
                ids,
                catalog,
                outbound,
                vault,
                Map.of(ToolType.WORKFLOW, workflowTools, ToolType.CODE, new CodeTools(code)),
                workflowTools::child);
        boolean autoStart = settings.flag(true, "AGENT_PLATFORM_AUTO_START");
        agents = new AgentWiring(new AgentWiring.Rooms(
                catalog,
                outbound,
                code,
                tool,
                model,
                new AgentMemories(memory.memories()),
                workflowTools,
                this::target,
                new StepQuestions(outbox, ids),
                this::userOf,
                ids,
                autoStart));
        List<RunKind> kinds = new ArrayList<>(agents.kinds());
        kinds.add(workflows(benchNodes));
        process = new EngineProcess(engineSettings(settings, roles), kinds, limits);
        Engine engine = process.engine();
        engine.attach(outbox);
        runs = new Runs(engine, workflow.workflows(), ids, new SessionsOfRuns(), autoStart);
        runtime = new RuntimeModule(runs, engine, new Follower(database, process.live()));
        human = HumanRoutes.of(new HumanTasks(database, engine, process.alarms(), outbox, clock, ids));
        session = new SessionModule(
                database,
                clock,
                ids,
                workflow.workflows(),
                (workspace, body, id, alongside) ->
                        runs.start(workspace, Binder.bind(body, StartRun.class), id, alongside),
                RunJson::run);
        AgentWiring.Running running = new AgentWiring.Running(
                engine, new Follower(database, process.live()), database, clock, new SessionsOfRuns()::exists);
        agentRoutes = agents.routes(running);
        List<ProgramJobs> programs = agents.jobs(running);
        auth = new AuthModule(database, outbox, clock, ids, tokens);
        List<JobTarget> targetsOfJobs = new ArrayList<>(programs);
        targetsOfJobs.add(new RuntimeJobs(runs));
        scheduler = new SchedulerModule(new SchedulerModule.Wiring(
                database, process, subscriptions, outbox, outbound, clock, ids, targetsOfJobs));
        event = new EventModule(eventWiring(roles, programs), settings);
    }

    private EventModule.Wiring eventWiring(Roles roles, List<ProgramJobs> programs) {
        List<RunStarter> starters = new ArrayList<>(programs);
        starters.add(new TriggeredRuns(runs));
        return new EventModule.Wiring(
                database,
                process,
                subscriptions,
                outbox,
                outbound,
                vault,
                clock,
                ids,
                starters,
                List.of(scheduler.sender()),
                roles.worker());
    }

    // Whoever can reach a server that listens on loopback and asks for no key can reach loopback anyway.
    private static boolean loopbackOnly(Settings settings) {
        if (AccessSettings.from(settings).authRequired()) return false;
        String host = settings.text("AGENT_PLATFORM_HOST", "127.0.0.1");
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }

    private EngineProcess.Settings engineSettings(Settings settings, Roles roles) {
        Duration heartbeat = settings.millis(
                "AGENT_PLATFORM_WORKER_HEARTBEAT_MILLIS",
                Duration.ofSeconds(5),
                Duration.ofMillis(50),
                Duration.ofMinutes(5));
        Duration lease = settings.millis(
                "AGENT_PLATFORM_WORKER_LEASE_MILLIS",
                Duration.ofSeconds(30),
                heartbeat.multipliedBy(2),
                Duration.ofHours(1));
        int slots = (int) settings.number("AGENT_PLATFORM_RUNS_MAX", 1_000, 1, 1_000_000);
        return new EngineProcess.Settings(
                database,
                new Membership.Identity(lock.instance(), Build.version()),
                new Membership.Timing(heartbeat, lease),
                clock,
                ids,
                Signals.NONE,
                new Secrets(settings.withPrefix(SECRET_PREFIX)),
                new Engine.Limits(slots),
                roles.worker());
    }

    private static NodeTypes nodeTypes(boolean benchNodes) {
        if (!benchNodes) return NodeTypes.standard();
        List<NodeTypeInfo> types = new ArrayList<>(NodeTypes.standard().all());
        types.add(BenchEffectNode.INFO);
        return new NodeTypes(types);
    }

    private RunKind workflows(boolean benchNodes) {
        WorkflowTargets targets = this::target;
        List<NodeType> types = new ArrayList<>(List.of(
                new StartNode(),
                new EndNode(),
                new AnswerNode(),
                new IfElseNode(),
                new AssignerNode(),
                new TemplateNode(),
                new JoinNode(),
                new WaitNode(),
                new LoopNode(targets),
                new SubWorkflowNode(targets),
                new HttpRequestNode(outbound),
                new KnowledgeRetrievalNode("knowledge-retrieval", outbound),
                new CodeNode(code, code.settings().timeoutMax()),
                new EventPublishNode(outbox),
                tool.node(),
                new LlmNode(model.models()::chat),
                new QuestionClassifierNode(model.models()::chat),
                new ParameterExtractorNode(model.models()::chat)));
        types.addAll(HumanNode.all(outbox));
        types.addAll(agents.nodes());
        if (benchNodes) types.add(new BenchEffectNode());
        Map<String, NodeType> byName = new HashMap<>();
        for (NodeType type : types) byName.put(type.name(), type);
        WorkflowKind.Documents documents = (workspace, version) ->
                workflow.workflows().resolve(workspace, null, version).body();
        return new WorkflowKind(documents, new WorkflowCompiler(byName));
    }

    private WorkflowTargets.Version target(String workspaceId, String named, String version) {
        UUID versionId = version == null || version.isBlank()
                ? null
                : Ids.parse(version).orElseThrow(() -> Problem.notFound("workflow version", version));
        UUID workflowId = named == null || named.isBlank()
                ? null
                : Ids.parse(named)
                        .orElseGet(() -> workflow.workflows()
                                .findByCode(workspaceId, named)
                                .map(Definition::id)
                                .orElseThrow(() -> Problem.notFound("workflow", named)));
        VersionBody found = workflow.workflows().resolve(workspaceId, workflowId, versionId);
        return new WorkflowTargets.Version(found.definitionId(), found.id());
    }

    /** The session room as the runs see it; asked only when everything is wired. */
    private final class SessionsOfRuns implements Runs.SessionCheck {
        @Override
        public boolean exists(String workspaceId, UUID sessionId) {
            try {
                session.sessions().find(workspaceId, sessionId);
                return true;
            } catch (Problem unknown) {
                return false;
            }
        }

        @Override
        public void lock(Sql sql, String workspaceId, UUID sessionId) throws SQLException {
            Sessions.lock(sql, workspaceId, sessionId);
        }
    }

    /** Null when the session has no user. */
    private String userOf(String workspaceId, UUID sessionId) {
        return session.sessions().find(workspaceId, sessionId).userId();
    }

    public void start() {
        String resealed = tool.resealCredentials();
        if (!resealed.isEmpty()) LOG.info("{}", resealed);
        code.start();
        model.start();
        memory.start();
        subscriptions.start();
        process.start();
        if (worker) scheduler.start();
        event.start();
    }

    public Database database() {
        return database;
    }

    /** Tells the world what changed. */
    public Outbox outbox() {
        return outbox;
    }

    public Engine engine() {
        return process.engine();
    }

    public EngineProcess process() {
        return process;
    }

    public Sandboxes code() {
        return code;
    }

    public Runs runs() {
        return runs;
    }

    public WorkflowModule workflow() {
        return workflow;
    }

    public AuthModule auth() {
        return auth;
    }

    /** What signs and verifies JWTs; empty without a secret. */
    public Optional<Tokens> tokens() {
        return tokens;
    }

    /** For those inside who call models. */
    public Models models() {
        return model.models();
    }

    /** For those inside who remember. */
    public Memories memories() {
        return memory.memories();
    }

    public Ids ids() {
        return ids;
    }

    public Clock clock() {
        return clock;
    }

    /** What the rooms answer over HTTP, in the order of the API document. */
    public List<Routes> routes() {
        List<Routes> routes = new ArrayList<>(List.of(session.routes(), workflow.routes(), runtime.routes(), human));
        routes.addAll(agentRoutes);
        routes.addAll(List.of(
                tool.routes(),
                model.routes(),
                CodeRoutes.of(code),
                memory.routes(),
                event.routes(),
                scheduler.routes(),
                auth.routes()));
        return List.copyOf(routes);
    }

    public boolean embedded() {
        return database.dialect() == Dialect.SQLITE;
    }

    /** Hands back what it owns, writes what waits, closes the store. */
    @Override
    public void close() {
        scheduler.stop();
        event.stop();
        process.stop();
        auth.close();
        code.stop();
        memory.stop();
        model.stop();
        subscriptions.stop();
        outbound.close();
        database.close();
        lock.close();
    }
}
