package dev.agentplatform.language;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.Term.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;

/** Walks a term for one scope. A missing value is a missing node inside and null for the operators. */
final class Evaluation {
    private final Scope scope;
    private final Budget budget;
    private final Calls calls;

    Evaluation(Scope scope, Budget budget) {
        this.scope = scope;
        this.budget = budget;
        this.calls = new Calls(budget);
    }

    JsonNode value(Term term) {
        budget.spend(1);
        return switch (term) {
            case Term.Literal literal -> literal.value();
            case Term.Path path -> path(path);
            case Term.Member member -> Values.member(value(member.target()), member.segment());
            case Term.Index index -> index(index);
            case Term.ListOf list -> list(list);
            case Term.And and -> Values.of(all(and));
            case Term.Or or -> Values.of(any(or));
            case Term.Not not -> Values.of(!test(not.operand()));
            case Term.Negate negate -> Arithmetic.negate(value(negate.operand()));
            case Term.Comparison comparison -> Values.of(comparison(comparison));
            case Term.Arithmetic arithmetic -> arithmetic(arithmetic);
            case Term.Choice choice -> value(test(choice.test()) ? choice.whenTrue() : choice.whenFalse());
            case Term.Matches matches ->
                Values.of(matches.pattern().find(calls.text(Function.MATCHES, value(matches.text())), budget));
            case Term.Call call -> call(call);
        };
    }

    boolean test(Term term) {
        return Values.truthy(value(term));
    }

    private JsonNode path(Term.Path path) {
        JsonNode value = scope.root(path.root());
        for (Term.Segment segment : path.segments()) value = Values.member(value, segment);
        return value == null ? MissingNode.getInstance() : value;
    }

    private JsonNode index(Term.Index term) {
        JsonNode target = value(term.target());
        JsonNode index = value(term.index());
        boolean name = index.isString() || Values.isLong(index);
        return Values.member(target, name ? Term.Segment.of(index.asString()) : NO_SEGMENT);
    }

    /** Leads nowhere: an object is asked for no name by it, and a list for no index. */
    private static final Term.Segment NO_SEGMENT = new Term.Segment(null, -1);

    private JsonNode list(Term.ListOf term) {
        ArrayNode list = Json.array();
        for (Term item : term.items()) list.add(plain(value(item)));
        return list;
    }

    /** Missing values become null where they are stored. */
    static JsonNode plain(JsonNode value) {
        return value == null || value.isMissingNode() ? Json.nothing() : value;
    }

    private boolean all(Term.And and) {
        for (Term operand : and.children()) {
            if (!test(operand)) return false;
        }
        return true;
    }

    private boolean any(Term.Or or) {
        for (Term operand : or.children()) {
            if (test(operand)) return true;
        }
        return false;
    }

    private boolean comparison(Term.Comparison term) {
        JsonNode left = value(term.left());
        JsonNode right = value(term.right());
        return switch (term.operator()) {
            case EQUAL -> Values.equal(left, right, budget);
            case NOT_EQUAL -> !Values.equal(left, right, budget);
            case IN -> calls.contains(right, left);
            case CONTAINS -> calls.contains(left, right);
            default -> ordered(term.operator(), left, right);
        };
    }

    private boolean ordered(Operator operator, JsonNode left, JsonNode right) {
        OptionalInt order = Values.compare(left, right, budget);
        if (order.isEmpty()) return false;
        int sign = order.getAsInt();
        return switch (operator) {
            case LESS -> sign < 0;
            case LESS_OR_EQUAL -> sign <= 0;
            case GREATER -> sign > 0;
            case GREATER_OR_EQUAL -> sign >= 0;
            default -> throw new IllegalStateException("no order: " + operator);
        };
    }

    private JsonNode arithmetic(Term.Arithmetic term) {
        JsonNode result = value(term.children().getFirst());
        for (int i = 0; i < term.operators().size(); i++) {
            JsonNode operand = value(term.children().get(i + 1));
            result = Arithmetic.apply(term.operators().get(i), result, operand, budget);
        }
        return result;
    }

    private JsonNode call(Term.Call call) {
        List<Term> terms = call.children();
        if (call.function() == Function.DEFAULT) {
            JsonNode value = value(terms.get(0));
            return Json.isNothing(value) ? value(terms.get(1)) : value;
        }
        List<JsonNode> arguments = new ArrayList<>(terms.size());
        for (Term term : terms) arguments.add(value(term));
        return calls.call(call.function(), arguments);
    }
}
