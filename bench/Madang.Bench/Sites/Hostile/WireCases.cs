using System.Net.Sockets;
using System.Text;

namespace Madang.Bench.Sites.Hostile;

/// <summary>Harm below the page: time, framing, sizes, lies in the head.</summary>
internal static class WireCases
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";

    // Endless answers end here, or the machine would be hurt in place of the crawler.
    private const long Enough = 1L << 30;

    public static IEnumerable<HostileCase> All =>
    [
        HostileCase.OnTheWire("silence", (_, cancelled) => Task.Delay(TimeSpan.FromMinutes(10), cancelled)),
        HostileCase.OnTheWire("slow head", (socket, cancelled) => DripAsync(socket, Ok + string.Concat(Enumerable.Repeat("X-Slow: yes\r\n", 100)), cancelled)),
        HostileCase.OnTheWire("slow body", (socket, cancelled) => DripAsync(socket, Ok + "Content-Length: 100000\r\n\r\n", cancelled, at: 40)),
        HostileCase.OnTheWire("endless body", (socket, cancelled) => FloodAsync(socket, Ok + "\r\n", "<p>more and more</p>\n", cancelled)),
        HostileCase.OnTheWire("endless chunks", (socket, cancelled) => FloodAsync(socket, Ok + "Transfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n", cancelled)),
        HostileCase.OnTheWire("endless head", (socket, cancelled) => FloodAsync(socket, Ok, "X-More: and more\r\n", cancelled)),
        HostileCase.OnTheWire("endless header line", (socket, cancelled) => FloodAsync(socket, Ok + "X-Long: ", "aaaaaaaaaaaaaaaa", cancelled)),
        HostileCase.OnTheWire("endless 100 Continue", (socket, cancelled) => FloodAsync(socket, "", "HTTP/1.1 100 Continue\r\n\r\n", cancelled)),
        HostileCase.OnTheWire("endless chunk extension", (socket, cancelled) => FloodAsync(socket, Ok + "Transfer-Encoding: chunked\r\n\r\n5;", "x=y;", cancelled)),
        HostileCase.OnTheWire("endless trailers", (socket, cancelled) => FloodAsync(socket, Ok + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", "X-Trailer: 1\r\n", cancelled)),
        HostileCase.OnTheWire("reset in the body", ResetAsync),
        HostileCase.Saying("nothing", ""),
        HostileCase.Saying("no head", "<html><a href=/after>after</a>"),
        HostileCase.Saying("TLS on a plain port", "\u0016\u0003\u0003\u0000\u0031\u0002\u0000\u0000\u002d\u0003\u0003" + new string('\u00aa', 34)),
        HostileCase.Saying("SSH on a plain port", "SSH-2.0-OpenSSH_9.2\r\n"),
        HostileCase.Saying("status out of range", "HTTP/1.1 99999 What\r\n\r\n"),
        HostileCase.Saying("status of letters", "HTTP/1.1 abc What\r\n\r\n"),
        HostileCase.Saying("unknown version", "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"),
        HostileCase.Saying("length too long", Ok + "Content-Length: 100000\r\n\r\n<p>short"),
        HostileCase.Saying("length too short", Ok + "Content-Length: 5\r\n\r\n<p>longer than that</p>HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        HostileCase.Saying("length below zero", Ok + "Content-Length: -1\r\n\r\n<p>text"),
        HostileCase.Saying("length beyond numbers", Ok + "Content-Length: 99999999999999999999\r\n\r\n<p>text"),
        HostileCase.Saying("two lengths", Ok + "Content-Length: 5\r\nContent-Length: 9\r\n\r\n<p>text</p>"),
        HostileCase.Saying("length and chunks", Ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<p>a\r\n0\r\n\r\n"),
        HostileCase.Saying("chunk size of letters", Ok + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n<p>text"),
        HostileCase.Saying("chunk size beyond numbers", Ok + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n<p>text"),
        HostileCase.Saying("chunks without an end", Ok + "Transfer-Encoding: chunked\r\n\r\n4\r\n<p>a\r\n"),
        HostileCase.Saying("NUL in the head", Ok + "X-Nul: a\0b\r\nContent-Length: 0\r\n\r\n"),
        HostileCase.Saying("header without a name", Ok + ": value\r\nContent-Length: 0\r\n\r\n"),
        HostileCase.Saying("bare line feeds", "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 4\n\n<p>a"),
        HostileCase.Saying("folded header", Ok + "X-Folded: a\r\n  b\r\nContent-Length: 4\r\n\r\n<p>a"),
        HostileCase.Saying("huge head", Ok + "X-Huge: " + new string('h', 4_000_000) + "\r\nContent-Length: 0\r\n\r\n"),
        HostileCase.Saying("a hundred thousand headers", Ok + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"X-{i}: {i}\r\n")) + "Content-Length: 0\r\n\r\n"),
        HostileCase.Saying("cookie storm", Ok + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"Set-Cookie: c{i}={new string('c', 50)}; Path=/\r\n")) + "Content-Length: 0\r\n\r\n"),
        HostileCase.Saying("huge content type", "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=" + new string('u', 20_000) + "\r\nContent-Length: 4\r\n\r\n<p>a"),
        HostileCase.Saying("huge entity tag", Ok + "ETag: \"" + new string('e', 20_000) + "\"\r\nContent-Length: 4\r\n\r\n<p>a"),
        HostileCase.Saying("no content but content", "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n<p>a"),
        HostileCase.Saying("unasked 304", "HTTP/1.1 304 Not Modified\r\n\r\n"),
        HostileCase.Saying("unasked 206", "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-8/99999\r\nContent-Length: 4\r\n\r\n<p>a"),
        HostileCase.Saying("unasked 101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\u0081\u0005hello"),
        HostileCase.Saying("retry after ages", Ok + "Retry-After: 99999999999999999999\r\nContent-Length: 4\r\n\r\n<p>a"),
        HostileCase.Saying("dates of nonsense", Ok + "Last-Modified: Thu, 99 Foo 99999 99:99:99 GMT\r\nExpires: -1\r\nDate: now\r\nContent-Length: 4\r\n\r\n<p>a"),
    ];

    /// <param name="at">Bytes that come at once before the dripping begins.</param>
    private static async Task DripAsync(Socket socket, string text, CancellationToken cancelled, int at = 0)
    {
        var bytes = Encoding.Latin1.GetBytes(text + new string('a', 2000));
        await HostileCase.SayAsync(socket, bytes.AsMemory(0, at), cancelled);
        for (; at < bytes.Length; at++)
        {
            await HostileCase.SayAsync(socket, bytes.AsMemory(at, 1), cancelled);
            await Task.Delay(500, cancelled);
        }
    }

    private static async Task FloodAsync(Socket socket, string head, string again, CancellationToken cancelled)
    {
        await HostileCase.SayAsync(socket, head, cancelled);
        var block = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(again, 64 * 1024 / again.Length)));
        for (var sent = 0L; sent < Enough; sent += block.Length)
        {
            await HostileCase.SayAsync(socket, block, cancelled);
        }
    }

    private static async Task ResetAsync(Socket socket, CancellationToken cancelled)
    {
        await HostileCase.SayAsync(socket, Ok + "Content-Length: 100000\r\n\r\n<p>and th", cancelled);
        // Closing without lingering sends RST in place of FIN.
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }
}
