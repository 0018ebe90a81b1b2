using Madang.Api;

namespace Madang.Notifications.Templates.Language;

/// <summary>What the values of a part are written into.</summary>
internal enum PartKind
{
    /// <summary>Text of one or more lines.</summary>
    Text = 1,
    Html,

    /// <summary>One address: what is put into it is percent-encoded, but for a variable with which it begins.</summary>
    Address,
}

/// <summary>
/// One part of a template (a title, an HTML mail) in a language of its own: Handlebars without anything that reaches out. <c>if</c>, <c>unless</c>, <c>each</c>,
/// <c>with</c>, <c>else</c>, sections, the functions of <see cref="Function"/>, paths; no partials. A variable that is not there is a refusal. Immutable, for many threads.
/// </summary>
internal sealed class TemplatePart
{
    public const int MaxDepth = 8;

    private readonly IReadOnlyList<Node> _nodes;

    private TemplatePart(IReadOnlyList<Node> nodes) => _nodes = nodes;

    public static TemplatePart Empty { get; } = new([]);

    /// <summary>A text that is no template.</summary>
    public static TemplatePart Of(string text) => new([new Literal(text)]);

    /// <returns>The part, or a sentence that says what is wrong and in which line.</returns>
    public static (TemplatePart? Part, string? Fault) Read(string source, PartKind kind)
    {
        try
        {
            var tags = TagReader.Read(source);
            var at = 0;
            IReadOnlyList<Node> nodes = Nodes(tags, ref at, null, 0, kind);
            return (new(kind switch
            {
                PartKind.Html => HtmlForms.Set(nodes),
                PartKind.Address => AddressForms(nodes),
                _ => nodes,
            }), null);
        }
        catch (TemplateFault fault)
        {
            return (null, fault.Message);
        }
    }

    /// <summary>Codes: template_variable_missing, template_failed. Ends after a counted number of steps, whatever the template and its values are.</summary>
    /// <param name="maxLength">UTF-16 units; more is a refusal.</param>
    public Result<string> Render(TemplateScene scene, int maxLength)
    {
        if (_nodes is [])
        {
            return "";
        }

        if (_nodes is [Literal only])
        {
            return only.Text;
        }

        try
        {
            var run = new TemplateRun(scene, maxLength);
            run.Write(_nodes);
            return run.Text;
        }
        catch (TemplateFault fault)
        {
            return fault.Missing is { } name
                ? NotificationsErrors.TemplateVariableMissing with { Detail = fault.Message, Fields = [new($"data.{name}", "required", fault.Message)] }
                : NotificationsErrors.TemplateFailed.With(fault.Message);
        }
    }

    /// <summary>Up to the close of <paramref name="open"/>, which is eaten, or to an else, which is left.</summary>
    private static List<Node> Nodes(List<Tag> tags, ref int at, string? open, int depth, PartKind kind)
    {
        var nodes = new List<Node>();
        while (at < tags.Count)
        {
            var tag = tags[at];
            switch (tag.Kind)
            {
                case TagKind.Text:
                    nodes.Add(new Literal(tag.Text));
                    at++;
                    break;
                case TagKind.Output:
                    nodes.Add(new Output(new ExpressionReader(tag.Text, tag.Line).ReadAll(), OutputForm.Unset));
                    at++;
                    break;
                case TagKind.Raw when kind == PartKind.Html:
                    throw new TemplateFault($"Line {tag.Line}: what goes into HTML is always escaped; write it with two braces.");
                case TagKind.Raw:
                    nodes.Add(new Output(new ExpressionReader(tag.Text, tag.Line).ReadAll(), OutputForm.Plain));
                    at++;
                    break;
                case TagKind.Open or TagKind.OpenInverse:
                    at++;
                    nodes.Add(ReadBlock(tags, ref at, tag, depth + 1, kind));
                    break;
                case TagKind.Close or TagKind.Else when open is not null:
                    return nodes;
                default:
                    throw new TemplateFault($"Line {tag.Line}: nothing is open that could end or turn here.");
            }
        }

        return open is null ? nodes : throw new TemplateFault($"A block {{{{#{open}}}}} is not closed.");
    }

