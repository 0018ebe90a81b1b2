using System.Net;
using System.Net.Http.Headers;

namespace Madang.Notifications.Channels;

/// <summary>
/// A request's body that knows whether any of it was handed to a connection: the line between a fault that may be tried again and one that may have delivered.
/// Over HTTP/2 the headers go out before, but a request without its body is none.
/// </summary>
internal sealed class SentContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;
    private SemaphoreSlim? _door;

    public SentContent(ReadOnlyMemory<byte> body, string type)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue(type);
    }

    public bool IsBegun { get; private set; }

    /// <summary>
    /// Waits until fewer are between here and the beginning of their body than the door has places. Over HTTP/2 the client holds 32 KB for the headers of each request until its connection, which writes
    /// one after the other, has come to it: a burst held hundreds of them.
    /// </summary>
    public async Task EnterAsync(SemaphoreSlim door, CancellationToken cancellationToken)
    {
        await door.WaitAsync(cancellationToken);
        _door = door;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        IsBegun = true;
        Leave();
        await stream.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        Leave();
        base.Dispose(disposing);
    }

    private void Leave() => Interlocked.Exchange(ref _door, null)?.Release();
}
