using System.Text;
using Madang.Api;

namespace Madang.Feeds.Moving;

/// <summary>
/// Comma-separated values (RFC 4180), as other communities write them: fields in quotes hold commas, quotes and line ends; lines end in CR LF or LF; a byte
/// order mark is passed over. A quote within a field that does not begin with one is text.
/// </summary>
internal static class Csv
{
    public const int MaxField = 1_000;
    private const int MaxFields = 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The rows, without empty ones; each knows its line.</summary>
    public static Result<IReadOnlyList<CsvRow>> Read(ReadOnlyMemory<byte> file, int maxRows)
    {
        string text;
        try
        {
            text = Strict.GetString(file.Span);
        }
        catch (DecoderFallbackException)
        {
            return FeedsErrors.InvalidCsv.With("The file is not UTF-8.");
        }

        var reading = new Reading(text.StartsWith('\uFEFF') ? text[1..] : text);
        var rows = new List<CsvRow>();
        while (reading.Next())
        {
            if (reading.Fault is { } fault)
            {
                return FeedsErrors.InvalidCsv.With(fault);
            }

            if (reading.Row.Fields is [""])
            {
                continue;
            }

            // One more than may be: the first one may be the names of the columns.
            if (rows.Count > maxRows)
            {
                return FeedsErrors.InvalidCsv.With($"The file holds more than {maxRows} rows.");
            }

            rows.Add(reading.Row);
        }

        return rows;
    }

    /// <summary>One line with its end.</summary>
    public static string Line(params IEnumerable<string> fields) => string.Join(',', fields.Select(Quote)) + "\r\n";

    private static string Quote(string field) => field.AsSpan().ContainsAny(",\"\r\n") || field.AsSpan().Trim().Length != field.Length
        ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : field;

    private sealed class Reading(string text)
    {
        private int _at;
        private int _line = 1;

        public CsvRow Row { get; private set; } = new(0, []);

        public string? Fault { get; private set; }

        public bool Next()
        {
            if (_at >= text.Length)
            {
                return false;
            }

            var (first, fields) = (_line, new List<string>());
            do
            {
                fields.Add(Field());
                if (fields.Count > MaxFields || fields[^1].Length > MaxField)
                {
                    Fault = $"Line {first} holds more than {MaxFields} fields, or one of more than {MaxField} characters.";
                    return true;
                }
            }
            while (Fault is null && Take(','));

            if (Take('\r') | Take('\n'))
            {
                _line++;
            }
            else if (_at < text.Length && Fault is null)
            {
                Fault = $"Line {_line} has something behind a closing quote.";
            }

            Row = new(first, fields);
            return true;
        }

        private string Field()
        {
            if (!Take('"'))
            {
                var end = text.AsSpan(_at).IndexOfAny(',', '\r', '\n');
                var plain = end < 0 ? text[_at..] : text.Substring(_at, end);
                _at += plain.Length;
                return plain;
            }

            var field = new StringBuilder();
            while (_at < text.Length)
            {
                if (Take('"') && !Take('"', field))
                {
                    return field.ToString();
                }

                if (_at < text.Length && text[_at] != '"')
                {
                    _line += text[_at] == '\n' ? 1 : 0;
                    _ = field.Append(text[_at++]);
                }
            }

            Fault = $"A quote is not closed; line {_line} is the last.";
            return field.ToString();
        }

        private bool Take(char wanted, StringBuilder? into = null)
        {
            if (_at >= text.Length || text[_at] != wanted)
            {
                return false;
            }

            _at++;
            _ = into?.Append(wanted);
            return true;
        }
    }
}

/// <param name="Line">Where it begins, from 1.</param>
internal sealed record CsvRow(int Line, IReadOnlyList<string> Fields);
