package dev.agentplatform.testkit;

import dev.agentplatform.store.Database;
import dev.agentplatform.store.Dialect;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/**
 * Runs a test on SQLite and on PostgreSQL. Each run gets a fresh, migrated {@link Database} as parameter;
 * it is closed afterwards.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(OnBothDatabases.Provider.class)
public @interface OnBothDatabases {

    /** Makes the two runs. */
    final class Provider implements TestTemplateInvocationContextProvider {
        @Override
        public boolean supportsTestTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
            return Databases.both().map(Run::new);
        }
    }

    /** One of the two runs. */
    record Run(Dialect dialect) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return dialect.name();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new FreshDatabase(dialect));
        }
    }

    /** Hands the database to the test, or to its {@code @BeforeEach}, and closes it. */
    final class FreshDatabase implements ParameterResolver, AfterEachCallback {
        private final Dialect dialect;
        private Database database;

        FreshDatabase(Dialect dialect) {
            this.dialect = dialect;
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Database.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            if (database == null) database = Databases.fresh(dialect);
            return database;
        }

        @Override
        public void afterEach(ExtensionContext context) {
            if (database != null) Databases.drop(database);
        }
    }
}
