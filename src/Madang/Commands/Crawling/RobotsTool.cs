using System.Globalization;
using System.Text;
using System.Text.Json;
using Madang.Crawler.Robots;
using Madang.Crawler.Urls;

namespace Madang.Commands.Crawling;

/// <summary>{robots,agent,url} → {allowed,line?}.</summary>
internal sealed class RobotsTool
{
    private readonly Url _url = new();
    private string? _text;
    private string? _agent;
    private RobotsFile? _file;
    private RobotsRules _rules = RobotsRules.AllowAll;

    public void Answer(ReadOnlyMemory<byte> line, Utf8JsonWriter writer)
    {
        var asked = JsonSerializer.Deserialize(line.Span, ToolJson.Default.RobotsLine) ?? throw new JsonException();
        Read(asked);
        Write(Judge(_rules, _url, asked.Url ?? throw new LineException("missing_field", "\"url\" is missing.")), writer);
    }

    /// <summary>Judges some URLs by one file; exit code 1 when one of them is forbidden.</summary>
    public static async Task<int> OnceAsync(ToolSource source, string agent, string[] urls, bool isJson, CancellationToken cancellation)
    {
        var fetched = await source.ReadAsync(source.Url is null ? null : Encoding.UTF8.GetString(source.Url.Origin) + "/robots.txt", cancellation);
        var ruling = RobotsPolicy.Judge(fetched.Status, 0, null, null, default, TimeProvider.System.GetUtcNow());
        var file = RobotsFile.Parse(ruling.Meaning == RobotsMeaning.Body ? fetched.Body : []);
        var rules = ruling.Meaning == RobotsMeaning.DisallowAll ? RobotsRules.DisallowAll : file.For(agent);
        if (fetched.Status != 200)
        {
            Say.Line($"robots.txt was answered with {fetched.Status}: {(ruling.Meaning == RobotsMeaning.DisallowAll ? "nothing may be fetched." : "everything may be fetched.")}");
        }

        // A URL that was given in place of a file asks for itself.
        IReadOnlyList<string> asked = urls.Length == 0 && source.Url is { } url && !url.Path.SequenceEqual("/robots.txt"u8) ? [url.ToString()] : urls;
        var lines = Encoding.UTF8.GetString(fetched.Body).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        var verdicts = asked.Select(one => (Url: one, Verdict: Judge(rules, new Url(), one))).ToList();
        if (isJson)
        {
            ToolSource.Print(writer => Write(rules, file, verdicts, writer));
        }
        else
        {
            Answers.Table(["", "URL", "LINE", ""], verdicts.Select(one => new[]
            {
                one.Verdict.Allowed ? "allowed" : "forbidden",
                one.Url,
                one.Verdict.Line?.ToString(CultureInfo.InvariantCulture) ?? "",
                one.Verdict.Line is { } line && line <= lines.Length ? lines[line - 1].Trim() : "no rule matches",
            }));
            Say.Line($"Crawl-delay: {(rules.CrawlDelay is { } delay ? $"{delay.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s" : "none")}. Sitemaps: {file.Sitemaps.Count}.");
        }

        return verdicts.All(one => one.Verdict.Allowed) ? Cli.Done : Cli.Failed;
    }

    /// <summary>A script asks the same file again and again; it is read once.</summary>
    private void Read(RobotsLine asked)
    {
        var agent = asked.Agent ?? throw new LineException("missing_field", "\"agent\" is missing.");
        if (asked.RobotsBase64 is not null || asked.Robots is null || asked.Robots != _text)
        {
            _file = RobotsFile.Parse(ToolJson.Bytes(asked.Robots, asked.RobotsBase64, "robots"));
            (_text, _agent) = (asked.RobotsBase64 is null ? asked.Robots : null, null);
        }

        if (agent != _agent)
        {
            (_rules, _agent) = (_file!.For(agent), agent);
        }
    }

    /// <param name="text">A URL, or a path with or without a query; nothing means the home page.</param>
    private static RobotsVerdict Judge(RobotsRules rules, Url url, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes is [] ? rules.Check("/"u8)
            : bytes is [(byte)'/', ..] ? rules.Check(bytes)
            : Url.TryParse(bytes, null, url) && !url.HasOpaquePath ? rules.Check(url.PathAndQuery)
            : throw new LineException("bad_url", "\"url\" is neither a URL nor a path.");
    }

    private static void Write(RobotsVerdict verdict, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteFields(verdict, writer);
        writer.WriteEndObject();
    }

    private static void WriteFields(RobotsVerdict verdict, Utf8JsonWriter writer)
    {
        writer.WriteBoolean("allowed", verdict.Allowed);
        if (verdict.Line is { } line)
        {
            writer.WriteNumber("line", line);
        }
    }

    private static void Write(RobotsRules rules, RobotsFile file, List<(string Url, RobotsVerdict Verdict)> verdicts, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("verdicts");
        foreach (var (url, verdict) in verdicts)
        {
            writer.WriteStartObject();
            writer.WriteString("url", url);
            WriteFields(verdict, writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (rules.CrawlDelay is { } delay)
        {
            writer.WriteNumber("crawl_delay_ms", (long)delay.TotalMilliseconds);
        }

        writer.WriteStartArray("sitemaps");
        foreach (var sitemap in file.Sitemaps)
        {
            writer.WriteStringValue(sitemap);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
