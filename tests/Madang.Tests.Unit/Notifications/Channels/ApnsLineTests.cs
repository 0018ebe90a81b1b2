using System.Security.Cryptography;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Apns;

namespace Madang.Tests.Unit.Notifications.Channels;

/// <summary>What a broken line means: surely not processed is sent again by itself, everything else may have arrived.</summary>
public sealed class ApnsLineTests : IDisposable
{
    private const int InternalError = 2;
    private const int RefusedStream = 7;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public async Task A_push_above_the_last_stream_of_a_goaway_goes_over_a_new_connection()
    {
        await using var apple = new RawHttp2(
            async line =>
            {
                await line.ReadRequestAsync();
                await line.GoawayAsync(lastStream: 0);
                await line.ReadRequestAsync();
            },
            AnswerAll);
        var (answer, _) = await SendAsync(apple);
        Assert.Equal(AnswerClass.Ok, answer.Class);
        Assert.Equal(2, apple.Connections);
    }

    [Fact]
    public async Task A_push_that_a_goaway_covers_and_that_is_not_answered_is_ambiguous()
    {
        await using var apple = new RawHttp2(
            async line =>
            {
                var stream = await line.ReadRequestAsync();
                await line.GoawayAsync(lastStream: stream);
            },
            AnswerAll);
        var (answer, _) = await SendAsync(apple);
        Assert.Equal(AnswerClass.Ambiguous, answer.Class);
        Assert.Equal(1, apple.Connections);
    }

    [Fact]
    public async Task A_push_that_a_goaway_covers_is_still_answered_when_its_answer_comes()
    {
        await using var apple = new RawHttp2(async line =>
        {
            var stream = await line.ReadRequestAsync();
            await line.GoawayAsync(lastStream: stream);
            await line.OkAsync(stream);
            await line.ReadRequestAsync();
        });
        Assert.Equal(AnswerClass.Ok, (await SendAsync(apple)).Answer.Class);
    }

    [Fact]
    public async Task A_refused_stream_is_sent_again()
    {
        await using var apple = new RawHttp2(async line =>
        {
            await line.ResetAsync(await line.ReadRequestAsync(), RefusedStream);
            await AnswerAll(line);
        });
        Assert.Equal(AnswerClass.Ok, (await SendAsync(apple)).Answer.Class);
    }

    [Fact]
    public async Task A_stream_that_is_refused_again_and_again_is_a_retry()
    {
        await using var apple = new RawHttp2(async line =>
        {
            while (await line.ReadRequestAsync() is > 0 and var stream)
            {
                await line.ResetAsync(stream, RefusedStream);
            }
        });
        var (answer, _) = await SendAsync(apple);
        Assert.Equal((AnswerClass.Retry, "refused_stream"), (answer.Class, answer.Code));
    }

    [Fact]
    public async Task A_reset_stream_is_ambiguous()
    {
        await using var apple = new RawHttp2(async line =>
        {
            await line.ResetAsync(await line.ReadRequestAsync(), InternalError);
            await line.ReadRequestAsync();
        });
        Assert.Equal(AnswerClass.Ambiguous, (await SendAsync(apple)).Answer.Class);
    }

    [Fact]
    public async Task A_connection_that_ends_before_the_request_is_read_is_not_sent_again_by_itself()
    {
        await using var apple = new RawHttp2(async line => await line.ReadAsync(), AnswerAll);
        var (answer, _) = await SendAsync(apple);
        Assert.True(answer.Class is AnswerClass.Ambiguous or AnswerClass.Retry, answer.Code);
        Assert.Equal(1, apple.Connections);
    }

    [Fact]
    public async Task A_connection_that_died_in_silence_is_found_by_its_ping_before_the_next_push()
    {
        var closed = new TaskCompletionSource();
        await using var apple = new RawHttp2(
            async line =>
            {
                await line.OkAsync(await line.ReadRequestAsync());
                // Like behind a firewall that has forgotten the connection: nothing comes back, not even to a ping.
                await line.ReadRequestAsync();
                closed.SetResult();
            },
            AnswerAll);
        var (answer, provider) = await SendAsync(apple, ping: TimeSpan.FromSeconds(1));
        Assert.Equal(AnswerClass.Ok, answer.Class);
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(AnswerClass.Ok, (await provider.SendAsync(Pushes.To(ApnsScene.Device), TestContext.Current.CancellationToken)).Class);
        Assert.Equal(2, apple.Connections);
    }

    [Fact]
    public async Task A_server_that_speaks_no_HTTP_2_is_no_ambiguity()
    {
        await using var standIn = new Madang.Sandbox.WebPush.PushStandIn(TimeProvider.System);
        await standIn.StartAsync(0, TestContext.Current.CancellationToken);
        var answer = await Provider(standIn.Address, TimeSpan.FromSeconds(60)).SendAsync(Pushes.To(ApnsScene.Device), TestContext.Current.CancellationToken);
        Assert.True(answer.Class is AnswerClass.Retry or AnswerClass.Ambiguous, answer.Code);
    }

    public void Dispose() => _key.Dispose();

    private static async Task AnswerAll(RawHttp2Line line)
    {
        while (await line.ReadRequestAsync() is > 0 and var stream)
        {
            await line.OkAsync(stream);
        }
    }

    private async Task<(ProviderAnswer Answer, ApnsProvider Provider)> SendAsync(RawHttp2 apple, TimeSpan? ping = null)
    {
        var provider = Provider(apple.Address, ping ?? TimeSpan.FromSeconds(60));
        return (await provider.SendAsync(Pushes.To(ApnsScene.Device), TestContext.Current.CancellationToken), provider);
    }

    private ApnsProvider Provider(Uri endpoint, TimeSpan ping)
    {
        var settings = new ApnsSettings
        {
            Name = "apns",
            TeamId = "TEAM000001",
            KeyId = "KEY0000001",
            Key = _key,
            Topic = "com.example",
            Environment = "sandbox",
            Endpoint = endpoint,
            Timeout = TimeSpan.FromSeconds(20),
            Ping = ping,
            MutableContent = true,
            Sound = "default",
        };
        return new ApnsProvider(settings, new ApnsPool(settings, TimeProvider.System), TimeProvider.System);
    }
}
