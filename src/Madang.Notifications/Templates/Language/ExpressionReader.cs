using System.Globalization;
using System.Text;

namespace Madang.Notifications.Templates.Language;

/// <summary>Reads what stands within a tag: a path, a constant, or a function with arguments and <c>name=value</c>.</summary>
internal sealed class ExpressionReader(string source, int line)
{
    private const int MaxDepth = 4;
    private const int MaxArguments = 12;

    // Handlebars calls these wherever they begin a tag, whatever the data has.
    private static readonly HashSet<string> s_taken = new(["if", "unless", "each", "with", "lookup", "log", "helperMissing", "blockHelperMissing"], StringComparer.Ordinal);

    private int _at;

    /// <summary>The whole tag: a function that is not in brackets, or one value.</summary>
    public Expression ReadAll()
    {
        var all = ReadCall(0, out var word);
        SkipSpace();
        return _at == source.Length ? Named(all, word) : throw Fault($"\"{source[_at..]}\" is not understood");
    }

    /// <summary>The first word of a block's tag, as its end names it.</summary>
    public string ReadName()
    {
        SkipSpace();
        var from = _at;
        ReadValue(0, out _);
        return source[from.._at];
    }

    /// <summary>What <c>if</c> and its like are about: one value, and whether zero counts as something.</summary>
    public (Expression Value, Expression? IncludeZero) ReadCondition(string block, bool takesZero)
    {
        var value = ReadValue(0, out _);
        SkipSpace();
        var zero = takesZero && NameBeforeEquals() is { } name
            ? name == "includeZero" ? ReadValue(0, out _) : throw Fault($"{block} has no \"{name}\"")
            : null;
        SkipSpace();
        return _at == source.Length ? (value, zero)
            : IsBlockNames() ? throw Fault("names between bars are not known here; write this and ../")
            : throw Fault($"{block} takes one value; a function stands in brackets");
    }

    /// <summary>What a block without a word of its own is about: a variable alone.</summary>
    public Expression ReadSection(string name)
    {
        var value = ReadValue(0, out var word);
        SkipSpace();
        return _at == source.Length && value is not Call && word is not null ? Named(value, word)
            : IsBlockNames() ? throw Fault("names between bars are not known here; write this and ../")
            : throw Fault($"there is no block \"{name}\"; there are if, unless, each and with");
    }

    private bool IsBlockNames()
    {
        var rest = source.AsSpan(_at);
        return rest.StartsWith("as") && rest[2..].TrimStart().StartsWith("|");
    }

    /// <summary>What stands alone in a tag is a name, even <c>{{12}}</c> and <c>{{"a b"}}</c>.</summary>
    private Expression Named(Expression value, string? word) => value switch
    {
        Constant { Value: var constant } when word is not null => new Variable(VariableRoot.This, 0, [constant as string ?? (constant is decimal number ? TemplateRun.AsText(number) : word)], word),
        Variable when s_taken.Contains(word ?? "") => throw Fault($"\"{word}\" is no variable; the one of that name is this.{word}"),
        _ => value,
    };

    private Expression ReadCall(int depth, out string? word)
    {
        var first = ReadValue(depth, out word);
        SkipSpace();
        if (_at == source.Length || source[_at] == ')')
        {
            // A function needs arguments: a lone name is a variable, whatever it is called.
            return first;
        }

        if (first is not Variable || !Function.All.TryGetValue(word!, out var function))
        {
            throw Fault($"there is no function \"{word ?? source}\"");
        }

        var arguments = new List<Expression>();
        var named = new Dictionary<string, Expression>(StringComparer.Ordinal);
        while (_at < source.Length && source[_at] != ')')
        {
            if (NameBeforeEquals() is { } key)
            {
                named[key] = ReadValue(depth, out _);
            }
            else
            {
                arguments.Add(ReadValue(depth, out _));
            }

            if (arguments.Count + named.Count > MaxArguments)
            {
                throw Fault("a function has too many arguments");
            }

            SkipSpace();
        }

        return function.Takes(arguments.Count, named.Keys) ? new Call(function, arguments, named) : throw Fault($"{word} is used as {function.Usage}");
    }

    /// <param name="word">As it was written; null for what stood in brackets.</param>
    private Expression ReadValue(int depth, out string? word)
    {
        SkipSpace();
        word = null;
        if (_at == source.Length)
        {
            throw Fault("a value is missing");
        }

        if (source[_at] == '(')
        {
            if (depth >= MaxDepth)
            {
                throw Fault("functions are nested too deep");
            }

            _at++;
            var inner = ReadCall(depth + 1, out _);
            SkipSpace();
            return _at == source.Length || source[_at++] != ')' ? throw Fault("a bracket is not closed")
                : inner is Call ? inner
                : throw Fault("in brackets stands a function");
        }

        if (source[_at] is '"' or '\'')
        {
            var from = _at;
            var text = Quoted(source[_at++]);
            word = source[from.._at];
            return new Constant(text);
        }

        word = ReadWord();
        return word switch
        {
            "true" => new Constant(true),
            "false" => new Constant(false),
            "null" or "undefined" => new Constant(null),
            _ when IsNumber(word) && decimal.TryParse(word, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => new Constant(number),
            _ => new PathReader(word, line).Read(),
        };
    }

    // Only the quote that the text stands in can be escaped.
    private string Quoted(char quote)
    {
        var text = new StringBuilder();
        for (; _at < source.Length && source[_at] != quote; _at++)
        {
            _at += source[_at] == '\\' && _at + 1 < source.Length && source[_at + 1] == quote ? 1 : 0;
            text.Append(source[_at]);
        }

        return _at++ < source.Length ? text.ToString() : throw Fault("a text is not closed");
    }

    private string ReadWord()
    {
        var from = _at;
        var inBrackets = false;
        for (; _at < source.Length; _at++)
        {
            var letter = source[_at];
            if (inBrackets)
            {
                _at += letter == '\\' && _at + 1 < source.Length && source[_at + 1] is '\\' or ']' ? 1 : 0;
                inBrackets = letter != ']';
            }
            else if (char.IsWhiteSpace(letter) || letter is '(' or ')' or '=' or '"' or '\'')
            {
                break;
            }
            else
            {
                inBrackets = letter == '[';
            }
        }

        return inBrackets ? throw Fault("a bracket is not closed")
            : _at == from ? throw Fault($"\"{source[_at]}\" is not understood")
            : source[from.._at];
    }

    private string? NameBeforeEquals()
    {
        var end = _at;
        while (end < source.Length && PathReader.IsLetter(source[end]))
        {
            end++;
        }

        if (end == _at || end >= source.Length || source[end] != '=')
        {
            return null;
        }

        var name = source[_at..end];
        _at = end + 1;
        return name;
    }

    // -?[0-9]+(.[0-9]+)?
    private static bool IsNumber(ReadOnlySpan<char> word)
    {
        var digits = word.StartsWith("-") ? word[1..] : word;
        var dot = digits.IndexOf('.');
        return IsDigits(dot < 0 ? digits : digits[..dot]) && (dot < 0 || IsDigits(digits[(dot + 1)..]));

        static bool IsDigits(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');
    }

    private void SkipSpace()
    {
        while (_at < source.Length && char.IsWhiteSpace(source[_at]))
        {
            _at++;
        }
    }

    private TemplateFault Fault(string what) => new($"Line {line}: {what}.");
}
