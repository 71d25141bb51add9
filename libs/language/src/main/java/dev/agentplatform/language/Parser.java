package dev.agentplatform.language;

import dev.agentplatform.language.Lexer.Kind;
import dev.agentplatform.language.Lexer.Token;
import dev.agentplatform.language.Term.Operator;
import dev.agentplatform.language.Term.Segment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;

/** A Pratt parser: {@link #expression(int)} reads as long as the next operator binds tighter than asked. */
final class Parser {
    static final int SOURCE_MAX = 10_000;
    static final int DEPTH_MAX = 100;

    /** After this root comes a node id, which may hold hyphens: {@code nodes.fetch-2.text}. */
    private static final String NODES = "nodes";

    private static final int CHOICE = 1;
    private static final int OR = 2;
    private static final int AND = 3;
    private static final int NOT = 4;
    private static final int COMPARISON = 5;
    private static final int SUM = 6;
    private static final int PRODUCT = 7;
    private static final int UNARY = 8;

    private static final Map<String, Integer> BINDING = Map.ofEntries(
            Map.entry("?", CHOICE),
            Map.entry("||", OR),
            Map.entry("or", OR),
            Map.entry("&&", AND),
            Map.entry("and", AND),
            Map.entry("==", COMPARISON),
            Map.entry("!=", COMPARISON),
            Map.entry("<", COMPARISON),
            Map.entry("<=", COMPARISON),
            Map.entry(">", COMPARISON),
            Map.entry(">=", COMPARISON),
            Map.entry("in", COMPARISON),
            Map.entry("contains", COMPARISON),
            Map.entry("not", COMPARISON),
            Map.entry("+", SUM),
            Map.entry("-", SUM),
            Map.entry("*", PRODUCT),
            Map.entry("/", PRODUCT),
            Map.entry("%", PRODUCT));

    private static final Map<String, Operator> OPERATORS = operators();
    private static final Set<String> WORDS = Set.of("and", "or", "not", "in", "contains");

    private final String source;
    private final Lexer lexer;
    private Token current;
    private int depth;

    private Parser(String source, int start, int end) {
        this.source = source;
        this.lexer = new Lexer(source, start, end);
    }

    /** A term and the position behind what was read. */
    record Parsed(Term term, int end) {}

    static Term parse(String source) {
        if (source.length() > SOURCE_MAX) {
            throw new LanguageError("the expression is longer than " + SOURCE_MAX + " characters", SOURCE_MAX);
        }
        Parser parser = new Parser(source, 0, source.length());
        parser.advance();
        Term term = parser.whole();
        if (parser.current.kind() != Kind.END) throw parser.expected("an operator or the end");
        return term;
    }

    /** Reads one hole of a template whose opening braces end at {@code start}. */
    static Parsed parseHole(String source, int start) {
        Parsed path = plainPath(source, start);
        if (path != null) return path;
        Parser parser = new Parser(source, start, Math.min(source.length(), start + SOURCE_MAX));
        parser.advance();
        if (parser.current.is("}}")) throw parser.wrong("there is nothing between '{{' and '}}'");
        if (parser.current.is("{{")) throw parser.wrong("unexpected '{{' inside '{{'");
        Term term = parser.whole();
        if (!parser.current.is("}}")) throw parser.expected("'}}'");
        return new Parsed(term, parser.lexer.position());
    }

    /**
     * A hole that is nothing but a path may have hyphens in its names: {@code {{state.user-name}}}. With
     * spaces around it the hyphen is a minus. Null when the hole is something else.
     */
    private static Parsed plainPath(String source, int start) {
        int at = skipSpace(source, start);
        int rootStart = at;
        while (at < source.length() && Lexer.isNamePart(source.charAt(at))) at++;
        if (at == rootStart || Character.isDigit(source.charAt(rootStart))) return null;
        String root = source.substring(rootStart, at);
        List<Segment> segments = new ArrayList<>();
        while (at < source.length() && source.charAt(at) == '.') {
            int segmentStart = ++at;
            while (at < source.length() && (Lexer.isNamePart(source.charAt(at)) || source.charAt(at) == '-')) at++;
            if (at == segmentStart) return null;
            segments.add(Segment.of(source.substring(segmentStart, at)));
        }
        int close = skipSpace(source, at);
        if (segments.isEmpty() || !source.startsWith("}}", close)) return null;
        return new Parsed(new Term.Path(root, List.copyOf(segments)), close + 2);
    }

