using System.Threading.Channels;
using Madang.Storage;
using Microsoft.Extensions.Hosting;

namespace Madang.Accounts.Credentials;

/// <summary>Writes down, in the background lane and a batch at a time, which credentials were used. Losing one only makes a "last seen" older.</summary>
internal sealed class SeenSessions(ICredentialStore store, Database database) : BackgroundService
{
    private const int Batch = 50;
    private readonly Channel<SeenCredential> _seen = Channel.CreateBounded<SeenCredential>(new BoundedChannelOptions(10_000) { SingleReader = true });

    /// <summary>False when too many wait; the next use offers it again.</summary>
    public bool Offer(SeenCredential seen) => _seen.Writer.TryWrite(seen);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<SeenCredential>(Batch);
        while (await _seen.Reader.WaitToReadAsync(stoppingToken))
        {
            batch.Clear();
            while (batch.Count < Batch && _seen.Reader.TryRead(out var seen))
            {
                batch.Add(seen);
            }

            var written = batch.ToArray();
            try
            {
                await database.WriteAsync(
                    tx =>
                    {
                        store.Touch(tx, written);
                        return Done;
                    },
                    Lane.Background, stoppingToken);
            }
            catch (Exception fault) when (fault is StorageFullException or OverloadedException)
            {
                // The mark is worth less than the service; a full disk must not stop reads.
            }
        }
    }

    private const bool Done = true;
}
