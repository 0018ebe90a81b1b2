using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Robots;

namespace Madang.Tests.Unit.Crawler.Robots;

/// <summary>Random rules against the definition: try every rule, by a matcher that tries every way.</summary>
public sealed class RobotsOracleTests
{
    private static readonly Gen<string> Path = Gen.Elements("a", "b", "/", "ab", "?", "%41", "*", "$").ListOf(6).Select(parts => "/" + string.Concat(parts));

    private static readonly Gen<string> Pattern = Gen.Elements("a", "b", "/", "*", "$", "?", "ab", "%2A", "%61").ListOf(5).Select(parts => "/" + string.Concat(parts));

    private static readonly Gen<(bool IsAllow, string Pattern)[]> Rules =
        Gen.Zip(Gen.Elements(true, false), Pattern).Select(rule => (rule.Item1, rule.Item2)).ArrayOf(5);

    [Fact]
    public void Gives_the_verdict_and_the_line_of_the_definition()
    {
        var property = Prop.ForAll(Gen.Zip(Rules, Path).ToArbitrary(), given =>
        {
            var (rules, path) = given;
            var file = "user-agent: a\n" + string.Join('\n', rules.Select(rule => $"{(rule.IsAllow ? "allow" : "disallow")}: {rule.Pattern}"));
            var verdict = RobotsFile.Parse(Encoding.UTF8.GetBytes(file)).For("a").Check(Encoding.UTF8.GetBytes(path));
            return verdict == Expected(rules, path);
        });

        property.Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    private static RobotsVerdict Expected((bool IsAllow, string Pattern)[] rules, string path)
    {
        var best = RobotsVerdict.NoRule;
        var octets = -1;
        for (var rule = 0; rule < rules.Length; rule++)
        {
            var (isAllow, written) = rules[rule];
            var pattern = written.Replace("%61", "a", StringComparison.Ordinal).Replace("%2A", "\u0001", StringComparison.Ordinal);
            var text = path.Replace("%41", "A", StringComparison.Ordinal).Replace('*', '\u0001');
            if (Matches(pattern, text) && (pattern.Length > octets || (pattern.Length == octets && isAllow && !best.Allowed)))
            {
                (best, octets) = (new RobotsVerdict(isAllow, rule + 2), pattern.Length);
            }
        }

        return best;
    }

    private static bool Matches(string pattern, string text) => pattern switch
    {
        "" => true,
        "$" => text.Length == 0,
        ['*', .. var rest] => Enumerable.Range(0, text.Length + 1).Any(skipped => Matches(rest, text[skipped..])),
        _ => text.Length > 0 && text[0] == pattern[0] && Matches(pattern[1..], text[1..]),
    };
}
