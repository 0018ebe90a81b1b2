using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Madang.Feeds;

/// <summary>The whole body of a request that brings a file.</summary>
internal static class BoundedBody
{
    /// <summary>Null for one that is larger than <paramref name="maxBytes"/>; no more of it is read than shows that.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        while (request.ContentLength is null || request.ContentLength <= maxBytes)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > maxBytes)
            {
                break;
            }

            if (read.IsCompleted)
            {
                var file = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return file;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        return null;
    }
}
