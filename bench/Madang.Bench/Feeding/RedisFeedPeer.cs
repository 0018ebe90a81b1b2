using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Madang.Bench.Notifying.Queues;
using Madang.Bench.Serving;

namespace Madang.Bench.Feeding;

/// <summary>
/// The usual shape beside it: a sorted set for each reader in Redis, trimmed to 800 now and then, written through a pipeline of one connection. Two commands
/// a delivery, the trim with every eighth.
/// </summary>
internal sealed class RedisFeedPeer(FollowGraph graph, int deliveries, TextWriter output)
{
    private const int PipelineBytes = 64 * 1024;
    private const int TrimEvery = 8;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("madang-bench-redis-").FullName;
        var port = ServedProcess.FreePort();
        using var redis = Process.Start(new ProcessStartInfo(
            "/usr/bin/redis-server", ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            using var client = await ConnectAsync(port, cancellationToken);
            await using var stream = client.GetStream();
            await FanOutAsync(stream, redis.Id, cancellationToken);
        }
        finally
        {
            redis.Kill();
            await redis.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task FanOutAsync(NetworkStream stream, int pid, CancellationToken cancellationToken)
    {
        var people = graph.Followees.Length - 1;
        var followers = new List<int>?[people + 1];
        for (var person = 1; person <= people; person++)
        {
            foreach (var followee in graph.Followees[person])
            {
                (followers[followee] ??= []).Add(person);
            }
        }

        var writers = FollowGraph.Writers(people, deliveries, 7);
        var (batch, waiting, done, post) = (new StringBuilder(), 0, 0, 0L);
        var (server, own, clock) = (CpuTime.Of(pid), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        for (var i = 0; done < deliveries; i++)
        {
            post++;
            var id = (1_000_000_000_000 + post).ToString(CultureInfo.InvariantCulture);
            foreach (var follower in followers[writers[i]] ?? [])
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"feed:home:{follower}");
                batch.Append(CultureInfo.InvariantCulture, $"*4\r\n$4\r\nZADD\r\n${key.Length}\r\n{key}\r\n${id.Length}\r\n{id}\r\n${id.Length}\r\n{id}\r\n");
                waiting++;
                if (done % TrimEvery == 0)
                {
                    batch.Append(CultureInfo.InvariantCulture, $"*4\r\n$15\r\nZREMRANGEBYRANK\r\n${key.Length}\r\n{key}\r\n$1\r\n0\r\n$4\r\n-801\r\n");
                    waiting++;
                }

                done++;
                if (batch.Length >= PipelineBytes)
                {
                    await SendAsync(stream, batch, waiting, cancellationToken);
                    waiting = 0;
                }
            }
        }

        await SendAsync(stream, batch, waiting, cancellationToken);
        var (wall, used, spent) = (clock.Elapsed, CpuTime.Of(pid) - server, Environment.CpuUsage.TotalTime - own);
        await output.WriteLineAsync($"redis       {done:N0} deliveries: {done / wall.TotalSeconds:N0}/s; CPU-µs each: server {used * 1e6 / done:0.0}, client {spent.TotalMicroseconds / done:0.0}; resident {CpuTime.ResidentMegabytes(pid):0} MB");
    }

    /// <summary>Each answer is one line.</summary>
    private static async Task SendAsync(NetworkStream stream, StringBuilder batch, int answers, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(batch.ToString()), cancellationToken);
        batch.Clear();
        var buffer = new byte[64 * 1024];
        while (answers > 0)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            if (read == 0 || buffer[0] == '-')
            {
                throw new InvalidOperationException($"Redis answered: {Encoding.ASCII.GetString(buffer, 0, read)}");
            }

            answers -= buffer.AsSpan(0, read).Count((byte)'\n');
        }
    }

    private static async Task<TcpClient> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            var client = new TcpClient { NoDelay = true };
            try
            {
                await client.ConnectAsync("127.0.0.1", port, cancellationToken);
                return client;
            }
            catch (SocketException) when (tries < 100)
            {
                client.Dispose();
                await Task.Delay(50, cancellationToken);
            }
        }
    }
}
