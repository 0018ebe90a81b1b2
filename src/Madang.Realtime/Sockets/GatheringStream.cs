using Madang.Realtime.Delivery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Madang.Realtime.Sockets;

/// <summary>
/// The bytes under a WebSocket. Between <see cref="Gather"/> and <see cref="ReleaseAsync"/> frames are collected, so that several that wait go out in one
/// write and one system call; otherwise everything passes through. The WebSocket writes one frame at a time, the pump's or its own answer to a protocol
/// ping; what it writes while a release is under way joins that release.
/// </summary>
internal sealed class GatheringStream(Stream inner) : Stream
{
    private readonly Lock _lock = new();
    private PooledBuffer? _gathered;
    private bool _gathering;
    private bool _releasing;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void Gather()
    {
        lock (_lock)
        {
            _gathering = true;
        }
    }

    public async ValueTask ReleaseAsync()
    {
        while (TakeGathered() is { } gathered)
        {
            using (gathered)
            {
                await inner.WriteAsync(gathered.Written);
                await inner.FlushAsync();
            }
        }
    }

    /// <summary>Reads and forgets until the client has gone: closing with bytes unread would reset the line, and the client would never see why.</summary>
    public async Task DrainAsync()
    {
        var scrap = new byte[256];
        while (await inner.ReadAsync(scrap) > 0)
        {
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_gathering || _releasing)
            {
                _gathered ??= new PooledBuffer(Math.Max(1024, buffer.Length));
                buffer.Span.CopyTo(_gathered.GetSpan(buffer.Length));
                _gathered.Advance(buffer.Length);
                return ValueTask.CompletedTask;
            }
        }

        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_gathering || _releasing)
            {
                return Task.CompletedTask;
            }
        }

        return inner.FlushAsync(cancellationToken);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.ReadAsync(buffer, offset, count, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // A socket is never read or written synchronously.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                _gathered?.Dispose();
                _gathered = null;
            }

            // Not the stream underneath: it is the server's, and a socket that fell over a bad frame may still have to be read to its end.
        }

        base.Dispose(disposing);
    }

    private PooledBuffer? TakeGathered()
    {
        lock (_lock)
        {
            _gathering = false;
            var gathered = _gathered;
            _gathered = null;
            _releasing = gathered is not null;
            return gathered;
        }
    }
}

/// <summary>Puts a <see cref="GatheringStream"/> under the socket that ASP.NET accepts, over HTTP/1.1 and over HTTP/2.</summary>
internal sealed class GatheringUpgrade(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect) : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    public GatheringStream? Stream { get; private set; }

    public bool IsUpgradableRequest => upgrade?.IsUpgradableRequest ?? false;

    public bool IsExtendedConnect => connect?.IsExtendedConnect ?? false;

    public string? Protocol => connect?.Protocol;

    public static void PutUnder(HttpContext context)
    {
        var features = context.Features;
        var gathering = new GatheringUpgrade(features.Get<IHttpUpgradeFeature>(), features.Get<IHttpExtendedConnectFeature>());
        features.Set<IHttpUpgradeFeature>(gathering);
        features.Set<IHttpExtendedConnectFeature>(gathering);
        features.Set(gathering);
    }

    public async Task<Stream> UpgradeAsync() => Stream = new GatheringStream(await upgrade!.UpgradeAsync());

    public async ValueTask<Stream> AcceptAsync() => Stream = new GatheringStream(await connect!.AcceptAsync());
}
