using System.Threading.Channels;

namespace Madang.Bench.Measuring;

/// <summary>One acknowledged message, as the sender was told.</summary>
internal sealed record Ack(long Sender, long Room, string ClientId, long Seq, long Id);

/// <summary>
/// What was acknowledged, in a file outside the server's process: one line a message, only ever appended to, in the order the acks came.
/// </summary>
internal sealed class Journal : IAsyncDisposable
{
    private readonly Channel<Ack> _acks = Channel.CreateUnbounded<Ack>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _writing;

    public Journal(string path) => _writing = WriteAsync(path);

    public void Add(Ack ack) => _acks.Writer.TryWrite(ack);

    public static async Task<List<Ack>> ReadAsync(string path)
    {
        var acks = new List<Ack>();
        await foreach (var line in File.ReadLinesAsync(path))
        {
            var fields = line.Split(' ');
            acks.Add(new Ack(Number(fields[0]), Number(fields[1]), fields[2], Number(fields[3]), Number(fields[4])));
        }

        return acks;
    }

    public async ValueTask DisposeAsync()
    {
        _acks.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync(string path)
    {
        await using var file = new StreamWriter(path, append: true);
        while (await _acks.Reader.WaitToReadAsync())
        {
            while (_acks.Reader.TryRead(out var ack))
            {
                await file.WriteLineAsync(string.Create(
                    System.Globalization.CultureInfo.InvariantCulture, $"{ack.Sender} {ack.Room} {ack.ClientId} {ack.Seq} {ack.Id}"));
            }

            await file.FlushAsync();
        }
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
