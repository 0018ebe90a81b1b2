using System.Globalization;
using System.Text;
using System.Text.Json;
using Madang.Notifications.Templates.Html;

namespace Madang.Notifications.Templates.Language;

/// <summary>
/// Renders one part once. What it may cost is counted in steps, not timed: the same template with the same values always ends the same way, on any machine. A
/// value is null, a string, a bool, a decimal, a <see cref="JsonElement"/> (object or array), a dictionary or a list of ours, or <see cref="Missing"/>.
/// </summary>
internal sealed class TemplateRun(TemplateScene scene, int maxLength)
{
    public const int MaxSteps = 20_000;

    private readonly StringBuilder _text = new();
    private Frame _frame = new(scene, null);
    private int _steps;

    public static readonly object Missing = new();

    public TemplateScene Scene => scene;

    public string Text => _text.ToString();

    public void Write(IReadOnlyList<Node> nodes)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            Step();
            switch (nodes[i])
            {
                case Literal literal:
                    Add(literal.Text);
                    break;
                case Output output:
                    Add(Written(Given(output.Value), output));
                    break;
                case Block block:
                    Write(block);
                    break;
            }
        }
    }

    /// <summary>The value; <see cref="Missing"/> for a variable that is not there.</summary>
    public object? Value(Expression expression)
    {
        Step();
        return expression switch
        {
            Constant constant => constant.Value,
            Variable variable => Look(variable),
            Call call => call.Function.Of(this, call),
            _ => throw new InvalidOperationException("Unknown expression."),
        };
    }

    /// <summary>The value of a variable that must be there, and something.</summary>
    public object Given(Expression expression) => Value(expression) is { } value && value != Missing
        ? value
        : throw new TemplateFault($"The variable {NameOf(expression)} is not given.", NameOf(expression));

    public static string AsText(object value) => value switch
    {
        string text => text,
        bool isTrue => isTrue ? "true" : "false",
        decimal number => number.ToString("0.############################", CultureInfo.InvariantCulture),
        _ => throw new TemplateFault("An object or a list stands where a text is needed."),
    };

    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool isTrue => isTrue,
        string text => text.Length > 0,
        decimal number => number != 0,
        JsonElement { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        _ => value != Missing,
    };

    /// <summary>For work that grows with its text.</summary>
    public void Charge(int length) => Step(1 + (length / 256));

    private void Write(Block block)
    {
        var value = Value(block.Value);
        switch (block.Kind)
        {
            case BlockKind.If:
                Write(IsMet(block, value) ? block.Body : block.Otherwise);
                break;
            case BlockKind.Unless:
                Write(IsMet(block, value) ? block.Otherwise : block.Body);
                break;
            case BlockKind.With:
                WriteWithin(block, IsTrue(value) || value is decimal, value);
                break;
            case BlockKind.Section when IsThere(block, value) is var there && !IsList(there):
                WriteWithin(block, there is not (null or false), there);
                break;
            default:
                WriteEach(block, IsThere(block, value));
                break;
        }
    }

    private bool IsMet(Block block, object? value) => IsTrue(value) || (value is decimal && block.IncludeZero is { } zero && IsTrue(Value(zero)));

    private static object? IsThere(Block block, object? value) =>
        value != Missing ? value : throw new TemplateFault($"The variable {NameOf(block.Value)} is not given.", NameOf(block.Value));

    private static bool IsList(object? value) => value is JsonElement { ValueKind: JsonValueKind.Array } or IReadOnlyList<object?>;

    // Neither true nor this is anything that one could be within: ../ would lead past the block outside.
    private void WriteWithin(Block block, bool isSomething, object? value)
    {
        if (!isSomething)
        {
            Write(block.Otherwise);
        }
        else if ((block.Kind == BlockKind.Section && value is true) || block.Value is Variable { Root: VariableRoot.This, Up: 0, Names: [] })
        {
            Write(block.Body);
        }
        else
        {
            Within(new(value, _frame), block.Body);
        }
    }

    private void WriteEach(Block block, object? value)
    {
        var items = Items(value).ToList();
        Charge(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            Within(new(items[i].Value, _frame) { Index = i, Key = items[i].Key, IsLast = i == items.Count - 1 }, block.Body);
        }

        if (items.Count == 0)
        {
            Write(block.Otherwise);
        }
    }

    private void Within(Frame frame, IReadOnlyList<Node> nodes)
    {
        var outer = _frame;
        _frame = frame;
        Write(nodes);
        _frame = outer;
    }

    private static IEnumerable<(string? Key, object? Value)> Items(object? value) => value switch
    {
        JsonElement { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(item => ((string?)null, Plain(item))),
        JsonElement item => item.EnumerateObject().Select(property => ((string?)property.Name, Plain(property.Value))),
        TemplateScene top => Items(top.Data),
        IReadOnlyList<object?> list => list.Select(item => ((string?)null, item)),
        IReadOnlyDictionary<string, object?> own => own.Select(pair => ((string?)pair.Key, pair.Value)),
        null => [],
        _ => throw new TemplateFault("each goes over a list or an object."),
    };

    private object? Look(Variable variable)
    {
        if (variable.Root == VariableRoot.Loop)
        {
            return Loop(variable.Names[0], variable.Up);
        }

        var frame = _frame;
        for (var up = variable.Up; up > 0 || variable.Root == VariableRoot.Top; up--)
        {
            if (frame.Outer is null)
            {
                if (up > 0)
                {
                    return Missing;
                }

                break;
            }

            frame = frame.Outer;
        }

        var value = frame.This;
        foreach (var name in variable.Names)
        {
            Step();
            value = Member(value, name);
        }

        return value;
    }

    /// <param name="up">How many lists outwards.</param>
    private object? Loop(string name, int up)
    {
        var frame = _frame;
        while (frame.Index < 0 || up-- > 0)
        {
            if (frame.Outer is null)
            {
                return Missing;
            }

            frame = frame.Outer;
        }

        return name switch
        {
            "index" => (decimal)frame.Index,
            "first" => frame.Index == 0,
            "last" => frame.IsLast,
            _ => frame.Key ?? (object)(decimal)frame.Index,
        };
    }

    public static object? Member(object? value, string name) => value switch
    {
        TemplateScene top => top.Own.TryGetValue(name, out var own) ? own : Member(top.Data, name),
        JsonElement { ValueKind: JsonValueKind.Object } item => item.TryGetProperty(name, out var found) ? Plain(found) : Missing,
        JsonElement { ValueKind: JsonValueKind.Array } list => name == "length" ? (decimal)list.GetArrayLength() : Index(name, list.GetArrayLength()) is { } at ? Plain(list[at]) : Missing,
        IReadOnlyDictionary<string, object?> own => own.TryGetValue(name, out var found) ? found : Missing,
        IReadOnlyList<object?> list => name == "length" ? (decimal)list.Count : Index(name, list.Count) is { } at ? list[at] : Missing,
        string text when name == "length" => (decimal)text.Length,
        _ => Missing,
    };

    private static int? Index(string name, int count) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < count ? at : null;

    private static object? Plain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => null,

        // What no decimal holds is written as it came.
        JsonValueKind.Number => element.TryGetDecimal(out var number) ? number : element.GetRawText(),
        _ => element,
    };

    private string Written(object value, Output output)
    {
        var text = AsText(value);
        Charge(text.Length);
        return output.Form switch
        {
            OutputForm.Html => HtmlText.Encode(text),
            OutputForm.HtmlAddress => text.Length == 0 || HtmlText.IsAddress(text)
                ? HtmlText.Encode(text)
                : throw new TemplateFault($"{NameOf(output.Value)} is no address that a link may have."),
            OutputForm.AddressPiece => Uri.EscapeDataString(text),
            _ => text,
        };
    }

    private void Add(string text)
    {
        if (text.Length > maxLength - _text.Length)
        {
            throw new TemplateFault($"It would be longer than {maxLength} characters.");
        }

        _text.Append(text);
    }

    private void Step(int count = 1)
    {
        _steps += count;
        if (_steps > MaxSteps)
        {
            throw new TemplateFault("It takes too many steps.");
        }
    }

    private static string NameOf(Expression expression) => expression switch
    {
        Variable variable => variable.Text,
        Call call => call.Arguments.Count > 0 ? NameOf(call.Arguments[0]) : call.Function.Name,
        _ => "value",
    };

    /// <summary>What a block is about.</summary>
    /// <param name="This">The scene itself at the top.</param>
    private sealed record Frame(object? This, Frame? Outer)
    {
        /// <summary>-1 where no list is gone over.</summary>
        public int Index { get; init; } = -1;

        public string? Key { get; init; }

        public bool IsLast { get; init; }
    }
}
