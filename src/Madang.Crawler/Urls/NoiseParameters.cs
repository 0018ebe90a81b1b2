using System.Text;

namespace Madang.Crawler.Urls;

/// <summary>
/// The parameters that <see cref="UrlNormalizer"/> drops, from the list in noise-parameters.txt. Names are compared without regard to ASCII case.
/// </summary>
internal sealed class NoiseParameters
{
    private const int MinTokenLength = 16;

    /// <summary>The list that is built in.</summary>
    public static readonly NoiseParameters Current = Load();

    private enum Kind
    {
        /// <summary>A session id whatever its value.</summary>
        Session,

        /// <summary>A session id if its value looks like one: "sid" is a section for one site and a session for another.</summary>
        Token,

        Tracking,
    }

    /// <summary>By length and first letter of the name; names that end in * are in <see cref="_prefixes"/>.</summary>
    private readonly Dictionary<int, Entry[]> _names;

    private readonly Entry[] _prefixes;

    private NoiseParameters(IReadOnlyCollection<(string Name, Kind Kind)> rules, string date)
    {
        Date = date;
        _prefixes = [.. rules.Where(rule => rule.Name.EndsWith('*')).Select(rule => new Entry(Encoding.ASCII.GetBytes(rule.Name[..^1]), rule.Kind))];
        _names = rules.Where(rule => !rule.Name.EndsWith('*'))
            .Select(rule => new Entry(Encoding.ASCII.GetBytes(rule.Name), rule.Kind))
            .GroupBy(entry => Key(entry.Name))
            .ToDictionary(group => group.Key, group => group.ToArray());
    }

    /// <summary>The day the list was last looked over, yyyy-MM-dd.</summary>
    public string Date { get; }

    /// <summary>Whether <c>name=value</c> is to be dropped.</summary>
    public bool IsNoise(ReadOnlySpan<byte> parameter, bool isSession, bool isTracking)
    {
        var equals = parameter.IndexOf((byte)'=');
        var name = equals < 0 ? parameter : parameter[..equals];
        if (name.IsEmpty)
        {
            return false;
        }

        if (_names.TryGetValue(Key(name), out var entries))
        {
            foreach (var entry in entries)
            {
                if (Ascii.EqualsIgnoreCase(entry.Name, name) && IsWanted(entry.Kind, equals < 0 ? default : parameter[(equals + 1)..], isSession, isTracking))
                {
                    return true;
                }
            }
        }

        foreach (var prefix in _prefixes)
        {
            if ((prefix.Name[0] ^ name[0]) is 0 or 0x20
                && name.Length > prefix.Name.Length
                && Ascii.EqualsIgnoreCase(prefix.Name, name[..prefix.Name.Length])
                && IsWanted(prefix.Kind, default, isSession, isTracking))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWanted(Kind kind, ReadOnlySpan<byte> value, bool isSession, bool isTracking) => kind switch
    {
        Kind.Tracking => isTracking,
        Kind.Session => isSession,
        _ => isSession && value.Length >= MinTokenLength && value.ContainsAnyInRange((byte)'0', (byte)'9') && IsAlphanumeric(value),
    };

    private static bool IsAlphanumeric(ReadOnlySpan<byte> value)
    {
        foreach (var letter in value)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter))
            {
                return false;
            }
        }

        return true;
    }

    private static int Key(ReadOnlySpan<byte> name) => (name.Length << 8) | (name[0] | 0x20);

    private static NoiseParameters Load()
    {
        using var stream = typeof(NoiseParameters).Assembly.GetManifestResourceStream("noise-parameters.txt")!;
        using var reader = new StreamReader(stream);
        var rules = new List<(string, Kind)>();
        var date = "";
        while (reader.ReadLine() is { } line)
        {
            switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                case ["date", var day]:
                    date = day;
                    break;
                case ["session", .. var names]:
                    rules.AddRange(names.Select(name => (name, Kind.Session)));
                    break;
                case ["token", .. var names]:
                    rules.AddRange(names.Select(name => (name, Kind.Token)));
                    break;
                case ["tracking", .. var names]:
                    rules.AddRange(names.Select(name => (name, Kind.Tracking)));
                    break;
            }
        }

        return new NoiseParameters(rules, date);
    }

    private readonly record struct Entry(byte[] Name, Kind Kind);
}
