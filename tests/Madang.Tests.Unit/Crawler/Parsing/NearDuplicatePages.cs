using System.Globalization;
using System.Text;

namespace Madang.Tests.Unit.Crawler.Parsing;

/// <summary>
/// Pages of one site: the same template around different texts, and near-duplicates of each as sites make them. Words follow Zipf's law over a
/// vocabulary of 4,000, so that different texts share their common words.
/// </summary>
internal sealed class NearDuplicatePages(int seed)
{
    private static readonly string[] Kinds = ["date", "counter", "session", "advertisement", "words", "template"];

    private readonly Random _random = new(seed);
    private readonly string[] _english = Vocabulary(seed, korean: false);
    private readonly string[] _korean = Vocabulary(seed, korean: true);

    public static IReadOnlyList<string> Changes => Kinds;

    /// <summary>A text of its own.</summary>
    public Text Original(int number)
    {
        var korean = number % 3 == 0;
        var words = 120 + _random.Next(500);
        var paragraphs = new List<string[]>();
        for (var left = words; left > 0;)
        {
            var length = Math.Min(left, 25 + _random.Next(60));
            paragraphs.Add([.. Enumerable.Range(0, length).Select(_ => Word(korean))]);
            left -= length;
        }

        return new Text(korean, number, [.. Enumerable.Range(0, 4).Select(_ => Word(korean))], paragraphs);
    }

    /// <summary>Another text with a third of the paragraphs of this one: related, not the same.</summary>
    public Text Related(Text text, int number)
    {
        var other = Original(number);
        var shared = text.Paragraphs.Take(Math.Max(1, text.Paragraphs.Count / 3));
        return other with { Korean = text.Korean, Paragraphs = [.. shared, .. other.Paragraphs.Skip(1)] };
    }

    public string Page(Text text, string? change)
    {
        var page = new StringBuilder();
        var ko = text.Korean;
        var day = change is "date" or "template" ? 2 + _random.Next(26) : 1;
        var views = change is "counter" or "template" ? _random.Next(1_000_000) : 17;
        var session = change is "session" or "template" ? Convert.ToHexString(BitConverter.GetBytes(_random.NextInt64())) : "0";
        page.Append("<!DOCTYPE html><html><head><title>").AppendJoin(' ', text.Title).Append("</title></head><body><header><nav><ul>");
        for (var i = 0; i < 12; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li><a href=/section/{i}?sid={session}>{_english[50 + i]} {_english[80 + i]}</a></li>");
        }

        page.Append("</ul></nav></header><div class=content><h1>").AppendJoin(' ', text.Title).Append("</h1><p>");
        page.Append(ko
            ? string.Create(CultureInfo.InvariantCulture, $"2026년 5월 {day}일 수요일 오후 3:{day:00} 조회 {views}")
            : string.Create(CultureInfo.InvariantCulture, $"Posted on {new DateTime(2026, 1 + (day % 12), day):dddd, MMMM d, yyyy}, {views} views")).Append("</p>");
        var edits = change is "words" ? 1 + _random.Next(3) : change is "template" ? 1 : 0;
        for (var i = 0; i < text.Paragraphs.Count; i++)
        {
            var words = (string[])text.Paragraphs[i].Clone();
            if (i < edits)
            {
                words[_random.Next(words.Length)] = Word(ko);
            }

            page.Append("<p>").AppendJoin(' ', words).Append(".</p>");
            if (i == 0)
            {
                Advertisement(page, change);
            }
        }

        page.Append(CultureInfo.InvariantCulture, $"</div><aside><h3>{_english[9]}</h3><p>{_english[_random.Next(200)]} {_english[_random.Next(200)]} {_english[_random.Next(200)]}</p></aside>");
        return page.Append(CultureInfo.InvariantCulture, $"<footer><p>Copyright {_english[7]} {_english[8]}, session {session}</p></footer></body></html>").ToString();
    }

    private void Advertisement(StringBuilder page, string? change)
    {
        var words = change is "advertisement" or "template" ? Enumerable.Range(0, 8 + _random.Next(20)).Select(_ => Word(false)) : _english.Take(12);
        page.Append(_random.Next(3) switch
        {
            0 => "<div class='ad-slot'><p>",
            1 => "<div id=promo><p>",
            _ => "<div><p><a href=//ads.example/click>",
        }).AppendJoin(' ', words).Append("</a></p></div>");
    }

    private string Word(bool korean)
    {
        // Zipf by inversion: the rank of a uniform logarithm.
        var words = korean ? _korean : _english;
        return words[(int)Math.Min(words.Length - 1, Math.Exp(_random.NextDouble() * Math.Log(words.Length)) - 1)];
    }

    private static string[] Vocabulary(int seed, bool korean)
    {
        var random = new Random(seed + (korean ? 1 : 0));
        return [.. Enumerable.Range(0, 4_000).Select(_ => string.Concat(Enumerable.Range(0, 2 + random.Next(2)).Select(_ => korean
            ? ((char)(0xAC00 + random.Next(11_172))).ToString()
            : $"{"bcdfghklmnprstvw"[random.Next(16)]}{"aeiou"[random.Next(5)]}")))];
    }

    internal sealed record Text(bool Korean, int Number, string[] Title, IReadOnlyList<string[]> Paragraphs);
}
