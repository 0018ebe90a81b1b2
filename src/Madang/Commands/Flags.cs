using System.CommandLine;
using Madang.Settings;

namespace Madang.Commands;

/// <summary>Flags that several verbs share, and the settings they lead to.</summary>
internal static class Flags
{
    public static readonly Option<string?> Data = new("--data")
    {
        Description = "The data folder (default ./madang-data).",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<string?> Urls = new("--urls")
    {
        Description = "Where to listen (default http://127.0.0.1:8080).",
        HelpName = "URL",
    };

    public static Option<bool> Json() => new("--json") { Description = "Answer in JSON." };

    public static SettingsReading Settings(ParseResult parsed)
    {
        var flags = new Dictionary<string, string?>();
        if (parsed.GetValue(Data) is { } data)
        {
            flags[SettingsTable.Data] = data;
        }

        if (parsed.GetValue(Urls) is { } urls)
        {
            flags[SettingsTable.Urls] = urls;
        }

        return SettingsReading.Read(flags, Environment.GetEnvironmentVariables());
    }

    /// <summary>Prints what is wrong, all of it; false when something stops the start.</summary>
    public static bool Report(SettingsReading reading)
    {
        foreach (var warning in reading.Warnings)
        {
            Say.Warning(warning);
        }

        if (reading.Faults.Count == 0)
        {
            return true;
        }

        Say.Error(reading.Faults.Count == 1 ? "a setting is not acceptable:" : $"{reading.Faults.Count} settings are not acceptable:");
        foreach (var fault in reading.Faults)
        {
            Say.Line($"  {fault}");
        }

        return false;
    }
}
