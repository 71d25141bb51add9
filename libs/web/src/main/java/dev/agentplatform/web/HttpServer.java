package dev.agentplatform.web;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.LifeCycle;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.servlet.SubmitOrder;
import io.javalin.http.servlet.Task;
import io.javalin.util.JavalinException;
import java.util.ArrayList;
import java.util.List;
import kotlin.Unit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves route tables over HTTP. Javalin and Jetty are named here and nowhere else but for the servlet types; why they
 * are configured like this was measured and is said beside each setting.
 *
 * <pre>{@code
 * HttpServer server = new HttpServer(HttpSettings.from(settings), ids, routes, filters, observers);
 * server.start();
 * }</pre>
 *
 * <p>{@code /openapi.json} and {@code /docs} come with {@link DocumentRoutes}; {@link Idempotency} is the last filter.
 */
public final class HttpServer implements LifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** The JDK's default of 50 drops connects of a burst, and a dropped client waits a whole second. */
    private static final int ACCEPT_QUEUE = 4096;

    /** The kernel takes up to 4 MB for a slow reader of a stream; with this 1/15 of it. */
    private static final int SEND_BUFFER_BYTES = 65_536;

    /** Kept-alive connections without a request end this soon once the server stops. */
    private static final long SHUTDOWN_IDLE_MILLIS = 200;

    /** A port that cannot be listened on: one clear line. */
    public static final class CannotListen extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CannotListen(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final HttpSettings settings;
    private final Ids ids;
    private final Streams streams;
    private final Pipeline pipeline;
    private Javalin javalin;

    public HttpServer(
            HttpSettings settings, Ids ids, List<Routes> services, List<Filter> filters, List<Observer> observers) {
        this.settings = settings;
        this.ids = ids;
        this.streams = new Streams(settings.streamsMax());
        this.pipeline = new Pipeline(new RouteTable(services), filters, observers, streams, settings, ids);
    }

    @Override
    public synchronized void start() {
        if (javalin != null) return;
        Javalin created = Javalin.create(this::configure);
        try {
            created.start();
        } catch (JavalinException failed) {
            stopQuietly(created, failed);
            throw new CannotListen(whyNot(failed), failed);
        }
        javalin = created;
    }

    /** The port that is listened on, also when a free one was to be picked. */
    public int port() {
        return ports().getFirst();
    }

    /** All ports, the main one first. */
    public synchronized List<Integer> ports() {
        if (javalin == null) throw new IllegalStateException("The server is not started.");
        List<Integer> ports = new ArrayList<>();
        for (var connector : javalin.jettyServer().server().getConnectors()) {
            if (connector instanceof NetworkConnector network) ports.add(network.getLocalPort());
        }
        return ports;
    }

    /** From now on new requests are refused with 503, but for operational routes; those at work go on. */
    public void drain() {
        pipeline.drain();
    }

    public boolean isDraining() {
        return pipeline.isDraining();
    }

    /** Event streams open now. */
    public int streamCount() {
        return streams.count();
    }

    /** Drains, ends the streams, waits for what is at work at most the stop timeout, and closes the ports. */
    @Override
    public synchronized void stop() {
        drain();
        streams.endAll();
        if (javalin == null) return;
        try {
            javalin.stop();
        } catch (JavalinException late) {
            // Whoever stops after us must get to it.
            LOG.warn(
                    "some requests did not end within {} ms and were cut",
                    settings.stopTimeout().toMillis(),
                    late);
        }
        javalin = null;
    }

    @SuppressWarnings("unchecked") // Javalin takes generic varargs.
    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.jetty.threadPool = threadPool();
        config.jetty.modifyServer(this::configureServer);
        config.jetty.modifyHttpConfiguration(HttpServer::configureHttp);
        connect(config, settings.port());
        settings.extraPorts().forEach(port -> connect(config, port));
        // The route table and the steps of a request are ours, so Javalin runs one task and looks nothing up.
        config.requestLifeCycle((submit, servlet, context, path) ->
                submit.invoke(SubmitOrder.LAST, new Task(false, () -> {
                    pipeline.serve(context.req(), context.res());
                    return Unit.INSTANCE;
                })));
    }

    private static VirtualThreadPool threadPool() {
        VirtualThreadPool pool = new VirtualThreadPool();
        pool.setName("http");
        // The default of 200 stops the whole server once 200 streams block.
        pool.setMaxConcurrentTasks(0);
        return pool;
    }

    private void configureServer(Server server) {
        GracefulHandler graceful = new GracefulHandler();
        graceful.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLIS);
        server.setHandler(graceful);
        server.setStopTimeout(settings.stopTimeout().toMillis());
        server.setErrorHandler(new EdgeErrors(ids));
    }

    private static void configureHttp(HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
    }

    private void connect(JavalinConfig config, int port) {
        config.jetty.addConnector((server, http) -> {
            ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
            connector.setHost(settings.host());
            connector.setPort(port);
            connector.setAcceptQueueSize(ACCEPT_QUEUE);
            connector.setIdleTimeout(settings.idleTimeout().toMillis());
            connector.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
            connector.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLIS);
            return connector;
        });
    }

    private String whyNot(Throwable failed) {
        Throwable cause = failed;
        while (cause.getCause() != null && !(cause instanceof java.net.BindException)) cause = cause.getCause();
        List<Integer> all = new ArrayList<>(List.of(settings.port()));
        all.addAll(settings.extraPorts());
        return "Cannot listen on " + settings.host() + " port "
                + String.join(", ", all.stream().map(String::valueOf).toList()) + ": " + cause.getMessage() + ".";
    }

    private static void stopQuietly(Javalin created, JavalinException failed) {
        try {
            created.stop();
        } catch (RuntimeException alsoFailed) {
            failed.addSuppressed(alsoFailed);
        }
    }
}
