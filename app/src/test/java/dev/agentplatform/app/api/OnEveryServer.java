package dev.agentplatform.app.api;

import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Databases;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/**
 * Runs a test four times: on the server of each database, and with both spellings of the workspace. Each run gets an
 * {@link Api} in a fresh workspace.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(OnEveryServer.Provider.class)
@interface OnEveryServer {

    /** Makes the runs. */
    final class Provider implements TestTemplateInvocationContextProvider {
        @Override
        public boolean supportsTestTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
            return Databases.both()
                    .flatMap(dialect ->
                            Arrays.stream(Api.Spelling.values()).map(spelling -> new Run(dialect, spelling)));
        }
    }

    /** One of the four runs. */
    record Run(Dialect dialect, Api.Spelling spelling) implements TestTemplateInvocationContext, ParameterResolver {
        @Override
        public String getDisplayName(int index) {
            return dialect + " " + spelling;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Api.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return server(dialect, context).workspace(spelling);
        }

        /** Started by the first test that asks, closed after the last of all classes. */
        static ApiServer server(Dialect dialect, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(ApiServer.class))
                    .computeIfAbsent(
                            dialect,
                            wanted -> {
                                try {
                                    return new ApiServer(wanted);
                                } catch (Exception failed) {
                                    throw new IllegalStateException(failed);
                                }
                            },
                            ApiServer.class);
        }
    }
}
