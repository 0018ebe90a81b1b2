using System.Globalization;
using System.Text;

namespace Madang.Crawler.Urls;

/// <summary>
/// Which part of a host somebody has registered, by the Public Suffix List (public-suffixes.txt, ICANN and private sections alike: two users of <c>github.io</c> are two
/// parties). About 10,700 rules, read once.
/// </summary>
public static class PublicSuffixes
{
    private const byte Rule = 1;
    private const byte Wildcard = 2;
    private const byte Exception = 4;

    private static readonly Table Rules = Load();

    /// <summary>The day of the list.</summary>
    public static DateOnly Date => Rules.Date;

    /// <summary>
    /// The public suffix and one label more: <c>a.b.example.co.uk</c> → <c>example.co.uk</c>. A host that is a public suffix itself, has one label or is an IP address is
    /// its own domain. A dot at the end is left out.
    /// </summary>
    /// <param name="host">As <see cref="Url.Host"/> gives it: lower-case ASCII.</param>
    public static ReadOnlySpan<byte> RegistrableDomain(ReadOnlySpan<byte> host)
    {
        if (IsAddress(host))
        {
            return host;
        }

        host = WithoutRootDot(host);
        var suffix = SuffixStart(host);
        return suffix < 2 ? host : host[(host[..(suffix - 1)].LastIndexOf((byte)'.') + 1)..];
    }

    /// <summary>The public suffix: <c>co.uk</c>, <c>github.io</c>. Empty for an IP address.</summary>
    public static ReadOnlySpan<byte> PublicSuffix(ReadOnlySpan<byte> host)
    {
        if (IsAddress(host))
        {
            return default;
        }

        host = WithoutRootDot(host);
        return host[SuffixStart(host)..];
    }

    private static ReadOnlySpan<byte> WithoutRootDot(ReadOnlySpan<byte> host) => host is [.. var rest, (byte)'.'] ? rest : host;

    /// <summary>No top-level domain is a number, so a host that ends in one has been parsed as IPv4.</summary>
    private static bool IsAddress(ReadOnlySpan<byte> host) => host is [] or [(byte)'[', ..] || Ipv4Text.EndsInNumber(host);

    /// <summary>The algorithm of publicsuffix.org: exceptions first, then the longest rule, else the last label.</summary>
    private static int SuffixStart(ReadOnlySpan<byte> host)
    {
        var start = host.LastIndexOf((byte)'.') + 1;
        var longest = start;
        var labels = 1;
        while (true)
        {
            var kinds = Rules.Find(host[start..]);
            if ((kinds & Exception) != 0)
            {
                return start + host[start..].IndexOf((byte)'.') + 1;
            }

            if ((kinds & Rule) != 0)
            {
                longest = start;
            }

            if (start == 0 || labels++ == Rules.MostLabels)
            {
                return longest;
            }

            start = host[..(start - 1)].LastIndexOf((byte)'.') + 1;
            if ((kinds & Wildcard) != 0)
            {
                longest = start;
            }
        }
    }

    private static Table Load()
    {
        using var stream = typeof(PublicSuffixes).Assembly.GetManifestResourceStream("public-suffixes.txt")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var rules = new Dictionary<string, byte>(12_000);
        var date = DateOnly.MinValue;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("// date ", StringComparison.Ordinal))
            {
                date = DateOnly.ParseExact(line["// date ".Length..], "yyyy-MM-dd", CultureInfo.InvariantCulture);
            }
            else if (line.Length > 0 && line[0] != '/')
            {
                var (name, kind) = line[0] switch { '!' => (line[1..], Exception), '*' => (line[2..], Wildcard), _ => (line, Rule) };
                rules[name] = (byte)(rules.GetValueOrDefault(name) | kind);
            }
        }

        return new Table(rules, date);
    }

    /// <summary>An open-addressed hash table over one array of names: found by bytes, without a string.</summary>
    private sealed class Table
    {
        private const int Slots = 32_768;

        private readonly byte[] _names;
        private readonly int[] _slots = new int[Slots];

        public Table(Dictionary<string, byte> rules, DateOnly date)
        {
            Date = date;
            // Offset 0 means an empty slot. An entry is kinds, length, name.
            using var names = new MemoryStream(200_000);
            names.WriteByte(0);
            foreach (var (name, kinds) in rules)
            {
                var bytes = Encoding.ASCII.GetBytes(name);
                var slot = Hash(bytes);
                while (_slots[slot] != 0)
                {
                    slot = (slot + 1) % Slots;
                }

                _slots[slot] = (int)names.Position;
                names.WriteByte(kinds);
                names.WriteByte((byte)bytes.Length);
                names.Write(bytes);
                MostLabels = Math.Max(MostLabels, name.Count(letter => letter == '.') + 2);
            }

            _names = names.ToArray();
        }

        public DateOnly Date { get; }

        /// <summary>No rule has more labels, the wildcard's counted.</summary>
        public int MostLabels { get; }

        public byte Find(ReadOnlySpan<byte> name)
        {
            for (var slot = Hash(name); _slots[slot] is > 0 and var entry; slot = (slot + 1) % Slots)
            {
                if (_names[entry + 1] == name.Length && _names.AsSpan(entry + 2, name.Length).SequenceEqual(name))
                {
                    return _names[entry];
                }
            }

            return 0;
        }

        /// <summary>FNV-1a. The table never changes, so a host that probes long finds the same few slots again.</summary>
        private static int Hash(ReadOnlySpan<byte> name)
        {
            var hash = 2_166_136_261;
            foreach (var letter in name)
            {
                hash = (hash ^ letter) * 16_777_619;
            }

            return (int)((hash ^ (hash >> 15)) % Slots);
        }
    }
}
