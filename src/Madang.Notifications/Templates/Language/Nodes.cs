namespace Madang.Notifications.Templates.Language;

/// <summary>What a template part is made of once it is read.</summary>
internal abstract record Node;

internal sealed record Literal(string Text) : Node;

/// <summary><c>{{value}}</c>.</summary>
internal sealed record Output(Expression Value, OutputForm Form) : Node;

/// <summary><c>{{#if value}}…{{else}}…{{/if}}</c> and its like.</summary>
/// <param name="IncludeZero">For if and unless: whether zero counts as something.</param>
internal sealed record Block(BlockKind Kind, Expression Value, Expression? IncludeZero, IReadOnlyList<Node> Body, IReadOnlyList<Node> Otherwise) : Node;

internal enum BlockKind
{
    If = 1,
    Unless,
    Each,
    With,

    /// <summary><c>{{#value}}…{{/value}}</c>: over a list, within anything else that is something; nothing new for true.</summary>
    Section,
}

/// <summary>How a value is written where it stands.</summary>
internal enum OutputForm
{
    /// <summary>Two braces, before it is known where they stand.</summary>
    Unset = 0,

    /// <summary>As it is.</summary>
    Plain,

    /// <summary>As text of an HTML document or of a quoted attribute.</summary>
    Html,

    /// <summary>The beginning of an address in an attribute: a web, mail or telephone address, or nothing.</summary>
    HtmlAddress,

    /// <summary>A piece within an address: percent-encoded, and so harmless in HTML too.</summary>
    AddressPiece,
}

internal abstract record Expression;

/// <summary>A string, decimal, bool or null that the template itself holds.</summary>
internal sealed record Constant(object? Value) : Expression;

/// <param name="Up">How many blocks outwards that are about something of their own: <c>../</c> is one, and if and unless count for none.</param>
/// <param name="Text">As it was written, for refusals.</param>
internal sealed record Variable(VariableRoot Root, int Up, IReadOnlyList<string> Names, string Text) : Expression;

internal enum VariableRoot
{
    /// <summary>What the innermost block is about.</summary>
    This = 1,

    /// <summary><c>@root</c>.</summary>
    Top,

    /// <summary><c>@index</c>, <c>@first</c>, <c>@last</c>, <c>@key</c>.</summary>
    Loop,
}

internal sealed record Call(Function Function, IReadOnlyList<Expression> Arguments, IReadOnlyDictionary<string, Expression> Named) : Expression;

/// <summary>Why a part cannot be read or rendered. Thrown within the language alone; its two doors, <see cref="TemplatePart.Read"/> and <see cref="TemplatePart.Render"/>, turn it into a refusal.</summary>
internal sealed class TemplateFault(string message, string? missing = null) : Exception(message)
{
    /// <summary>The variable that was not given.</summary>
    public string? Missing { get; } = missing;
}
