using System.Globalization;
using System.Text;

namespace Madang.Notifications.Templates.Language;

/// <summary>Reads what stands within a tag: a path, a constant, or a function with arguments and <c>name=value</c>.</summary>
internal sealed class ExpressionReader(string source, int line)
{
    private const int MaxDepth = 4;
    private const int MaxArguments = 12;

    private int _at;

    /// <summary>The whole tag: a function that is not in brackets, or one value.</summary>
    public Expression ReadAll()
    {
        var all = ReadCall(0);
        SkipSpace();
        return _at == source.Length ? all : throw Fault($"\"{source[_at..]}\" is not understood");
    }

    private Expression ReadCall(int depth)
    {
        var first = ReadValue(depth, out var name);
        SkipSpace();
        if (_at == source.Length || source[_at] == ')')
        {
            // A function needs arguments: a lone name is a variable, whatever it is called.
            return first;
        }

        if (name is null || !Function.All.TryGetValue(name, out var function))
        {
            throw Fault($"there is no function \"{name ?? source}\"");
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

        return function.Takes(arguments.Count, named.Keys) ? new Call(function, arguments, named) : throw Fault($"{name} is used as {function.Usage}");
    }

    private Expression ReadValue(int depth, out string? name)
    {
        SkipSpace();
        name = null;
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
            var inner = ReadCall(depth + 1);
            SkipSpace();
            return _at < source.Length && source[_at++] == ')' ? inner : throw Fault("a bracket is not closed");
        }

        if (source[_at] is '"' or '\'')
        {
            var end = source.IndexOf(source[_at], _at + 1);
            var text = end < 0 ? throw Fault("a text is not closed") : source[(_at + 1)..end];
            _at = end + 1;
            return new Constant(text);
        }

        var word = ReadWord();
        name = word;
        return word switch
        {
            "true" => new Constant(true),
            "false" => new Constant(false),
            "null" or "undefined" => new Constant(null),
            _ when decimal.TryParse(word, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => new Constant(number),
            _ => Path(word),
        };
    }

    private string ReadWord()
    {
        var word = new StringBuilder();
        while (_at < source.Length && !char.IsWhiteSpace(source[_at]) && source[_at] is not ('(' or ')' or '=' or '"' or '\''))
        {
            if (source[_at] == '[')
            {
                var end = source.IndexOf(']', _at);
                word.Append(end < 0 ? throw Fault("a bracket is not closed") : source[_at..end]);
                _at = end;
            }

            word.Append(source[_at++]);
        }

        return word.Length == 0 ? throw Fault($"\"{source[_at]}\" is not understood") : word.ToString();
    }

    private string? NameBeforeEquals()
    {
        var end = _at;
        while (end < source.Length && (char.IsAsciiLetterOrDigit(source[end]) || source[end] == '_'))
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

    private Variable Path(string word)
    {
        var rest = word.AsSpan();
        var (root, up) = (VariableRoot.This, 0);
        while (rest.StartsWith("../") || rest is "..")
        {
            up++;
            rest = rest is ".." ? "" : rest[3..];
        }

        if (up == 0 && rest.StartsWith("@"))
        {
            root = rest is "@root" || rest.StartsWith("@root.") ? VariableRoot.Top : VariableRoot.Loop;
            rest = root == VariableRoot.Top ? rest[5..].TrimStart('.') : rest[1..];
            if (root == VariableRoot.Loop && rest is not ("index" or "first" or "last" or "key"))
            {
                throw Fault($"there is no \"{word}\"");
            }
        }

        return new(root, up, Names(rest, word), word);
    }

    private List<string> Names(ReadOnlySpan<char> rest, string word)
    {
        var names = new List<string>();
        while (rest.Length > 0)
        {
            int end;
            if (rest[0] == '[')
            {
                end = rest.IndexOf(']');
                names.Add(rest[1..end].ToString());
                rest = rest[(end + 1)..];
            }
            else
            {
                end = rest.IndexOfAny('.', '/');
                var name = end < 0 ? rest : rest[..end];
                rest = rest[name.Length..];
                if (name.Length > 0 && !(names.Count == 0 && name is "this"))
                {
                    names.Add(IsName(name) ? name.ToString() : throw Fault($"\"{word}\" is no name of a variable"));
                }
            }

            if (rest.Length > 0 && rest[0] is not ('.' or '/'))
            {
                throw Fault($"\"{word}\" is no name of a variable");
            }

            rest = rest.TrimStart("./");
        }

        return names.Count <= 16 ? names : throw Fault($"\"{word}\" is too deep");
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var letter in name)
        {
            if (!char.IsLetterOrDigit(letter) && letter is not ('_' or '-' or '$'))
            {
                return false;
            }
        }

        return true;
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
