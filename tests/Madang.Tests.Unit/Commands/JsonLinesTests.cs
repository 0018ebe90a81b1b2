using System.IO.Pipelines;
using System.Text;
using Madang.Commands;
using Madang.Commands.Crawling;

namespace Madang.Tests.Unit.Commands;

public sealed class JsonLinesTests
{
    [Fact]
    public async Task A_line_is_answered_before_the_next_is_asked()
    {
        var (input, output) = (new Pipe(), new Pipe());
        var running = JsonLines.RunAsync(input.Reader.AsStream(), output.Writer.AsStream(), new UrlTool().Answer, TestContext.Current.CancellationToken);
        using var answers = new StreamReader(output.Reader.AsStream());
        foreach (var name in new[] { "a", "b" })
        {
            await input.Writer.WriteAsync(Encoding.UTF8.GetBytes($$"""{"input":"http://{{name}}.example"}"""), TestContext.Current.CancellationToken);
            await input.Writer.WriteAsync("\n"u8.ToArray(), TestContext.Current.CancellationToken);
            Assert.Contains($"\"href\":\"http://{name}.example/\"", await answers.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        await input.Writer.CompleteAsync();
        Assert.Equal(Cli.Done, await running);
    }

    [Fact]
    public async Task Lines_come_back_whole_and_in_order_however_they_are_cut()
    {
        var lines = Enumerable.Range(0, 3_000).Select(n => $$"""{"input":"http://a.example/{{n}}?{{new string('x', n % 700)}}"}""").ToList();
        using var input = new Crumbs(Encoding.UTF8.GetBytes(string.Join("\r\n", lines)));
        using var output = new MemoryStream();
        await JsonLines.RunAsync(input, output, new UrlTool().Answer, TestContext.Current.CancellationToken);

        var answers = Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n');
        Assert.Equal(lines.Count, answers.Length);
        Assert.All(answers.Select((answer, n) => (answer, n)), one => Assert.StartsWith($"{{\"href\":\"http://a.example/{one.n}?", one.answer));
    }

    [Fact]
    public async Task A_line_beyond_the_limit_is_answered_with_an_error_and_stepped_over()
    {
        var input = new byte[JsonLines.MaxLine + 200_000];
        input.AsSpan().Fill((byte)'x');
        input.AsSpan(input.Length - 100).Fill((byte)' ');
        "\n{\"input\":\"http://a.example\"}"u8.CopyTo(input.AsSpan(input.Length - 100));
        using var output = new MemoryStream();
        await JsonLines.RunAsync(new MemoryStream(input), output, new UrlTool().Answer, TestContext.Current.CancellationToken);

        var answers = Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n');
        Assert.Equal(2, answers.Length);
        Assert.Contains("line_too_long", answers[0]);
        Assert.Contains("http://a.example/", answers[1]);
    }

    /// <summary>Gives a few bytes at a time, never the same number twice in a row.</summary>
    private sealed class Crumbs(byte[] bytes) : MemoryStream(bytes)
    {
        private int _next = 1;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, _next = (_next * 7 % 4_093) + 1)], cancellationToken);
    }
}
