using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Madang.Settings;

namespace Madang.Tests.Integration.Docs;

/// <summary>docs/configuration.md, from the table of settings and the doc comments of the modules' options.</summary>
internal static class ConfigurationPage
{
    public static string Write()
    {
        var page = new StringBuilder(
            """
            # Settings

            <!-- Generated from the table of settings; MADANG_UPDATE_DOCS=1 with the integration tests writes it anew. -->

            A setting is looked for in this order: flag, environment (`MADANG__SECTION__KEY`), `madang.json` in the data folder, default. `madang config show --origin` shows what is in force and who said so;
            `madang config validate` checks without starting. Every fault is printed at once and the start ends with exit code 2; keys that mean nothing are warned of.

            In `madang.json` the parts of a key are nested: `{"Madang": {"Tls": {"Certificate": "/etc/madang/cert.pem"}}}`. Lists are JSON arrays there, and separated by commas in the environment.

            | Key | Environment | Default | Meaning |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var setting in SettingsTable.All)
        {
            var flag = setting.Flag is null ? "" : $" Also the flag `{setting.Flag}`.";
            page.Append(CultureInfo.InvariantCulture, $"| `{setting.Key}` | `{setting.Environment}` | {(setting.Default.Length == 0 ? "" : $"`{setting.Default}`")} | {MeaningOf(setting)}{flag} |\n");
        }

        return page.ToString();
    }

    public static string MeaningOf(Setting setting)
    {
        if (setting.Owner is not { } owner)
        {
            return setting.Meaning;
        }

        var name = $"P:{owner.FullName}.{setting.Key[(setting.Key.LastIndexOf(':') + 1)..]}";
        var comments = XDocument.Load(Path.Combine(AppContext.BaseDirectory, owner.Assembly.GetName().Name + ".xml"));
        var summary = comments.Descendants("member").FirstOrDefault(member => member.Attribute("name")?.Value == name)?.Element("summary");
        return summary is null ? "" : string.Join(' ', string.Concat(summary.Nodes().Select(Text)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element => element.Value,
        _ => "",
    };
}