    private static int skipSpace(String source, int start) {
        int at = start;
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) at++;
        return at;
    }

    private Term whole() {
        if (current.kind() == Kind.END) throw wrong("the expression is empty");
        Term term = expression(0);
        // Brackets are counted while reading; chains like x.trim().trim() only show in the finished tree.
        if (Term.height(term) > DEPTH_MAX) throw tooDeep();
        return term;
    }

    private Term expression(int binding) {
        if (++depth > DEPTH_MAX) throw tooDeep();
        Term left = prefix();
        for (int next = binding(); next > binding; next = binding()) {
            left = switch (next) {
                case CHOICE -> choice(left);
                case OR -> new Term.Or(operands(left, OR));
                case AND -> new Term.And(operands(left, AND));
                case COMPARISON -> comparison(left);
                default -> arithmetic(left, next);
            };
        }
        depth--;
        return left;
    }

    /** How tightly the current token binds as an operator between two terms; 0 when it is none. */
    private int binding() {
        if (current.kind() != Kind.SYMBOL && current.kind() != Kind.NAME) return 0;
        return BINDING.getOrDefault(current.text(), 0);
    }

    private Term choice(Term test) {
        advance();
        Term whenTrue = expression(0);
        expect(":");
        return new Term.Choice(test, whenTrue, expression(0));
    }

    private List<Term> operands(Term first, int binding) {
        List<Term> operands = new ArrayList<>(List.of(first));
        while (binding() == binding) {
            advance();
            operands.add(expression(binding));
        }
        return List.copyOf(operands);
    }

    private Term comparison(Term left) {
        boolean negated = current.isWord("not");
        if (negated) {
            advance();
            if (!current.isWord("in") && !current.isWord("contains")) throw expected("'in' or 'contains' after 'not'");
        }
        Operator operator = OPERATORS.get(current.text());
        advance();
        Term comparison = new Term.Comparison(operator, left, expression(COMPARISON));
        if (binding() == COMPARISON) throw wrong("comparisons cannot follow each other; join them with 'and'");
        return negated ? new Term.Not(comparison) : comparison;
    }

    private Term arithmetic(Term first, int binding) {
        List<Operator> operators = new ArrayList<>();
        List<Term> operands = new ArrayList<>(List.of(first));
        while (binding() == binding) {
            operators.add(OPERATORS.get(current.text()));
            advance();
            operands.add(expression(binding));
        }
        return new Term.Arithmetic(List.copyOf(operators), List.copyOf(operands));
    }

    private Term prefix() {
        if (current.isWord("not")) {
            advance();
            return new Term.Not(expression(NOT));
        }
        if (current.is("!")) {
            advance();
            return new Term.Not(expression(UNARY));
        }
        if (current.is("-")) {
            advance();
            return new Term.Negate(expression(UNARY));
        }
        return suffixes(primary());
    }

    private Term primary() {
        Token token = current;
        if (token.kind() == Kind.VALUE) {
            advance();
            return new Term.Literal(token.value());
        }
        if (token.kind() == Kind.NAME) return named(token);
        if (token.is("(")) return bracketed(")");
        if (token.is("[")) return new Term.ListOf(terms("]"));
        // People write {{x}} in conditions too; there it is the same as (x).
        if (token.is("{{")) return bracketed("}}");
        throw expected("a value");
    }

    private Term bracketed(String close) {
        advance();
        Term inner = expression(0);
        expect(close);
        return inner;
    }

    private Term named(Token name) {
        advance();
        if (current.is("(")) return call(name, null);
        return switch (name.text()) {
            case "true" -> new Term.Literal(JsonNodeFactory.instance.booleanNode(true));
            case "false" -> new Term.Literal(JsonNodeFactory.instance.booleanNode(false));
            case "null" -> new Term.Literal(JsonNodeFactory.instance.nullNode());
            default -> {
                if (WORDS.contains(name.text())) throw wrong(name.position(), "unexpected '" + name.text() + "'");
                yield new Term.Path(name.text(), List.of());
            }
        };
    }

    private Term suffixes(Term primary) {
        Term term = primary;
        while (true) {
            if (current.is(".")) term = afterDot(term);
            else if (current.is("[")) term = indexed(term);
            else return term;
        }
    }

    private Term afterDot(Term target) {
        int position = lexer.position();
        boolean nodeId = target instanceof Term.Path path
                && path.segments().isEmpty()
                && path.root().equals(NODES);
        String segment = lexer.segment(nodeId);
        advance();
        if (current.is("(")) return call(new Token(Kind.NAME, segment, null, position), target);
        return member(target, Segment.of(segment));
    }

    private Term indexed(Term target) {
        advance();
        Term index = expression(0);
        expect("]");
        if (index instanceof Term.Literal literal
                && (literal.value().isString() || literal.value().isIntegralNumber())) {
            return member(target, Segment.of(literal.value().asString()));
        }
        return new Term.Index(target, index);
    }

    private static Term member(Term target, Segment segment) {
        if (!(target instanceof Term.Path path)) return new Term.Member(target, segment);
        List<Segment> segments = new ArrayList<>(path.segments());
        segments.add(segment);
        return new Term.Path(path.root(), List.copyOf(segments));
    }

    private Term call(Token name, Term target) {
        Function function = Function.named(name.text());
        if (function == null) throw wrong(name.position(), "there is no function '" + name.text() + "'");
        List<Term> arguments = new ArrayList<>();
        if (target != null) arguments.add(target);
        arguments.addAll(terms(")"));
        if (arguments.size() < function.argumentsMin || arguments.size() > function.argumentsMax) {
            throw wrong(name.position(), "'" + name.text() + "' takes " + function.arity());
        }
        if (function == Function.MATCHES && arguments.get(1) instanceof Term.Literal literal) {
            return new Term.Matches(arguments.getFirst(), pattern(literal, name.position()));
        }
        return new Term.Call(function, List.copyOf(arguments));
    }

    private LinearPattern pattern(Term.Literal literal, int position) {
        try {
            return LinearPattern.of(literal.value().asString());
        } catch (EvaluationError wrong) {
            throw wrong(position, wrong.getMessage() + ", used");
        }
    }

    /** Terms between commas up to {@code close}; the current token is the opening bracket. */
    private List<Term> terms(String close) {
        advance();
        List<Term> terms = new ArrayList<>();
        while (!current.is(close)) {
            if (!terms.isEmpty()) expect(",", close);
            terms.add(expression(0));
        }
        advance();
        return List.copyOf(terms);
    }

    private void advance() {
        current = lexer.next();
    }

    private void expect(String symbol) {
        expect(symbol, null);
    }

    private void expect(String symbol, String or) {
        if (!current.is(symbol)) throw expected("'" + symbol + "'" + (or == null ? "" : " or '" + or + "'"));
        advance();
    }

    private LanguageError expected(String what) {
        String found = switch (current.kind()) {
            case END -> "the text ends";
            case VALUE -> "found a value";
            case NAME, SYMBOL -> "found '" + current.text() + "'";
        };
        return LanguageError.at(source, current.position(), "expected " + what + " but " + found);
    }

    private LanguageError wrong(String message) {
        return wrong(current.position(), message);
    }

    private LanguageError wrong(int position, String message) {
        return LanguageError.at(source, position, message);
    }

    private LanguageError tooDeep() {
        return wrong("nested deeper than " + DEPTH_MAX + " levels");
    }

    private static Map<String, Operator> operators() {
        Map<String, Operator> operators = new HashMap<>();
        for (Operator operator : Operator.values()) operators.put(operator.symbol, operator);
        return Map.copyOf(operators);
    }
}
