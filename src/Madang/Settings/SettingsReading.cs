using System.Collections;

namespace Madang.Settings;

/// <summary>Reads the settings: flag over environment over madang.json over default.</summary>
internal sealed class SettingsReading
{
    private readonly List<Layer> _layers = [];
    private readonly List<SettingFault> _faults = [];

    private SettingsReading(string dataFolder) => DataFolder = dataFolder;

    /// <summary>Absolute.</summary>
    public string DataFolder { get; }

    public string File => Path.Combine(DataFolder, "madang.json");

    /// <summary>All of what is wrong, not only the first.</summary>
    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>Keys that mean nothing, with what they may have been meant for.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    public IReadOnlyList<SettingValue> Values { get; private set; } = [];

    public string this[string key] => Values.First(value => value.Setting.Key == key).Text;

    /// <param name="flags">What the command line set, by key.</param>
    /// <param name="environment">The process environment, or a test's own.</param>
    public static SettingsReading Read(IReadOnlyDictionary<string, string?> flags, IDictionary environment)
    {
        var flagLayer = new Layer(key => SettingsTable.Find(key)?.Flag is { } flag ? $"flag {flag}" : "flag", Lower(flags));
        var environmentLayer = new Layer(
            key => "environment " + key.ToUpperInvariant().Replace(":", "__", StringComparison.Ordinal),
            Lower(environment.Cast<DictionaryEntry>()
                .Where(entry => ((string)entry.Key).StartsWith("MADANG__", StringComparison.OrdinalIgnoreCase))
                .ToDictionary(entry => ((string)entry.Key).Replace("__", ":", StringComparison.Ordinal), entry => (string?)entry.Value)));

        var folder = flagLayer.Text(SettingsTable.Data) ?? environmentLayer.Text(SettingsTable.Data) ?? SettingsTable.Find(SettingsTable.Data)!.Default;
        var reading = new SettingsReading(Path.GetFullPath(folder));
        reading._layers.AddRange([flagLayer, environmentLayer, new Layer(_ => "madang.json", reading.ReadFile())]);
        reading.Judge();
        return reading;
    }

    /// <summary>What modules see as their configuration.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Effective() => Values
        .Where(value => value.Origin != "default")
        .SelectMany(value => value.Setting.IsList
            ? SettingsTable.Split(value.Text).Select((text, i) => new KeyValuePair<string, string?>($"{value.Setting.Key}:{i}", text))
            : [new(value.Setting.Key, value.Text)]);

    private Dictionary<string, string?> ReadFile()
    {
        try
        {
            var file = new ConfigurationBuilder().AddJsonFile(File, optional: true, reloadOnChange: false).Build();
            return Lower(file.AsEnumerable().Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value));
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _faults.Add(new SettingFault("madang.json", File, (fault.InnerException ?? fault).Message));
            return [];
        }
    }

    private void Judge()
    {
        Values = [.. SettingsTable.All.SelectMany(setting => setting.IsOpen ? Below(setting) : [ValueOf(setting)])];
        _faults.AddRange(Values
            .Where(value => value.Origin != "default" && value.Text.Length > 0)
            .Select(value => (value, fault: value.Setting.Fault(value.Text)))
            .Where(judged => judged.fault is not null)
            .Select(judged => new SettingFault(judged.value.Setting.Key, judged.value.Origin, judged.fault!)));

        if (this[SettingsTable.TlsCertificate].Length > 0 != this[SettingsTable.TlsKey].Length > 0)
        {
            var given = Values.First(value => value.Setting.Key is SettingsTable.TlsCertificate or SettingsTable.TlsKey && value.Text.Length > 0);
            _faults.Add(new SettingFault(given.Setting.Key, given.Origin, "Madang:Tls:Certificate and Madang:Tls:Key go together."));
        }
        else if (this[SettingsTable.TlsCertificate].Length == 0 && this[SettingsTable.Urls].Contains("https://", StringComparison.OrdinalIgnoreCase))
        {
            _faults.Add(new SettingFault(SettingsTable.Urls, ValueOf(SettingsTable.Find(SettingsTable.Urls)!).Origin, "https needs Madang:Tls:Certificate and Madang:Tls:Key."));
        }

        Warnings = [.. _layers.SelectMany(layer => layer.Texts.Keys.Where(key => SettingsTable.Find(key) is null).Select(key => Unknown(key, layer.Origin(key))))];
    }

    /// <summary>What was written below an open setting, in whatever layer.</summary>
    private IEnumerable<SettingValue> Below(Setting open) => _layers
        .SelectMany(layer => layer.Texts.Keys).Where(key => key.StartsWith(open.Prefix, StringComparison.OrdinalIgnoreCase))
        .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)
        .Select(key => ValueOf(SettingsTable.Find(key)!));

    private SettingValue ValueOf(Setting setting)
    {
        foreach (var layer in _layers)
        {
            var text = setting.IsList ? layer.List(setting.Key) : layer.Text(setting.Key);
            if (text is not null)
            {
                return new SettingValue(setting, text, layer.Origin(setting.Key));
            }
        }

        return new SettingValue(setting, setting.Default, "default");
    }

    private static string Unknown(string key, string origin)
    {
        var near = SettingsTable.All.Select(setting => setting.Key).MinBy(known => Distance(key.ToUpperInvariant(), known.ToUpperInvariant()))!;
        var hint = Distance(key.ToUpperInvariant(), near.ToUpperInvariant()) <= Math.Max(3, near.Length / 3) ? $" Did you mean {near}?" : "";
        return $"{key} ({origin}) is not a setting of Madang.{hint}";
    }

    /// <summary>Levenshtein.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[b.Length];
    }

    private static Dictionary<string, string?> Lower(IReadOnlyDictionary<string, string?> texts) => new(texts, StringComparer.OrdinalIgnoreCase);

    private sealed record Layer(Func<string, string> Origin, Dictionary<string, string?> Texts)
    {
        public string? Text(string key) => Texts.GetValueOrDefault(key);

        public string? List(string key)
        {
            var items = Texts.Where(pair => pair.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase))
                .OrderBy(pair => pair.Key, ConfigurationKeyComparer.Instance).Select(pair => pair.Value).ToList();
            return items.Count > 0 ? string.Join(',', items) : Text(key);
        }
    }
}
