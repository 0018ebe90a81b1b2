using System.CommandLine;

namespace Madang.Commands;

/// <summary><c>madang config</c>: what the settings are, where each was written, and whether the server would start with them.</summary>
internal static class ConfigCommand
{
    public static void AddTo(RootCommand root) =>
        root.Add(new Command("config", "Show and check the settings.") { Show(), Validate() });

    private static Command Show()
    {
        var origin = new Option<bool>("--origin") { Description = "Say where each value comes from." };
        var json = Flags.Json();
        var show = new Command("show", "Show the settings in force; secrets are not shown.") { origin, json };
        show.SetAction(parsed =>
        {
            var values = Flags.Settings(parsed).Values;
            if (parsed.GetValue(json))
            {
                Answers.Json(values.Select(value => new SettingJson(value.Setting.Key, value.Shown, value.Origin)));
            }
            else if (parsed.GetValue(origin))
            {
                Answers.Table(["KEY", "VALUE", "ORIGIN"], values.Select(value => new[] { value.Setting.Key, value.Shown, value.Origin }));
            }
            else
            {
                Answers.Table(["KEY", "VALUE"], values.Select(value => new[] { value.Setting.Key, value.Shown }));
            }

            return Cli.Done;
        });
        return show;
    }

    private static Command Validate()
    {
        var validate = new Command("validate", "Check the settings without starting: exit code 0, or 2 with every fault.");
        validate.SetAction(parsed =>
        {
            var reading = Flags.Settings(parsed);
            if (!Flags.Report(reading))
            {
                return Cli.Usage;
            }

            Say.Line(File.Exists(reading.File) ? $"The settings are fine ({reading.File} included)." : $"The settings are fine (there is no {reading.File}).");
            return Cli.Done;
        });
        return validate;
    }

    private sealed record SettingJson(string Key, string Value, string Origin);
}
