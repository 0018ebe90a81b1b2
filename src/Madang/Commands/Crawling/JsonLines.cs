using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Madang.Commands.Crawling;

/// <summary>
/// One JSON object a line in, one JSON object a line out, in order. A line that cannot be answered gets <c>{"error":{"code","detail"}}</c> and the next one goes on. What is
/// answered is written whenever standard input has nothing more at hand, so that a program may ask line by line, too.
/// </summary>
internal static class JsonLines
{
    /// <summary>A longer line is answered with an error and stepped over.</summary>
    public const int MaxLine = 64 * 1024 * 1024;

    private const int FlushAt = 256 * 1024;

    /// <summary>The ampersands of URLs stay readable: an answer goes to a program or a terminal, never into HTML.</summary>
    internal static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 64 };

    /// <param name="answer">Reads one line and writes one JSON object; throws <see cref="LineException"/> for a line that is not acceptable.</param>
    public static Task<int> RunAsync(Action<ReadOnlyMemory<byte>, Utf8JsonWriter> answer, CancellationToken cancellation)
    {
        // Output that closes early ends the work in silence, as with any filter.
        return RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput(), answer, cancellation);
    }

    internal static async Task<int> RunAsync(Stream input, Stream output, Action<ReadOnlyMemory<byte>, Utf8JsonWriter> answer, CancellationToken cancellation)
    {
        using var loop = new Loop(answer);
        var buffer = new byte[64 * 1024];
        var used = 0;
        var isSkipping = false;
        try
        {
            while (true)
            {
                if (used == buffer.Length)
                {
                    if (used >= MaxLine)
                    {
                        isSkipping = isSkipping || loop.TooLong();
                        used = 0;
                    }
                    else
                    {
                        Array.Resize(ref buffer, buffer.Length * 2);
                    }
                }

                var read = await input.ReadAsync(buffer.AsMemory(used), cancellation);
                // What was there before holds no line end.
                var (start, scan, filled) = (0, used, used + read);
                for (int end; (end = buffer.AsSpan(scan..filled).IndexOf((byte)'\n')) >= 0; start = scan)
                {
                    scan += end + 1;
                    if (!isSkipping)
                    {
                        loop.Line(buffer.AsMemory(start..(scan - 1)));
                    }

                    isSkipping = false;
                    await loop.WriteAsync(output, FlushAt, cancellation);
                }

                if (read == 0 && used > 0 && !isSkipping)
                {
                    loop.Line(buffer.AsMemory(0, used));
                }

                await loop.WriteAsync(output, 1, cancellation);
                if (read == 0)
                {
                    return Cli.Done;
                }

                buffer.AsSpan(start..filled).CopyTo(buffer);
                used = filled - start;
            }
        }
        catch (IOException)
        {
            return Cli.Done;
        }
    }

    /// <summary>What is answered and not yet written.</summary>
    private sealed class Loop(Action<ReadOnlyMemory<byte>, Utf8JsonWriter> answer) : IDisposable
    {
        private readonly ArrayBufferWriter<byte> _pending = new(FlushAt * 2);
        private readonly ArrayBufferWriter<byte> _one = new(16 * 1024);
        private readonly Utf8JsonWriter _writer = new(Stream.Null, Writing);

        public void Dispose() => _writer.Dispose();

        public void Line(ReadOnlyMemory<byte> line)
        {
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                return;
            }

            try
            {
                Begin();
                answer(line, _writer);
            }
            catch (LineException wrong)
            {
                Error(wrong.Code, wrong.Message);
            }
            catch (JsonException)
            {
                Error("bad_json", "The line is no JSON object of the fields that are asked for.");
            }
            // A cut text that does not end on a character boundary, say: the next line can still be answered.
            catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or FormatException)
            {
                Error("failed", fault.Message);
            }

            End();
        }

        public bool TooLong()
        {
            Begin();
            Error("line_too_long", $"A line has at most {MaxLine} bytes.");
            End();
            return true;
        }

        public async ValueTask WriteAsync(Stream output, int atLeast, CancellationToken cancellation)
        {
            if (_pending.WrittenCount >= atLeast)
            {
                await output.WriteAsync(_pending.WrittenMemory, cancellation);
                await output.FlushAsync(cancellation);
                _pending.ResetWrittenCount();
            }
        }

        private void Begin()
        {
            _one.ResetWrittenCount();
            _writer.Reset(_one);
        }

        private void Error(string code, string detail)
        {
            Begin();
            _writer.WriteStartObject();
            _writer.WriteStartObject("error");
            _writer.WriteString("code", code);
            _writer.WriteString("detail", detail);
            _writer.WriteEndObject();
            _writer.WriteEndObject();
        }

        private void End()
        {
            _writer.Flush();
            _pending.Write(_one.WrittenSpan);
            _pending.Write("\n"u8);
        }
    }
}

/// <summary>A line that is not acceptable.</summary>
internal sealed class LineException(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;
}
