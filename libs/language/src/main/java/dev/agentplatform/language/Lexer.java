package dev.agentplatform.language;

import tools.jackson.databind.JsonNode;

/** Cuts the source into tokens on demand; the parser asks for path segments itself, after a dot. */
final class Lexer {
    enum Kind {
        NAME,
        VALUE,
        SYMBOL,
        END
    }

    /** {@code text} is the name or symbol; {@code value} the number or string. */
    record Token(Kind kind, String text, JsonNode value, int position) {
        boolean is(String symbol) {
            return kind == Kind.SYMBOL && text.equals(symbol);
        }

        boolean isWord(String word) {
            return kind == Kind.NAME && text.equals(word);
        }
    }

    private static final String[] SYMBOLS = {
        "==", "!=", "<=", ">=", "&&", "||", "{{", "}}", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",",
        ".", "?", ":"
    };

    private final String source;
    private final int end;
    private int position;

    Lexer(String source, int start, int end) {
        this.source = source;
        this.position = start;
        this.end = end;
    }

    /** Where the next token or segment is looked for. */
    int position() {
        return position;
    }

    Token next() {
        while (position < end && Character.isWhitespace(source.charAt(position))) position++;
        int start = position;
        if (start == end) return new Token(Kind.END, "", null, start);
        char first = source.charAt(start);
        if (first == '"' || first == '\'') return new Token(Kind.VALUE, "", quoted(first), start);
        if (isDigit(first)) return new Token(Kind.VALUE, "", number(), start);
        if (isNamePart(first)) return new Token(Kind.NAME, name(false), null, start);
        for (String symbol : SYMBOLS) {
            if (source.startsWith(symbol, start) && start + symbol.length() <= end) {
                position += symbol.length();
                return new Token(Kind.SYMBOL, symbol, null, start);
            }
        }
        throw LanguageError.at(source, start, unexpected(first));
    }

    /** The name or index directly after a dot; with {@code hyphens} they belong to it. */
    String segment(boolean hyphens) {
        int start = position;
        String name = name(hyphens);
        if (name.isEmpty()) throw LanguageError.at(source, start, "expected a name after '.'");
        return name;
    }

    private String name(boolean hyphens) {
        int start = position;
        while (position < end && (isNamePart(source.charAt(position)) || (hyphens && isHyphen(start)))) position++;
        return source.substring(start, position);
    }

    /** A hyphen ends no name: in {@code nodes.a -1} and {@code nodes.a-} it is an operator. */
    private boolean isHyphen(int start) {
        int at = position;
        if (at == start || source.charAt(at) != '-') return false;
        while (at < end && source.charAt(at) == '-') at++;
        return at < end && isNamePart(source.charAt(at));
    }

    private JsonNode number() {
        int start = position;
        digits();
        boolean decimal = false;
        if (position + 1 < end && source.charAt(position) == '.' && isDigit(source.charAt(position + 1))) {
            decimal = true;
            position++;
            digits();
        }
        if (exponentFollows()) {
            decimal = true;
            position += 2;
            digits();
        }
        if (position < end && isNamePart(source.charAt(position))) {
            throw LanguageError.at(source, position, "unexpected '" + source.charAt(position) + "' in a number");
        }
        return numberOf(source.substring(start, position), decimal, start);
    }

    private JsonNode numberOf(String text, boolean decimal, int start) {
        try {
            if (!decimal) return Values.of(Long.parseLong(text));
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) return Values.of(value);
        } catch (NumberFormatException tooLarge) {
            // only a whole number beyond 64 bits comes here
        }
        throw LanguageError.at(source, start, "number too large");
    }

    private boolean exponentFollows() {
        if (position >= end || (source.charAt(position) | 0x20) != 'e') return false;
        int at = position + 1;
        if (at < end && (source.charAt(at) == '+' || source.charAt(at) == '-')) at++;
        return at < end && isDigit(source.charAt(at));
    }

    private void digits() {
        while (position < end && isDigit(source.charAt(position))) position++;
    }

    private JsonNode quoted(char quote) {
        int start = position++;
        StringBuilder text = new StringBuilder();
        while (position < end) {
            char c = source.charAt(position++);
            if (c == quote) return Values.of(text.toString());
            if (c == '\\') escape(text);
            else text.append(c);
        }
        throw LanguageError.at(source, start, "a string is not closed, it starts");
    }

    /** An escape that is not known stays as it is, so that patterns need no doubled backslashes. */
    private void escape(StringBuilder text) {
        if (position >= end) return;
        char c = source.charAt(position++);
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case '\\', '\'', '"', '/' -> text.append(c);
            case 'u' -> text.append(unicode());
            default -> text.append('\\').append(c);
        }
    }

    private char unicode() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = position < end ? Character.digit(source.charAt(position), 16) : -1;
            if (digit < 0) throw LanguageError.at(source, position, "expected 4 hexadecimal digits after \\u");
            value = value * 16 + digit;
            position++;
        }
        return (char) value;
    }

    private static String unexpected(char c) {
        return switch (c) {
            case '=' -> "unexpected '='; write == to compare";
            case '&' -> "unexpected '&'; write && or and";
            case '|' -> "unexpected '|'; write || or or";
            default ->
                Character.isISOControl(c) || Character.isSurrogate(c)
                        ? "unexpected character U+%04X".formatted((int) c)
                        : "unexpected '" + c + "'";
        };
    }

    static boolean isNamePart(char c) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c > 127 && Character.isLetterOrDigit(c));
        return letter || isDigit(c) || c == '_' || c == '$';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
