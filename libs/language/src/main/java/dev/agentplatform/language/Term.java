package dev.agentplatform.language;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** A parsed expression. Terms are immutable and may be evaluated by many threads at once. */
sealed interface Term {
    List<Term> children();

    record Literal(JsonNode value) implements Term {
        @Override
        public List<Term> children() {
            return List.of();
        }
    }

    record ListOf(List<Term> items) implements Term {
        @Override
        public List<Term> children() {
            return items;
        }
    }

    /** A name and the way from there, known without evaluating: {@code nodes.check.output.items.0}. */
    record Path(String root, List<Segment> segments) implements Term {
        @Override
        public List<Term> children() {
            return List.of();
        }
    }

    /** One segment on a term that is no path: {@code split(x, ",").0}. */
    record Member(Term target, Segment segment) implements Term {
        @Override
        public List<Term> children() {
            return List.of(target);
        }
    }

    /** A segment that is computed: {@code items[state.position]}. */
    record Index(Term target, Term index) implements Term {
        @Override
        public List<Term> children() {
            return List.of(target, index);
        }
    }

    record And(List<Term> children) implements Term {}

    record Or(List<Term> children) implements Term {}

    record Not(Term operand) implements Term {
        @Override
        public List<Term> children() {
            return List.of(operand);
        }
    }

    record Negate(Term operand) implements Term {
        @Override
        public List<Term> children() {
            return List.of(operand);
        }
    }

    record Comparison(Operator operator, Term left, Term right) implements Term {
        @Override
        public List<Term> children() {
            return List.of(left, right);
        }
    }

    /**
     * {@code a + b - c}: operands of one precedence, from left to right. A flat list instead of a tree, so
     * that a long sum is not a deep one.
     */
    record Arithmetic(List<Operator> operators, List<Term> children) implements Term {}

    record Choice(Term test, Term whenTrue, Term whenFalse) implements Term {
        @Override
        public List<Term> children() {
            return List.of(test, whenTrue, whenFalse);
        }
    }

    record Call(Function function, List<Term> children) implements Term {}

    /** {@code matches} with a pattern that stands in the source, compiled with it. */
    record Matches(Term text, LinearPattern pattern) implements Term {
        @Override
        public List<Term> children() {
            return List.of(text);
        }
    }

    enum Operator {
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        IN("in"),
        CONTAINS("contains"),
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        REMAINDER("%");

        final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }
    }

    /** {@code index} is the segment as a list index, -1 when it is not one. */
    record Segment(String name, int index) {
        static Segment of(String name) {
            return new Segment(name, asIndex(name));
        }

        private static int asIndex(String name) {
            if (name.isEmpty() || name.length() > 9) return -1;
            int index = 0;
            for (int i = 0; i < name.length(); i++) {
                int digit = name.charAt(i) - '0';
                if (digit < 0 || digit > 9) return -1;
                index = index * 10 + digit;
            }
            return index;
        }
    }

    /** Levels of the tree, this one included. */
    static int height(Term term) {
        int highest = 0;
        for (Term child : term.children()) highest = Math.max(highest, height(child));
        return highest + 1;
    }
}