    private static Block ReadBlock(List<Tag> tags, ref int at, Tag open, int depth, PartKind kind)
    {
        if (depth > MaxDepth)
        {
            throw new TemplateFault($"Line {open.Line}: blocks are nested deeper than {MaxDepth}.");
        }

        var (name, block) = ReadHead(open);
        IReadOnlyList<Node> body = Nodes(tags, ref at, name, depth, kind);
        IReadOnlyList<Node> otherwise = [];
        if (tags[at] is { Kind: TagKind.Else } turn)
        {
            at++;
            if (turn.Text.Length > 0)
            {
                // {{else if x}}: a block of its own, ended by the close of the one that it stands in. A chain is as deep as its first link, however long.
                return open.Kind == TagKind.OpenInverse
                    ? throw new TemplateFault($"Line {turn.Line}: {{{{^{name}}}}} turns by {{{{else}}}} alone.")
                    : block with { Body = body, Otherwise = [ReadTurn(tags, ref at, turn with { Kind = TagKind.Open }, depth, kind, name)] };
            }

            otherwise = Nodes(tags, ref at, name, depth, kind);
        }

        Close(tags, ref at, name);
        return open.Kind == TagKind.OpenInverse ? block with { Body = otherwise, Otherwise = body } : block with { Body = body, Otherwise = otherwise };
    }

    private static (string Name, Block Block) ReadHead(Tag open)
    {
        var name = new ExpressionReader(open.Text, open.Line).ReadName();
        BlockKind? found = name switch { "if" => BlockKind.If, "unless" => BlockKind.Unless, "each" => BlockKind.Each, "with" => BlockKind.With, _ => null };
        if (found is not { } kind)
        {
            return (name, new(BlockKind.Section, new ExpressionReader(open.Text, open.Line).ReadSection(name), null, [], []));
        }

        var (value, zero) = new ExpressionReader(open.Text[name.Length..], open.Line).ReadCondition(name, takesZero: kind is BlockKind.If or BlockKind.Unless);
        return (name, new(kind, value, zero, [], []));
    }

    private static Block ReadTurn(List<Tag> tags, ref int at, Tag turn, int depth, PartKind kind, string outer)
    {
        // The inner block reads on until the outer's close and leaves it: give it a close of its own.
        var name = new ExpressionReader(turn.Text, turn.Line).ReadName();
        var depthOfClose = 0;
        for (var i = at; i < tags.Count; i++)
        {
            depthOfClose += tags[i].Kind is TagKind.Open or TagKind.OpenInverse ? 1 : 0;
            if (tags[i].Kind == TagKind.Close && depthOfClose-- == 0)
            {
                tags.Insert(i, new(TagKind.Close, name, tags[i].Line));
                break;
            }
        }

        var block = ReadBlock(tags, ref at, turn, depth, kind);
        Close(tags, ref at, outer);
        return block;
    }

    private static void Close(List<Tag> tags, ref int at, string name)
    {
        if (tags[at] is not { Kind: TagKind.Close } close || close.Text != name)
        {
            throw new TemplateFault($"Line {tags[at].Line}: {{{{#{name}}}}} is ended by {{{{/{name}}}}}.");
        }

        at++;
    }

    private static List<Node> AddressForms(IReadOnlyList<Node> nodes)
    {
        var atStart = true;
        return Set(nodes);

        List<Node> Set(IReadOnlyList<Node> list)
        {
            var set = new List<Node>(list.Count);
            foreach (var node in list)
            {
                set.Add(node switch
                {
                    Output { Form: OutputForm.Unset } output => output with { Form = atStart ? OutputForm.Plain : OutputForm.AddressPiece },
                    Block block => block with { Body = Set(block.Body), Otherwise = Set(block.Otherwise) },
                    _ => node,
                });
                atStart &= node is Block;
            }

            return set;
        }
    }
}
