namespace Madang.Crawler.Parsing;

/// <summary>What the page parser does at a tag.</summary>
[Flags]
internal enum TagFacts : ushort
{
    None = 0,

    /// <summary>Separates text.</summary>
    Block = 1,

    /// <summary>Has no end tag.</summary>
    Void = 2,

    /// <summary><see cref="ContentModel"/> wants to see it.</summary>
    Steers = 4,

    /// <summary>Its attributes say something: links, meta, base, html.</summary>
    Speaks = 8,

    /// <summary>Its text is not shown.</summary>
    Hides = 16,

    /// <summary>nav, header, footer, aside.</summary>
    Boilerplate = 32,

    /// <summary>main, article.</summary>
    Main = 64,

    /// <summary>May be boilerplate by its class, id or role.</summary>
    Container = 128,
}

/// <summary>The table of <see cref="TagFacts"/>: open addressing, one probe for nearly all names.</summary>
internal static class TagTable
{
    private const int Bits = 9;

    private static readonly ulong[] Keys = new ulong[1 << Bits];
    private static readonly TagFacts[] Facts = new TagFacts[1 << Bits];

    static TagTable()
    {
        Add(TagFacts.Block, "address blockquote body caption center dd details dialog dl dt fieldset figcaption figure form frameset h1 h2 h3 h4 h5 h6 hr html head legend li listing menu ol optgroup option p pre summary table tbody td tfoot th thead tr ul article aside div footer header hgroup main nav search section br xmp plaintext");
        Add(TagFacts.Void, "area base br col embed hr img input link meta param source track wbr frame");
        Add(TagFacts.Steers, "title textarea script style xmp iframe noembed noframes plaintext svg math");
        Add(TagFacts.Speaks, "a area base link meta iframe frame img html body");
        Add(TagFacts.Hides, "template noscript select textarea object");
        Add(TagFacts.Boilerplate, "nav header footer aside");
        Add(TagFacts.Main, "main article");
        Add(TagFacts.Container, "div section ul ol p table td form dl span center ins figure");
    }

    public static TagFacts Of(ulong key)
    {
        for (var slot = Slot(key); Keys[slot] != 0; slot = (slot + 1) & (Keys.Length - 1))
        {
            if (Keys[slot] == key)
            {
                return Facts[slot];
            }
        }

        return TagFacts.None;
    }

    private static void Add(TagFacts facts, string names)
    {
        foreach (var name in names.Split(' '))
        {
            var key = NameKey.Of(System.Text.Encoding.ASCII.GetBytes(name));
            var slot = Slot(key);
            while (Keys[slot] != 0 && Keys[slot] != key)
            {
                slot = (slot + 1) & (Keys.Length - 1);
            }

            Keys[slot] = key;
            Facts[slot] |= facts;
        }
    }

    private static int Slot(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> (64 - Bits));
}
