using System.Buffers.Text;
using System.Text;

namespace Madang.Crawler.Robots;

/// <summary>
/// A robots.txt (RFC 9309 §2), read with patience: any line end, a byte order mark, junk lines, unknown records, comments, a forgotten colon, the usual misspellings. Unknown records never end a
/// group (§2.2.4); a user-agent line after a rule begins the next.
/// </summary>
public sealed class RobotsFile
{
    /// <summary>What is read of a file (§2.5): 500 KiB, without the line that the cut went through.</summary>
    public const int MaxBytes = 500 * 1024;

    private const int MaxSitemaps = 1_000;

    private static readonly TimeSpan MaxCrawlDelay = TimeSpan.FromDays(1);

    private readonly List<Group> _groups = [];
    private readonly List<string> _sitemaps = [];

    private RobotsFile()
    {
    }

    /// <summary>The values of Sitemap lines, in order, without repetition; they may be relative and need not be URLs.</summary>
    public IReadOnlyList<string> Sitemaps => _sitemaps;

    public static RobotsFile Parse(ReadOnlySpan<byte> body)
    {
        var file = new RobotsFile();
        if (body.Length > MaxBytes)
        {
            // When a line ends exactly at the limit it is whole.
            var isWhole = body[MaxBytes] is (byte)'\r' or (byte)'\n';
            body = body[..MaxBytes];
            body = isWhole ? body : body[..(body.LastIndexOfAny((byte)'\r', (byte)'\n') + 1)];
        }

        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        body = body.StartsWith(mark) ? body[mark.Length..] : body;
        var reader = new Reader(file);
        for (var line = 1; !body.IsEmpty; line++)
        {
            var end = body.IndexOfAny((byte)'\r', (byte)'\n');
            reader.Line(end < 0 ? body : body[..end], line);
            body = end < 0 ? default : body[(body[end..] is [(byte)'\r', (byte)'\n', ..] ? end + 2 : end + 1)..];
        }

        return file;
    }

    /// <summary>The rules for a crawler: of all groups that name it, else of the groups for everyone, else none.</summary>
    /// <param name="agent">A product token, or a User-Agent that begins with one: <c>Madang</c>, <c>Madang/1.0 (+https://…)</c>. Case does not matter.</param>
    public RobotsRules For(string agent)
    {
        var slash = agent.IndexOf('/', StringComparison.Ordinal);
        var token = (slash < 0 ? agent : agent[..slash]).Trim();
        var own = _groups.Where(group => group.Agents.Exists(line => line.Names(token))).ToList();
        var groups = own.Count > 0 ? own : [.. _groups.Where(group => group.Agents.Exists(line => line.IsEveryone))];
        if (groups.Count == 0)
        {
            return RobotsRules.AllowAll;
        }

        // A Crawl-delay between two user-agent lines is meant for those above it.
        var delays = groups.SelectMany(group => group.Delays
            .Where(delay => group.Agents.Take(delay.Agents).Any(line => own.Count > 0 ? line.Names(token) : line.IsEveryone))
            .Select(delay => delay.Delay)).ToList();
        return new RobotsRules([.. groups.SelectMany(group => group.Rules)], delays.Count > 0 ? delays.Max() : null);
    }

    /// <inheritdoc cref="For(string)"/>
    public RobotsRules For(ReadOnlySpan<byte> agent) => For(Encoding.UTF8.GetString(agent));

    private sealed class Group
    {
        public List<AgentLine> Agents { get; } = [];

        public List<RobotsRule> Rules { get; } = [];

        /// <summary>After a rule, also one that matches nothing, no agent joins.</summary>
        public bool IsClosed { get; set; }

        /// <summary>With how many of <see cref="Agents"/> stood above the line.</summary>
        public List<(TimeSpan Delay, int Agents)> Delays { get; } = [];
    }

    /// <param name="Word">Up to the first blank or slash.</param>
    /// <param name="Token">The leading letters, hyphens and underscores, which is what the RFC calls a product token (§2.2.1).</param>
    private readonly record struct AgentLine(string Word, string Token, bool IsEveryone)
    {
        /// <summary>Robots that are called by a number too ("360Spider") are named by the whole word.</summary>
        public bool Names(string agent) =>
            agent.Length > 0 && (agent.Equals(Token, StringComparison.OrdinalIgnoreCase) || agent.Equals(Word, StringComparison.OrdinalIgnoreCase));
    }

