package dev.agentplatform.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A connection whose statements stay prepared: closing one only gives it back. For SQLite, whose driver
 * has no cache of its own. Used by one thread at a time.
 */
final class StatementCache implements InvocationHandler {
    private static final int STATEMENTS_MAX = 256;

    private final Connection connection;
    private final Map<String, PreparedStatement> free = new LinkedHashMap<>(STATEMENTS_MAX, 0.75f, true);

    private StatementCache(Connection connection) {
        this.connection = connection;
    }

    static Connection over(Connection connection) {
        return proxy(Connection.class, new StatementCache(connection));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        boolean cacheable = method.getName().equals("prepareStatement") && method.getParameterCount() == 1;
        return cacheable ? lend((String) arguments[0]) : call(connection, method, arguments);
    }

    // A lent statement is not in the map: the same SQL used inside its own result gets another one.
    private PreparedStatement lend(String sql) throws SQLException {
        PreparedStatement cached = free.remove(sql);
        PreparedStatement statement = cached != null ? cached : connection.prepareStatement(sql);
        return proxy(PreparedStatement.class, new Lent(sql, statement));
    }

    private void giveBack(String sql, PreparedStatement statement) throws SQLException {
        statement.clearParameters();
        PreparedStatement twin = free.put(sql, statement);
        if (twin != null) twin.close();
        if (free.size() <= STATEMENTS_MAX) return;
        var eldest = free.entrySet().iterator();
        PreparedStatement unused = eldest.next().getValue();
        eldest.remove();
        unused.close();
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private final class Lent implements InvocationHandler {
        private final String sql;
        private final PreparedStatement statement;
        private boolean open = true;
        private boolean broken;

        Lent(String sql, PreparedStatement statement) {
            this.sql = sql;
            this.statement = statement;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            if (!method.getName().equals("close")) return callNoting(method, arguments);
            if (open && broken) statement.close();
            else if (open) giveBack(sql, statement);
            open = false;
            return null;
        }

        // After most errors the driver has finalized the statement, without saying so.
        private Object callNoting(Method method, Object[] arguments) throws Throwable {
            try {
                return call(statement, method, arguments);
            } catch (SQLException failure) {
                broken = true;
                throw failure;
            }
        }
    }
}
