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

    public SentContent(ReadOnlyMemory<byte> body, string type)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue(type);
    }

    public bool IsBegun { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        IsBegun = true;
        await stream.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