    private sealed class Reader(RobotsFile file)
    {
        private readonly HashSet<string> _seen = [];
        private Group? _group;

        public void Line(ReadOnlySpan<byte> text, int line)
        {
            var comment = text.IndexOf((byte)'#');
            text = Trim(comment < 0 ? text : text[..comment]);
            var colon = Separator(text);
            if (colon <= 0)
            {
                return;
            }

            var name = Trim(text[..colon]);
            var value = Trim(text[(colon + 1)..]);
            if (Is(name, "user-agent"u8) || Is(name, "useragent"u8) || Is(name, "user agent"u8))
            {
                Agent(value);
            }
            else if (Is(name, "allow"u8) || IsDisallow(name))
            {
                Rule(value, name.Length == "allow".Length, line);
            }
            else if (Is(name, "crawl-delay"u8))
            {
                Delay(value);
            }
            else if (Is(name, "sitemap"u8) && !value.IsEmpty && file._sitemaps.Count < MaxSitemaps && _seen.Add(Encoding.UTF8.GetString(value)))
            {
                file._sitemaps.Add(Encoding.UTF8.GetString(value));
            }
        }

        private void Agent(ReadOnlySpan<byte> value)
        {
            if (_group is null || _group.IsClosed)
            {
                _group = new Group();
                file._groups.Add(_group);
            }

            var isEveryone = value is [(byte)'*'] or [(byte)'*', (byte)' ' or (byte)'\t', ..];
            var blank = value.IndexOfAny((byte)' ', (byte)'\t', (byte)'/');
            var word = blank < 0 ? value : value[..blank];
            var length = 0;
            while (length < word.Length && (char.IsAsciiLetter((char)word[length]) || word[length] is (byte)'-' or (byte)'_'))
            {
                length++;
            }

            _group.Agents.Add(new AgentLine(Encoding.UTF8.GetString(word), Encoding.ASCII.GetString(word[..length]), isEveryone));
        }

        /// <summary>Rules before the first user-agent line belong to nobody.</summary>
        private void Rule(ReadOnlySpan<byte> value, bool isAllow, int line)
        {
            if (_group is null)
            {
                return;
            }

            _group.IsClosed = true;
            // An empty path matches nothing; it only ends the list of agents.
            if (!value.IsEmpty)
            {
                _group.Rules.Add(new RobotsRule(RobotsPattern.Parse(value), isAllow, line));
            }
        }

        private void Delay(ReadOnlySpan<byte> value)
        {
            if (_group is not null && Utf8Parser.TryParse(value, out double seconds, out var read) && read == value.Length && seconds >= 0)
            {
                _group.Delays.Add((seconds < MaxCrawlDelay.TotalSeconds ? TimeSpan.FromSeconds(seconds) : MaxCrawlDelay, _group.Agents.Count));
            }
        }

        /// <summary>Where the name ends: at a colon, which some forget; then at the blank between two words.</summary>
        private static int Separator(ReadOnlySpan<byte> text)
        {
            var colon = text.IndexOf((byte)':');
            if (colon >= 0)
            {
                return colon;
            }

            var blank = text.IndexOfAny((byte)' ', (byte)'\t');
            return blank > 0 && !Trim(text[blank..]).ContainsAny((byte)' ', (byte)'\t') ? blank : -1;
        }

        /// <summary>As it is spelled, and as it is often misspelled: whoever wrote it wanted to be left alone.</summary>
        private static bool IsDisallow(ReadOnlySpan<byte> name) =>
            Is(name, "disallow"u8) || Is(name, "dissallow"u8) || Is(name, "dissalow"u8) || Is(name, "disalow"u8) || Is(name, "diasllow"u8) || Is(name, "disallaw"u8);

        private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted) => Ascii.EqualsIgnoreCase(name, wanted);

        private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\v\f\0"u8);
    }
}
