using System.Text;

namespace Madang.Notifications.Templates.Language;

/// <summary>Reads the way to a variable: <c>order.items.0.name</c>, <c>../name</c>, <c>this</c>, <c>[a b]/c</c>, <c>@root.name</c>, <c>@../index</c>.</summary>
internal sealed class PathReader(string word, int line)
{
    private const int MaxNames = 16;

    private readonly List<string> _names = [];
    private int _at;
    private int _up;

    /// <exception cref="TemplateFault">It is no path.</exception>
    public Variable Read()
    {
        var isData = word.StartsWith('@');
        _at = isData ? 1 : 0;
        ReadStep();
        while (_at < word.Length)
        {
            if (word[_at++] is not ('.' or '/'))
            {
                throw NoName();
            }

            ReadStep();
        }

        if (_names.Count > MaxNames)
        {
            throw new TemplateFault($"Line {line}: \"{word}\" is too deep.");
        }

        if (!isData)
        {
            return new(VariableRoot.This, _up, _names, word);
        }

        return _names is ["root", .. var rest] && _up == 0 ? new(VariableRoot.Top, 0, rest, word)
            : _names is ["index" or "first" or "last" or "key"] ? new(VariableRoot.Loop, _up, _names, word)
            : throw new TemplateFault($"Line {line}: there is no \"{word}\".");
    }

    /// <summary>What a name is made of when it stands in no brackets.</summary>
    public static bool IsLetter(char letter) => letter > ' ' && !char.IsWhiteSpace(letter) && !char.IsControl(letter) && !"!\"#%&'()*+,./;<=>@[\\]^`{|}~".Contains(letter, StringComparison.Ordinal);

    private void ReadStep()
    {
        var rest = word.AsSpan(_at);
        if (rest.StartsWith("["))
        {
            _names.Add(Bracketed());
            return;
        }

        var length = 0;
        while (length < rest.Length && IsLetter(rest[length]))
        {
            length++;
        }

        var step = rest[..length];
        var dots = length > 0 ? 0 : rest.StartsWith("..") ? 2 : rest.StartsWith(".") ? 1 : 0;
        if (dots > 0 && rest.Length > dots && rest[dots] != '/')
        {
            throw NoName();
        }

        _at += length + dots;
        if (dots == 0 && step is not "this")
        {
            _names.Add(length == 0 ? throw NoName() : step.ToString());
        }
        else if (_names.Count > 0)
        {
            // a/../b would say two things at once.
            throw NoName();
        }

        _up += dots == 2 ? 1 : 0;
    }

    private string Bracketed()
    {
        var name = new StringBuilder();
        for (_at++; _at < word.Length && word[_at] != ']'; _at++)
        {
            _at += word[_at] == '\\' && _at + 1 < word.Length && word[_at + 1] is '\\' or ']' ? 1 : 0;
            name.Append(word[_at]);
        }

        return _at++ < word.Length ? name.ToString() : throw NoName();
    }

    private TemplateFault NoName() => new($"Line {line}: \"{word}\" is no name of a variable.");
}
