package dev.agentplatform.houserules;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The texts a Java file builds from literals: a literal, a text block, or a concatenation of them, with constants of the
 * same file put in and everything else shown as {@code ?}. A constant that is only ever part of a longer text is not a
 * text of its own. A hot statement that is given as data, {@code Shape.insert("run", ...)}, is one too.
 */
final class SqlTexts {
    /** {@code line} counts from 1. Blanks of {@code text} are folded. */
    record Text(int line, String text) {}

    private final JavaSource source;
    private final Map<String, Tree> constants = new HashMap<>();
    private final Set<String> usedAlone = new HashSet<>();
    private final Set<String> usedInside = new HashSet<>();
    private final List<Text> texts = new ArrayList<>();

    private SqlTexts(JavaSource source) {
        this.source = source;
    }

    static List<Text> in(SourceFile file) {
        SqlTexts reader = new SqlTexts(JavaSource.parse(file));
        new Constants(reader).scan(reader.source.unit(), null);
        new Uses(reader).scan(reader.source.unit(), null);
        new Texts(reader).scan(reader.source.unit(), null);
        return reader.texts;
    }

    private void add(Tree tree) {
        texts.add(new Text(
                source.lineOf(tree), render(tree).replaceAll("\\s+", " ").strip()));
    }

    private String render(Tree tree) {
        return switch (tree) {
            case LiteralTree literal -> String.valueOf(literal.getValue());
            case BinaryTree sum
            when sum.getKind() == Tree.Kind.PLUS -> render(sum.getLeftOperand()) + render(sum.getRightOperand());
            case ParenthesizedTree parentheses -> render(parentheses.getExpression());
            case ConditionalExpressionTree choice ->
                " " + render(choice.getTrueExpression()) + " " + render(choice.getFalseExpression()) + " ";
            case IdentifierTree name
            when constants.containsKey(name.getName().toString()) -> {
                // Taken out while it is rendered, so that a constant which names itself ends.
                Tree value = constants.remove(name.getName().toString());
                String text = render(value);
                constants.put(name.getName().toString(), value);
                yield text;
            }
            case MethodInvocationTree call
            when call.getMethodSelect() instanceof MemberSelectTree method && isText(method.getExpression()) ->
                render(method.getExpression());
            default -> "?";
        };
    }

    /** A literal, or a concatenation that has one in it. */
    private boolean isText(Tree tree) {
        return switch (tree) {
            case LiteralTree literal -> literal.getKind() == Tree.Kind.STRING_LITERAL;
            case BinaryTree sum
            when sum.getKind() == Tree.Kind.PLUS -> isText(sum.getLeftOperand()) || isText(sum.getRightOperand());
            case ParenthesizedTree parentheses -> isText(parentheses.getExpression());
            case IdentifierTree name -> constants.containsKey(name.getName().toString());
            default -> false;
        };
    }

    /** Finds the constants that are texts. */
    private static final class Constants extends TreeScanner<Void, Void> {
        private final SqlTexts reader;

        Constants(SqlTexts reader) {
            this.reader = reader;
        }

        @Override
        public Void visitVariable(VariableTree variable, Void nothing) {
            Tree value = variable.getInitializer();
            if (value != null && reader.isText(value)) {
                reader.constants.put(variable.getName().toString(), value);
            }
            return super.visitVariable(variable, nothing);
        }
    }

    /** Tells which constants stand alone somewhere, and which are parts of a longer text. */
    private static final class Uses extends TreeScanner<Void, Void> {
        private final SqlTexts reader;

        Uses(SqlTexts reader) {
            this.reader = reader;
        }

        @Override
        public Void visitBinary(BinaryTree binary, Void nothing) {
            if (binary.getKind() != Tree.Kind.PLUS) return super.visitBinary(binary, nothing);
            for (Tree operand : List.of(binary.getLeftOperand(), binary.getRightOperand())) {
                if (operand instanceof IdentifierTree name) {
                    reader.usedInside.add(name.getName().toString());
                } else {
                    scan(operand, nothing);
                }
            }
            return null;
        }

        @Override
        public Void visitIdentifier(IdentifierTree name, Void nothing) {
            reader.usedAlone.add(name.getName().toString());
            return null;
        }
    }

    private static final class Texts extends TreeScanner<Void, Void> {
        private static final Set<String> ACTIONS = Set.of("insert", "update", "delete");

        private final SqlTexts reader;

        Texts(SqlTexts reader) {
            this.reader = reader;
        }

        @Override
        public Void visitVariable(VariableTree variable, Void nothing) {
            String name = variable.getName().toString();
            boolean part = reader.usedInside.contains(name) && !reader.usedAlone.contains(name);
            return part && reader.constants.containsKey(name) ? null : super.visitVariable(variable, nothing);
        }

        @Override
        public Void visitBinary(BinaryTree binary, Void nothing) {
            if (!reader.isText(binary)) return super.visitBinary(binary, nothing);
            reader.add(binary);
            return null;
        }

        @Override
        public Void visitLiteral(LiteralTree literal, Void nothing) {
            if (literal.getKind() == Tree.Kind.STRING_LITERAL) reader.add(literal);
            return null;
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            if (call.getMethodSelect() instanceof MemberSelectTree method
                    && method.getExpression().toString().equals("Shape")
                    && ACTIONS.contains(method.getIdentifier().toString())
                    && !call.getArguments().isEmpty()) {
                String action = method.getIdentifier().toString().toLowerCase(Locale.ROOT);
                String table = reader.render(call.getArguments().getFirst());
                StringBuilder text = new StringBuilder("shape " + action + " " + table + " ");
                call.getArguments().stream()
                        .skip(1)
                        .forEach(argument -> text.append(argument).append(", "));
                reader.texts.add(
                        new Text(reader.source.lineOf(call), text.toString().replaceAll("\\s+", " ")));
            }
            return super.visitMethodInvocation(call, nothing);
        }
    }
}
